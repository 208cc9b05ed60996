package holdfast.conf;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Reads the mark rules of a configuration, which assign marks to packets for the services by mark.
final class MarkReader {
    private static final Set<String> MARK =
            Section.keys("mark", "source", "destination", "protocol", "source-ports", "destination-ports", "interface");
    private static final Set<Protocol> WITH_PORTS = Set.of(Protocol.TCP, Protocol.UDP, Protocol.SCTP);

    private final Findings findings;
    private final List<String> interfaces;
    private final List<Value<Long>> marks = new ArrayList<>();

    /// @param interfaces  of the datapath; a refused one is empty
    MarkReader(Findings findings, List<String> interfaces) {
        this.findings = findings;
        this.interfaces = interfaces;
    }

    /// Every key of the section read here, for the test of the documentation.
    static Stream<String> keys() {
        return MARK.stream();
    }

    List<MarkRule> read(Section top) {
        if (!top.has("marks")) {
            return List.of();
        }
        return top.sections("marks", MARK, "", "marks: [{mark: 7, destination: 192.0.2.10}]").stream()
                .map(this::rule)
                .toList();
    }

    /// Warns of each mark that has a rule and no service, or a service and no rule: both have no effect.
    void checkServices(List<Value<ServiceKey>> services) {
        var ofServices = services.stream()
                .filter(key -> key.sound() && key.value().isMark())
                .toList();
        if (marks.stream().allMatch(Value::sound)) {
            var marked = marks.stream().map(mark -> mark.value().intValue()).collect(Collectors.toSet());
            ofServices.stream()
                    .filter(key -> !marked.contains(key.value().mark()))
                    .forEach(key -> findings.warn(
                            key,
                            "takes a mark that no rule gives to any packet, so it is idle",
                            "add a rule under marks, such as {mark: "
                                    + Integer.toUnsignedString(key.value().mark())
                                    + ", destination: 192.0.2.10, protocol: tcp, destination-ports: [80, 443]}"));
        }
        if (services.stream().allMatch(Value::sound)) {
            var served = ofServices.stream().map(key -> key.value().mark()).collect(Collectors.toSet());
            marks.stream()
                    .filter(mark ->
                            mark.sound() && !served.contains(mark.value().intValue()))
                    .forEach(mark -> findings.warn(
                            mark,
                            "is a mark that no service takes, so its packets go by their address",
                            "add the service mark/" + mark.value() + ", or remove the rule"));
        }
    }

    private MarkRule rule(Section section) {
        var mark = section.required(
                "mark", Kind.wholeNumber(1, 0xffff_ffffL, "choose the number of the service mark/NUMBER"), "mark: 7");
        marks.add(mark);
        var protocol = optional(section, "protocol", protocol());
        var sourcePorts = ports(section, "source-ports", protocol);
        var destinationPorts = ports(section, "destination-ports", protocol);
        var interfaceName = optional(section, "interface", Kind.interfaceName());
        interfaceName.ifPresent(this::checkInterface);
        return new MarkRule(
                mark.value().intValue(),
                optional(section, "source", Kind.prefix()).map(Value::value),
                optional(section, "destination", Kind.prefix()).map(Value::value),
                protocol.map(Value::value),
                sourcePorts,
                destinationPorts,
                interfaceName.map(Value::value));
    }

    private static <T> Optional<Value<T>> optional(Section section, String key, Kind<T> kind) {
        return section.has(key) ? Optional.of(section.required(key, kind, "")) : Optional.empty();
    }

    private static Kind<Protocol> protocol() {
        return Kind.word(
                WITH_PORTS.stream().collect(Collectors.toMap(Protocol::word, word -> word)), Protocol.TCP, Map.of());
    }

    private List<MarkRule.PortRange> ports(Section section, String key, Optional<Value<Protocol>> protocol) {
        var ports = section.oneOrMore(key, Kind.ports());
        if (section.has(key) && protocol.isEmpty()) {
            section.refuse(
                    key,
                    "needs a protocol, since not every protocol has ports",
                    "add 'protocol: tcp', udp or sctp; where both tcp and udp are meant, write a rule for each");
        }
        return ports.stream().map(Value::value).toList();
    }

    private void checkInterface(Value<String> name) {
        if (name.sound() && !interfaces.contains("") && !interfaces.contains(name.value())) {
            findings.add(
                    name,
                    "is not among the datapath's interfaces " + String.join(", ", interfaces),
                    "add it to datapath.interfaces, or correct it");
        }
    }
}
