package holdfast.conf;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Reads the real servers of a service.
final class RealServerReader {
    private static final Set<String> REAL_SERVER = Section.keys(
            "address",
            "port",
            "weight",
            "forwarding",
            "upper-threshold",
            "lower-threshold",
            "drain",
            "drain-deadline-s");

    private final Findings findings;
    private final List<Value<Ipv4>> vips;

    RealServerReader(Findings findings, List<Value<Ipv4>> vips) {
        this.findings = findings;
        this.vips = vips;
    }

    /// Every key of the section read here, for the test of the documentation.
    static Stream<String> keys() {
        return REAL_SERVER.stream();
    }

    static Kind<ForwardingMethod> forwarding() {
        var kind = Kind.word(
                Map.of("nat", ForwardingMethod.NAT, "dr", ForwardingMethod.DR),
                ForwardingMethod.NAT,
                Vocabulary.METHODS_ELSEWHERE);
        return new Kind<>(kind.standIn(), scalar -> {
            if (scalar.text().matches("tun|tunnel|ipip|-i")) {
                throw new Kind.Refusal(
                        "is IPVS's forwarding through a tunnel, which Holdfast does not support",
                        "write dr where the real servers are on a link of the director, else nat");
            }
            return kind.read().apply(scalar);
        });
    }

    List<Configuration.RealServer> read(Section service, Value<ServiceKey> key, Value<ForwardingMethod> forwarding) {
        var firstOf = new HashMap<String, Value<Ipv4>>();
        var read = new ArrayList<Configuration.RealServer>();
        for (var section : service.sections(
                "real-servers", REAL_SERVER, "address", "real-servers: [{address: 10.0.0.11, port: 8080}]")) {
            var address = section.required("address", Kind.unicast(), "address: 10.0.0.11");
            var port = section.optional(
                    "port",
                    Kind.integer(0, 65_535, "name the port on the real server, such as 8080"),
                    key.value().port());
            var weight =
                    section.optional("weight", Kind.integer(0, Integer.MAX_VALUE, "1 is the default, 0 quiesces"), 1);
            var method = section.optional("forwarding", forwarding(), forwarding.value());
            checkPort(service, section, port, key, method, forwarding);
            checkAddress(address);
            var first = address.sound() && port.sound() && key.sound()
                    ? firstOf.putIfAbsent(address.value() + ":" + port.value(), address)
                    : null;
            if (first != null) {
                findings.add(
                        address,
                        "with port " + port.value() + " is in this service already, on line "
                                + first.at().line(),
                        "keep it once; give it a higher weight where it shall get more");
            }
            var upper = threshold(section, "upper-threshold");
            var lower = threshold(section, "lower-threshold");
            checkThresholds(upper, lower);
            read.add(new Configuration.RealServer(
                    address.value(),
                    port.value(),
                    weight.value(),
                    method.value(),
                    upper.value(),
                    lower.value(),
                    drain(section)));
        }
        return read;
    }

    private void checkAddress(Value<Ipv4> address) {
        if (address.sound()
                && vips.stream().anyMatch(vip -> vip.sound() && vip.value().equals(address.value()))) {
            findings.add(address, "is a VIP, so packets to it would come back", "name the real server's own address");
        }
    }

    private void checkPort(
            Section service,
            Section section,
            Value<Integer> port,
            Value<ServiceKey> key,
            Value<ForwardingMethod> method,
            Value<ForwardingMethod> serviceMethod) {
        boolean comparable = section.has("port") && port.sound() && key.sound();
        boolean methodKnown = method.sound() && (section.has("forwarding") || serviceMethod.sound());
        if (!comparable || port.value() == key.value().port()) {
            return;
        }
        if (key.value().isMark()) {
            // A mark service without persistence uses the port, whatever the method (IPVS-REF 3.3, 9.2).
            if (service.has("persistence")) {
                warnThatItIsNotUsed(port, "a persistent service of a mark");
            }
        } else if (methodKnown && method.value() == ForwardingMethod.DR) {
            findings.add(
                    port,
                    "differs from the service's port " + key.value().port() + ", but DR cannot change ports",
                    "remove the port, or forward with nat");
        } else if (port.value() == 0) {
            findings.add(port, "is only for a service of every port", "name the real server's port, or remove the key");
        } else if (key.value().port() == 0) {
            warnThatItIsNotUsed(port, "a service of every port");
        }
    }

    private void warnThatItIsNotUsed(Value<Integer> port, String service) {
        findings.warn(
                port,
                "is listed but never used, since " + service + " keeps the client's port (IPVS-REF 3.3)",
                "remove the port");
    }

    private static Value<Integer> threshold(Section section, String key) {
        return section.optional(
                key, Kind.integer(0, Integer.MAX_VALUE, "count connections; 0, the default, is no bound"), 0);
    }

    private void checkThresholds(Value<Integer> upper, Value<Integer> lower) {
        if (upper.sound() && lower.sound() && lower.value() > upper.value()) {
            findings.add(
                    lower,
                    upper.value() == 0
                            ? "has no upper-threshold to go with"
                            : "is above the upper-threshold " + upper.value(),
                    "the upper one stops new connections, the lower one lets them come again: give the upper one the "
                            + "higher number");
        }
    }

    private static Optional<Configuration.Drain> drain(Section section) {
        var deadline = Kind.wholeNumber(1, 0xffff_ffffL, "count the seconds from when it was quiesced, such as 3600");
        if (!section.has("drain")) {
            if (section.has("drain-deadline-s")) {
                section.refuse(
                        "drain-deadline-s", "is only for the drain until-deadline", "add 'drain: until-deadline'");
            }
            return Optional.empty();
        }
        var mode = section.required("drain", Kind.constant(DrainMode.values(), DrainMode::word, Map.of()), "");
        if (mode.sound() && mode.value() == DrainMode.UNTIL_DEADLINE) {
            long seconds = section.required("drain-deadline-s", deadline, "drain-deadline-s: 3600")
                    .value();
            return Optional.of(new Configuration.Drain(mode.value(), seconds));
        }
        if (mode.sound() && section.has("drain-deadline-s")) {
            section.refuse(
                    "drain-deadline-s",
                    "is only for the drain until-deadline, not " + mode.value().word(),
                    "remove it, or write 'drain: until-deadline'");
        }
        return Optional.of(new Configuration.Drain(mode.value(), 0));
    }
}
