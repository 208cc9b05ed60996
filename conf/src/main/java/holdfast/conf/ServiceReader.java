package holdfast.conf;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Reads the virtual services of a configuration, with the treatment of their clients.
final class ServiceReader {
    private static final Set<String> SERVICE = Section.keys(
            "service",
            "scheduler",
            "scheduler-flags",
            "persistence",
            "one-packet",
            "client-limit",
            "forwarding",
            "real-servers");
    private static final Set<String> PERSISTENCE =
            Section.keys("timeout-s", "netmask", "allow-sparse-netmask", "rearm", "engine");
    private static final Set<String> CLIENT_LIMIT = Section.keys("connections", "new-per-second");

    private static final Set<SchedulerName> WITH_FLAGS = Set.of(SchedulerName.SH, SchedulerName.MH);
    private static final int SHOWN_MAX = 8;

    private final Findings findings;
    private final List<Value<Ipv4>> vips;
    private final RealServerReader reals;
    private final List<Value<ServiceKey>> serviceKeys = new ArrayList<>();

    ServiceReader(Findings findings, List<Value<Ipv4>> vips) {
        this.findings = findings;
        this.vips = vips;
        reals = new RealServerReader(findings, vips);
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
            serviceKeys.add(key);
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

    /// Every service read so far, unsound ones too.
    List<Value<ServiceKey>> serviceKeys() {
        return serviceKeys;
    }

    /// Every key of the sections read here, for the test of the documentation.
    static Stream<String> keys() {
        return Stream.concat(
                Stream.of(SERVICE, PERSISTENCE, CLIENT_LIMIT).flatMap(Set::stream), RealServerReader.keys());
    }

    private void checkService(Value<ServiceKey> key, Section section) {
        if (!key.sound() || key.value().isMark()) {
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
                    "correct the address, or add it under vip-groups[0].vips or with 'holdfast vip add'");
        }
        if (key.value().port() == 0 && !section.has("persistence")) {
            findings.add(
                    key,
                    "takes every port, which needs persistence (IPVS-REF 1.4)",
                    "add 'persistence: {timeout-s: 360}', or name one port");
        }
    }

    private Configuration.Service service(Section section, Value<ServiceKey> key) {
        var scheduler = section.optional(
                "scheduler",
                Kind.constant(SchedulerName.values(), SchedulerName::word, Vocabulary.SCHEDULERS_ELSEWHERE),
                SchedulerName.WLC);
        var forwarding = section.required("forwarding", RealServerReader.forwarding(), "forwarding: nat");
        return new Configuration.Service(
                key.value(),
                scheduler.value(),
                flags(section, scheduler),
                persistence(section, key),
                isOnePacket(section, key),
                clientLimit(section),
                reals.read(section, key, forwarding));
    }

    private Set<SchedulerFlag> flags(Section section, Value<SchedulerName> scheduler) {
        if (!section.has("scheduler-flags")) {
            return Set.of();
        }
        var flags = section.list(
                "scheduler-flags",
                Kind.constant(SchedulerFlag.values(), SchedulerFlag::word, Vocabulary.FLAGS_ELSEWHERE));
        if (flags == null) {
            return Set.of();
        }
        findings.refuseRepeated(flags, "keep it once");
        if (scheduler.sound() && !WITH_FLAGS.contains(scheduler.value())) {
            section.refuse(
                    "scheduler-flags",
                    "is only for the schedulers mh and sh, not "
                            + scheduler.value().word(),
                    "remove it, or choose one of these schedulers");
        }
        return flags.stream().map(Value::value).collect(Collectors.toUnmodifiableSet());
    }

    private Optional<Configuration.Persistence> persistence(Section service, Value<ServiceKey> key) {
        if (!service.has("persistence")) {
            return Optional.empty();
        }
        var section = service.optional("persistence", PERSISTENCE, "timeout-s");
        var timeout = section.optional(
                "timeout-s",
                Kind.wholeNumber(1, 0xffff_ffffL, "a client keeps its server for this many seconds, such as 360"),
                360L);
        var sparse = section.optional("allow-sparse-netmask", Kind.yesOrNo(), false);
        var netmask = section.optional("netmask", Netmask.kind(sparse.value() || !sparse.sound()), -1);
        if (netmask.sound() && netmask.value() == 0) {
            findings.warn(
                    netmask,
                    "makes all clients one client, which has one real server at a time",
                    "choose a prefix length of 1 to 32, such as /24, where that is not meant");
        }
        var rearm = section.optional(
                "rearm", Kind.constant(RearmPolicy.values(), RearmPolicy::word, Map.of()), RearmPolicy.IPVS);
        return Optional.of(
                new Configuration.Persistence(timeout.value(), netmask.value(), rearm.value(), engine(section, key)));
    }

    private Optional<PersistenceEngine> engine(Section persistence, Value<ServiceKey> key) {
        if (!persistence.has("engine")) {
            return Optional.empty();
        }
        var engine = persistence.required(
                "engine", Kind.constant(PersistenceEngine.values(), PersistenceEngine::word, Map.of()), "");
        if (engine.sound() && key.sound() && key.value().protocol() != Protocol.UDP) {
            findings.add(
                    engine,
                    "is only for services of udp, where it finds the Call-ID (IPVS-REF 3.11)",
                    "remove it, or let the service be udp/ADDRESS:PORT");
        }
        return Optional.of(engine.value());
    }

    private boolean isOnePacket(Section section, Value<ServiceKey> key) {
        var onePacket = section.optional("one-packet", Kind.yesOrNo(), false);
        boolean mayBe = !key.sound()
                || key.value().protocol() == Protocol.UDP
                || key.value().protocol() == Protocol.MARK;
        if (onePacket.sound() && onePacket.value() && !mayBe) {
            findings.add(
                    onePacket,
                    "is only for services of udp or of a mark (IPVS-REF 1.12)",
                    "remove it: a connection of " + key.value().protocol().word() + " has more than one packet");
        }
        return onePacket.value();
    }

    private static Optional<Configuration.ClientLimit> clientLimit(Section service) {
        if (!service.has("client-limit")) {
            return Optional.empty();
        }
        var section = service.optional("client-limit", CLIENT_LIMIT);
        if (!section.has("connections") && !section.has("new-per-second")) {
            service.refuse(
                    "client-limit", "bounds nothing", "give it connections, new-per-second or both, or remove it");
        }
        return Optional.of(
                new Configuration.ClientLimit(bound(section, "connections"), bound(section, "new-per-second")));
    }

    private static int bound(Section section, String key) {
        return section.has(key)
                ? section.required(
                                key,
                                Kind.integer(1, Integer.MAX_VALUE, "leave it out where there is to be no bound"),
                                "")
                        .value()
                : 0;
    }
}
