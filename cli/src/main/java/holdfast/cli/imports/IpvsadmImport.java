package holdfast.cli.imports;

import holdfast.cli.ipvsadm.Invocation;
import holdfast.cli.ipvsadm.Option;
import holdfast.conf.Configuration;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.Ipv4;
import holdfast.conf.PersistenceEngine;
import holdfast.conf.Protocol;
import holdfast.conf.RearmPolicy;
import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The import of the rules that `ipvsadm-save` prints, or that a script gives to ipvsadm line by line.
///
/// Each line is one invocation. A line that ipvsadm would refuse for its form ends the import, because nobody knows
/// what it was to say; a line that the kernel would refuse is left out.
public final class IpvsadmImport {
    private static final Map<Option, Protocol> PROTOCOLS =
            Map.of(Option.TCP, Protocol.TCP, Option.UDP, Protocol.UDP, Option.SCTP, Protocol.SCTP);
    private static final Set<Option> SERVICES = EnumSet.range(Option.TCP, Option.FWMARK);
    private static final Set<Option> ADDRESSES = EnumSet.of(Option.TCP, Option.UDP, Option.SCTP, Option.REAL_SERVER);
    private static final int TIMEOUT_S_MAX = 2_678_400;

    private final Report report = new Report();
    private final Draft draft = new Draft();
    private final Map<String, Draft.Service> services = new HashMap<>();

    /// Services that are left out, by their text.
    private final Set<String> lost = new HashSet<>();

    private IpvsadmImport() {}

    public static Outcome of(Path file) {
        try {
            return of(SourceFiles.read(file));
        } catch (SourceFault fault) {
            return new Outcome.Refused(fault.mistakes());
        }
    }

    static Outcome of(SourceText source) {
        try {
            var read = new IpvsadmImport();
            for (int i = 0; i < source.lines().size(); i++) {
                read.line(Place.of(source.file(), i + 1), source.lines().get(i).strip());
            }
            return Assembly.finish(read.draft, read.report, "rules of ipvsadm");
        } catch (SourceFault fault) {
            return new Outcome.Refused(fault.mistakes());
        }
    }

    private void line(Place at, String text) {
        if (text.isEmpty() || text.startsWith("#")) {
            return;
        }
        var words = new ArrayList<>(List.of(text.split("\\s+", -1)));
        if (words.getFirst().matches("(\\S*/)?ipvsadm")) {
            words.removeFirst();
        }
        if (words.isEmpty()) {
            report.leftOut(at, text, "lists, and sets nothing");
            return;
        }
        invocation(at, text, words).ifPresent(rule -> rule(at, text, rule));
    }

    private Optional<Invocation> invocation(Place at, String text, List<String> words) {
        try {
            return Optional.of(Invocation.of(words));
        } catch (IllegalArgumentException refused) {
            report.mistake(
                    at,
                    text,
                    "is no rule of ipvsadm: " + refused.getMessage(),
                    "see that the file is what 'ipvsadm-save -n' prints, one rule a line");
            return Optional.empty();
        }
    }

    private void rule(Place at, String text, Invocation rule) {
        switch (rule.command()) {
            case ADD_SERVICE -> addService(at, text, rule.values());
            case ADD_SERVER -> addServer(at, text, rule.values());
            case CLEAR -> clear(at, text);
            case SET -> timeouts(at, text, rule.rest());
            case START_DAEMON, STOP_DAEMON -> {
                draft.syncInterface = Optional.ofNullable(rule.values().get(Option.MCAST_INTERFACE))
                        .filter(KeepalivedVrrp::isInterface)
                        .or(() -> draft.syncInterface);
                report.differs(
                        at,
                        text,
                        "cluster.sync is on by default, with a protocol of its own and a key; give cluster.bind-address "
                                + "the address on the interconnect");
            }
            case EDIT_SERVICE, DELETE_SERVICE, EDIT_SERVER, DELETE_SERVER, RESTORE ->
                report.mistake(
                        at,
                        text,
                        "changes a rule instead of adding one",
                        "import what 'ipvsadm-save -n' prints after it");
            default -> report.leftOut(at, text, "sets nothing");
        }
    }

    private void clear(Place at, String text) {
        if (draft.services.isEmpty() && lost.isEmpty()) {
            report.maps(at, text, "nothing was there before");
        } else {
            report.mistake(at, text, "removes the rules above it", "remove those rules and this line");
        }
    }

    private void timeouts(Place at, String text, List<String> words) {
        var values = words.stream()
                .map(word -> Numbers.integer(word, 0, TIMEOUT_S_MAX))
                .toList();
        if (values.size() != 3 || values.stream().anyMatch(value -> value.isEmpty())) {
            report.mistake(
                    at, text, "is not '--set TCP TCPFIN UDP' with seconds from 0 to " + TIMEOUT_S_MAX, "correct it");
            return;
        }
        int tcp = values.get(0).getAsInt();
        int fin = values.get(1).getAsInt();
        int udp = values.get(2).getAsInt();
        var before = draft.ipvs;
        // 0 keeps the present timeout.
        draft.ipvs = before.withTimeouts(
                tcp == 0 ? before.tcpTimeoutS() : tcp,
                fin == 0 ? before.tcpFinTimeoutS() : fin,
                udp == 0 ? before.udpTimeoutS() : udp);
        report.maps(
                at,
                text,
                "ipvs.tcp-timeout-s: %d, tcp-fin-timeout-s: %d, udp-timeout-s: %d"
                        .formatted(draft.ipvs.tcpTimeoutS(), draft.ipvs.tcpFinTimeoutS(), draft.ipvs.udpTimeoutS()));
    }

    /// The service that a line names, as it names it.
    private static String name(Map<Option, String> options) {
        return SERVICES.stream()
                .filter(options::containsKey)
                .map(option ->
                        option.name() + " " + options.get(option) + (options.containsKey(Option.IPV6) ? " -6" : ""))
                .findFirst()
                .orElseThrow();
    }

    private Optional<ServiceKey> key(Place at, String text, Map<Option, String> options) {
        var number = options.get(Option.FWMARK);
        if (number != null) {
            var mark = Numbers.whole(number, 1, 0xffff_ffffL);
            if (mark.isEmpty()) {
                report.mistake(at, text, "has no mark from 1 to 4294967295", "correct it");
                return Optional.empty();
            }
            return Optional.of(ServiceKey.ofMark((int) mark.getAsLong()));
        }
        for (var protocol : PROTOCOLS.entrySet()) {
            var value = options.get(protocol.getKey());
            if (value != null) {
                return endpoint(at, text, value)
                        .map(endpoint -> new ServiceKey(protocol.getValue(), endpoint.address(), endpoint.port()));
            }
        }
        throw new IllegalStateException("a rule without a service: " + options);
    }

    private record Endpoint(Ipv4 address, int port) {}

    private Optional<Endpoint> endpoint(Place at, String text, String value) {
        int colon = value.indexOf(':');
        var address = Numbers.address(colon < 0 ? value : value.substring(0, colon));
        var port = Numbers.integer(colon < 0 ? "0" : value.substring(colon + 1), 0, 65_535);
        if (address.isEmpty() || port.isEmpty()) {
            report.mistake(
                    at,
                    text,
                    "has '" + value + "', which is not ADDRESS:PORT in numbers",
                    "save the rules with 'ipvsadm-save -n', which prints no names");
            return Optional.empty();
        }
        return Optional.of(new Endpoint(address.get(), port.getAsInt()));
    }

    private static boolean isIpv6(Map<Option, String> options) {
        return options.containsKey(Option.IPV6)
                || ADDRESSES.stream()
                        .anyMatch(option ->
                                Numbers.isIpv6(options.getOrDefault(option, "").replaceFirst("]:.*", "]")));
    }

    private void addService(Place at, String text, Map<Option, String> options) {
        var name = name(options);
        if (isIpv6(options)) {
            report.noCounterpart(at, text, Reasons.IPV4_ONLY);
            lost.add(name);
            return;
        }
        key(at, text, options).ifPresent(key -> {
            var service = new Draft.Service(at, text, key, report.child());
            service.scheduler = IpvsWords.scheduler(
                    at, text, options.getOrDefault(Option.SCHEDULER, SchedulerName.WLC.word()), service.report);
            for (var flag : options.getOrDefault(Option.SCHED_FLAGS, "").split(",", -1)) {
                if (!flag.isEmpty()) {
                    IpvsWords.flag(at, text, flag, service.flags, service.report);
                }
            }
            service.isOnePacket = options.containsKey(Option.OPS);
            service.persistence = persistence(at, text, options, service.report);
            draft.add(service);
            if (services.putIfAbsent(name, service) != null) {
                lost.add(name);
            }
        });
    }

    private Optional<Configuration.Persistence> persistence(
            Place at, String text, Map<Option, String> options, Report notes) {
        var engine = Optional.ofNullable(options.get(Option.PE));
        if (engine.isPresent() && !engine.get().equals("sip")) {
            notes.leftOut(at, text, "IPVS has the persistence engine sip only, not " + engine.get());
        }
        var given = options.get(Option.PERSISTENT);
        if (given == null) {
            if (options.containsKey(Option.NETMASK) || engine.isPresent()) {
                notes.leftOut(at, text, "-M and --pe do nothing without -p");
            }
            return Optional.empty();
        }
        var seconds = Numbers.whole(given.isEmpty() ? String.valueOf(IpvsWords.PERSISTENCE_S) : given, 1, 0xffff_ffffL);
        var mask = Numbers.netmask(options.getOrDefault(Option.NETMASK, "255.255.255.255"));
        if (seconds.isEmpty() || mask.isEmpty()) {
            report.mistake(
                    at, text, "has no persistence of 1 to 4294967295 s with a netmask in numbers", "correct -p or -M");
            return Optional.empty();
        }
        return Optional.of(new Configuration.Persistence(
                seconds.getAsLong(),
                mask.get().bits(),
                RearmPolicy.IPVS,
                engine.filter("sip"::equals).map(_ -> PersistenceEngine.SIP)));
    }

    private void addServer(Place at, String text, Map<Option, String> options) {
        var name = name(options);
        var service = services.get(name);
        if (service == null) {
            report.leftOut(
                    at,
                    text,
                    lost.contains(name)
                            ? "its service is left out"
                            : "no line above adds its service; ipvsadm refuses it too");
        } else if (isIpv6(options)) {
            service.hasLostRealServers = true;
            report.noCounterpart(at, text, Reasons.IPV4_ONLY);
        } else if (options.containsKey(Option.IPIP)) {
            service.hasLostRealServers = true;
            report.noCounterpart(at, text, Reasons.NO_TUNNELS);
        } else {
            endpoint(at, text, options.getOrDefault(Option.REAL_SERVER, ""))
                    .ifPresent(endpoint -> draft.add(service, realServer(at, text, options, endpoint)));
        }
    }

    private Draft.RealServer realServer(Place at, String text, Map<Option, String> options, Endpoint endpoint) {
        var real = new Draft.RealServer(at, text, endpoint.address(), endpoint.port(), report.child());
        real.method = options.containsKey(Option.MASQUERADING) ? ForwardingMethod.NAT : ForwardingMethod.DR;
        real.weight = number(at, text, options.getOrDefault(Option.WEIGHT, "1"));
        real.upperThreshold = number(at, text, options.getOrDefault(Option.U_THRESHOLD, "0"));
        real.lowerThreshold = number(at, text, options.getOrDefault(Option.L_THRESHOLD, "0"));
        return real;
    }

    private int number(Place at, String text, String value) {
        var number = Numbers.integer(value, 0, Integer.MAX_VALUE);
        if (number.isEmpty()) {
            report.mistake(at, text, "has '" + value + "', which is not 0 to " + Integer.MAX_VALUE, "correct it");
        }
        return number.orElse(0);
    }
}
