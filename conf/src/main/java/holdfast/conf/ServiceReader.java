package holdfast.conf;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The part of a configuration that names the virtual services and their real servers.
final class ServiceReader {
    private static final Set<String> SERVICE =
            Section.keys("service", "scheduler", "persistence", "forwarding", "real-servers");
    private static final Set<String> PERSISTENCE = Section.keys("timeout-s", "netmask", "allow-sparse-netmask");
    private static final Set<String> REAL_SERVER = Section.keys("address", "port", "weight", "forwarding");

    private static final int SHOWN_MAX = 8;

    private final Findings findings;
    private final List<Value<Ipv4>> vips;

    ServiceReader(Findings findings, List<Value<Ipv4>> vips) {
        this.findings = findings;
        this.vips = vips;
    }

    List<Configuration.Service> read(Section top) {
        var firstOf = new HashMap<ServiceKey, Value<ServiceKey>>();
        var read = new ArrayList<Configuration.Service>();
        for (var section : top.sections(
                "services",
                SERVICE,
                "",
                "services: [{service: tcp/192.0.2.10:80, forwarding: nat, real-servers: []}]")) {
            var key = section.required("service", Kind.serviceKey(), "service: tcp/192.0.2.10:80");
            checkService(key, section);
            var first = key.sound() ? firstOf.putIfAbsent(key.value(), key) : null;
            if (first != null) {
                findings.add(
                        key,
                        "is the key of two services, the first on line "
                                + first.at().line(),
                        "merge their real servers into one service");
            }
            read.add(service(section, key));
        }
        return read;
    }

    /// Every key of the sections read here, for the test of the documentation.
    static Stream<String> keys() {
        return Stream.of(SERVICE, PERSISTENCE, REAL_SERVER).flatMap(Set::stream);
    }

    private void checkService(Value<ServiceKey> key, Section section) {
        if (!key.sound()) {
            return;
        }
        if (vips.stream().allMatch(Value::sound)
                && !vips.isEmpty()
                && vips.stream().noneMatch(vip -> vip.value().equals(key.value().address()))) {
            findings.add(
                    key,
                    "is not on a VIP; the VIPs are "
                            + vips.stream()
                                    .limit(SHOWN_MAX)
                                    .map(vip -> vip.value().toString())
                                    .collect(Collectors.joining(", "))
                            + (vips.size() > SHOWN_MAX ? ", ..." : ""),
                    "correct the address, or add it under vip-groups[0].vips");
        }
        if (key.value().port() == 0 && !section.has("persistence")) {
            findings.add(
                    key,
                    "takes every port, which needs persistence (IPVS-REF 1.4)",
                    "add 'persistence: {timeout-s: 360}', or name one port");
        }
    }

    private Configuration.Service service(Section section, Value<ServiceKey> key) {
        var scheduler = section.optional("scheduler", scheduler(), SchedulerName.WLC);
        var forwarding = section.required("forwarding", forwarding(), "forwarding: nat");
        return new Configuration.Service(
                key.value(), scheduler.value(), persistence(section), realServers(section, key, forwarding));
    }

    private static Kind<SchedulerName> scheduler() {
        var words =
                Stream.of(SchedulerName.values()).collect(Collectors.toMap(SchedulerName::word, Function.identity()));
        return Kind.word(words, SchedulerName.WLC, Map.of("lc", "wlc"));
    }

    private static Kind<ForwardingMethod> forwarding() {
        return Kind.word(
                Map.of("nat", ForwardingMethod.NAT, "dr", ForwardingMethod.DR),
                ForwardingMethod.NAT,
                Vocabulary.METHODS_ELSEWHERE);
    }

    private static Optional<Configuration.Persistence> persistence(Section service) {
        if (!service.has("persistence")) {
            return Optional.empty();
        }
        var section = service.optional("persistence", PERSISTENCE);
        var timeout = section.optional(
                "timeout-s",
                Kind.wholeNumber(1, 0xffff_ffffL, "a client keeps its server for this many seconds, such as 360"),
                360L);
        var sparse = section.optional("allow-sparse-netmask", Kind.yesOrNo(), false);
        var netmask = section.optional("netmask", Netmask.kind(sparse.value() || !sparse.sound()), -1);
        return Optional.of(new Configuration.Persistence(timeout.value(), netmask.value()));
    }

    private List<Configuration.RealServer> realServers(
            Section service, Value<ServiceKey> key, Value<ForwardingMethod> forwarding) {
        var firstOf = new HashMap<String, Value<Ipv4>>();
        var read = new ArrayList<Configuration.RealServer>();
        for (var section : service.sections(
                "real-servers", REAL_SERVER, "address", "real-servers: [{address: 10.0.0.11, port: 8080}]")) {
            var address = section.required("address", Kind.unicast(), "address: 10.0.0.11");
            var port = section.optional(
                    "port",
                    Kind.integer(0, 65_535, "name the port on the real server, such as 8080"),
                    key.value().port());
            var weight = section.optional("weight", Kind.integer(0, 65_535, "1 is the default, 0 quiesces"), 1);
            var method = section.optional("forwarding", forwarding(), forwarding.value());
            checkPort(section, port, key, method, forwarding);
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
            read.add(new Configuration.RealServer(address.value(), port.value(), weight.value(), method.value()));
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
        if (key.value().port() == 0) {
            findings.add(
                    port,
                    "would never be used, since a service of every port keeps the client's port (IPVS-REF 3.3)",
                    "remove the port");
        } else if (methodKnown && method.value() == ForwardingMethod.DR) {
            findings.add(
                    port,
                    "differs from the service's port " + key.value().port() + ", but DR cannot change ports",
                    "remove the port, or forward with nat");
        } else if (port.value() == 0) {
            findings.add(port, "is only for a service of every port", "name the real server's port, or remove the key");
        }
    }
}
