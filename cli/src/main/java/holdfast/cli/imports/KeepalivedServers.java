package holdfast.cli.imports;

import holdfast.conf.Configuration;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.Ipv4;
import holdfast.conf.PersistenceEngine;
import holdfast.conf.Protocol;
import holdfast.conf.RearmPolicy;
import holdfast.conf.SchedulerFlag;
import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// keepalived's virtual servers as our services.
final class KeepalivedServers {
    /// More addresses than a group can have VIPs cannot be imported anyway.
    private static final int RANGE_MAX = 1024;

    private static final int MEMBERS_MAX = 10_000;

    private static final Set<String> FLAGS =
            Set.of("flag-1", "flag-2", "flag-3", "sh-port", "sh-fallback", "mh-port", "mh-fallback");

    /// Settings with one value at most; further words are none.
    private static final Set<String> ONE_VALUE = Set.of(
            "lb_algo",
            "lvs_sched",
            "protocol",
            "persistence_timeout",
            "persistence_granularity",
            "persistence_engine",
            "ip_family",
            "weight",
            "uthreshold",
            "lthreshold");

    private static final Set<String> READ = Set.of(
            "lb_algo",
            "lvs_sched",
            "lb_kind",
            "lvs_method",
            "protocol",
            "persistence_timeout",
            "persistence_granularity",
            "persistence_engine",
            "ops",
            "ip_family",
            "weight",
            "real_server",
            "sh-port",
            "sh-fallback",
            "mh-port",
            "mh-fallback");
    private static final Set<String> READ_OF_REAL =
            Set.of("weight", "lb_kind", "lvs_method", "uthreshold", "lthreshold");

    /// An address with a port, or a mark.
    private record Member(
            Place place, String source, @Nullable Ipv4 address, int port, int mark) {}

    /// The settings of a virtual server, before it is known which services it becomes.
    private static final class Settings {
        SchedulerName scheduler = SchedulerName.WLC;
        final Set<SchedulerFlag> flags = EnumSet.noneOf(SchedulerFlag.class);
        Optional<Protocol> protocol = Optional.empty();

        @Nullable
        ForwardingMethod method = ForwardingMethod.NAT;

        Optional<Long> timeoutS = Optional.empty();
        int netmask = -1;
        Optional<PersistenceEngine> engine = Optional.empty();
        boolean isOnePacket;
        boolean isIpv6;
        int weight = 1;
    }

    private final Draft draft;
    private final Report report;
    private final Map<String, KeepalivedStatement> groups = new HashMap<>();
    private final Map<String, List<Member>> members = new HashMap<>();
    private final Set<String> used = new HashSet<>();
    private int count;

    KeepalivedServers(Draft draft, Report report) {
        this.draft = draft;
        this.report = report;
    }

    void group(KeepalivedStatement group) {
        var name = group.word(1);
        if (groups.putIfAbsent(name, group) != null) {
            report.leftOut(group.place(), group.source(), "there is a group of this name above");
            return;
        }
        var list = new ArrayList<Member>();
        group.body().forEach(entry -> member(entry, list));
        members.put(name, list);
    }

    /// Groups that no virtual server names; their lines are reported only here.
    void reportUnusedGroups() {
        groups.forEach((name, group) -> {
            if (used.contains(name)) {
                report.maps(group.place().first(), group.source(), "each line is a service of its own");
            } else {
                report.leftOut(group.place(), group.source(), "no virtual_server uses it");
            }
        });
    }

    private void member(KeepalivedStatement entry, List<Member> list) {
        var place = entry.place();
        if (entry.keyword().equals("fwmark")) {
            mark(place, entry.source(), entry.word(1)).ifPresent(list::add);
            return;
        }
        if (Numbers.isIpv6(entry.keyword())) {
            report.noCounterpart(place, entry.source(), Reasons.IPV4_ONLY);
            return;
        }
        var port = Numbers.integer(entry.word(1).isEmpty() ? "0" : entry.word(1), 0, 65_535);
        var range = range(entry.keyword());
        if (port.isEmpty() || range.isEmpty()) {
            report.leftOut(
                    place, entry.source(), "is no address, range of at most " + RANGE_MAX + " addresses, or mark");
            return;
        }
        count += range.get()[1] - range.get()[0] + 1;
        if (count > MEMBERS_MAX) {
            throw new SourceFault(
                    place, entry.source(), "makes more than " + MEMBERS_MAX + " addresses", "import the file in parts");
        }
        for (int address = range.get()[0]; ; address++) {
            list.add(new Member(place, entry.source(), new Ipv4(address), port.getAsInt(), 0));
            if (address == range.get()[1]) {
                return;
            }
        }
    }

    /// The first and the last address of `10.0.0.1`, `10.0.0.1-9`, `10.0.0.1-10.0.1.9` or `10.0.0.0/28`.
    private static Optional<int[]> range(String text) {
        int dash = text.indexOf('-');
        int slash = text.indexOf('/');
        var end = Math.max(dash, slash);
        var first = Numbers.address(end < 0 ? text : text.substring(0, end));
        if (first.isEmpty()) {
            return Optional.empty();
        }
        int from = first.get().bits();
        int to = from;
        if (slash >= 0) {
            var length = Numbers.integer(text.substring(slash + 1), 1, 32);
            if (length.isEmpty()) {
                return Optional.empty();
            }
            to = from | (length.getAsInt() == 32 ? 0 : -1 >>> length.getAsInt());
        } else if (dash >= 0) {
            var rest = text.substring(dash + 1);
            var last = Numbers.address(
                    rest.contains(".")
                            ? rest
                            : (from >>> 24) + "." + (from >>> 16 & 255) + "." + (from >>> 8 & 255) + "." + rest);
            if (last.isEmpty()) {
                return Optional.empty();
            }
            to = last.get().bits();
        }
        long count = Integer.toUnsignedLong(to) - Integer.toUnsignedLong(from) + 1;
        return count < 1 || count > RANGE_MAX ? Optional.empty() : Optional.of(new int[] {from, to});
    }

    private Optional<Member> mark(Place place, String source, String number) {
        var mark = Numbers.whole(number, 1, 0xffff_ffffL);
        if (mark.isEmpty()) {
            report.leftOut(place, source, "'" + number + "' is no mark from 1 to 4294967295");
            return Optional.empty();
        }
        return Optional.of(new Member(place, source, null, 0, (int) mark.getAsLong()));
    }

    void server(KeepalivedStatement server) {
        if (server.body().stream().noneMatch(statement -> statement.keyword().equals("real_server"))) {
            report.leftOut(server.place(), server.source(), "has no real server; keepalived ignores it too");
            return;
        }
        var own = report.child();
        var settings = settings(server, own);
        var which = members(server, settings);
        boolean isGroup = server.word(1).equals("group");
        if (isGroup && !which.isEmpty()) {
            report.maps(server.place().first(), server.source(), "a service for each line of the group");
            report.addAll(own);
        }
        for (var member : which) {
            var service = service(server, member, settings);
            if (!isGroup) {
                service.report.addAll(own);
            }
            draft.add(service);
        }
    }

    /// Its addresses and marks; none if that was reported already.
    private List<Member> members(KeepalivedStatement server, Settings settings) {
        var place = server.place();
        var source = server.source();
        if (Numbers.isIpv6(server.word(1)) || settings.isIpv6) {
            report.noCounterpart(place, source, Reasons.IPV4_ONLY);
            return List.of();
        }
        return switch (server.word(1)) {
            case "fwmark" -> mark(place, source, server.word(2)).stream().toList();
            case "group" -> {
                var found = members.getOrDefault(server.word(2), List.of());
                used.add(server.word(2));
                if (found.isEmpty()) {
                    report.leftOut(place, source, "there is no virtual_server_group of this name with an IPv4 address");
                }
                yield found;
            }
            default -> {
                var address = Numbers.address(server.word(1));
                var port = Numbers.integer(server.word(2).isEmpty() ? "0" : server.word(2), 0, 65_535);
                if (address.isEmpty() || port.isEmpty()) {
                    report.leftOut(place, source, "is no IPv4 address with a port of 0 to 65535");
                    yield List.of();
                }
                yield List.of(new Member(place, source, address.get(), port.getAsInt(), 0));
            }
        };
    }

    private Draft.Service service(KeepalivedStatement server, Member member, Settings settings) {
        var address = member.address();
        // The kernel, asked without a protocol, takes UDP.
        var key = address == null
                ? ServiceKey.ofMark(member.mark())
                : new ServiceKey(settings.protocol.orElse(Protocol.UDP), address, member.port());
        var service = new Draft.Service(member.place(), member.source(), key, report.child());
        service.scheduler = settings.scheduler;
        service.flags.addAll(settings.flags);
        service.isOnePacket = settings.isOnePacket;
        service.persistence = persistence(settings, service);
        for (var statement : server.body()) {
            if (statement.keyword().equals("real_server")) {
                realServer(statement, settings, service);
            }
        }
        if (address != null && settings.protocol.isEmpty()) {
            service.report.differs(
                    service.place, service.source, "protocol udp, because it names none and the kernel then takes udp");
        }
        return service;
    }

    private static Optional<Configuration.Persistence> persistence(Settings settings, Draft.Service service) {
        var timeout = settings.timeoutS;
        if (timeout.isEmpty() && service.key.port() == 0 && !service.key.isMark()) {
            service.report.differs(
                    service.place,
                    service.source,
                    "persistence of " + IpvsWords.PERSISTENCE_S + " s, which keepalived adds too: port 0 needs one");
            timeout = Optional.of((long) IpvsWords.PERSISTENCE_S);
        }
        return timeout.map(
                seconds -> new Configuration.Persistence(seconds, settings.netmask, RearmPolicy.IPVS, settings.engine));
    }

    private static Settings settings(KeepalivedStatement server, Report report) {
        var settings = new Settings();
        for (var statement : KeepalivedRest.effective(server.body(), ONE_VALUE, report)) {
            var place = statement.place();
            var source = statement.source();
            var word = statement.word(1);
            switch (statement.keyword()) {
                case "lb_algo", "lvs_sched" -> {
                    settings.scheduler = IpvsWords.scheduler(place, source, word, report);
                    if (word.equals(settings.scheduler.word())) {
                        report.maps(place, source, "scheduler: " + word);
                    }
                }
                case "lb_kind", "lvs_method" -> settings.method = method(place, source, word, report);
                case "protocol" -> protocol(server, statement, settings, report);
                case "persistence_timeout" -> timeout(statement, settings, report);
                case "persistence_granularity" -> netmask(statement, settings, report);
                case "persistence_engine" -> engine(statement, settings, report);
                case "ops" -> {
                    settings.isOnePacket = true;
                    report.maps(place, source, "one-packet: true");
                }
                case "weight" -> settings.weight = number(statement, "weight of each real server", 1, report);
                case "ip_family" -> {
                    settings.isIpv6 = word.equals("inet6");
                    report.maps(place, source, "IPv4");
                }
                case "real_server" -> {}
                default -> {
                    if (FLAGS.contains(statement.keyword())) {
                        IpvsWords.flag(place, source, statement.keyword(), settings.flags, report);
                    } else {
                        KeepalivedRest.other(statement, KeepalivedWords.SERVER, READ, report);
                    }
                }
            }
        }
        return settings;
    }

    /// @return null for a method that Holdfast does not have
    private static @Nullable ForwardingMethod method(Place place, String source, String word, Report report) {
        return switch (word) {
            case "NAT" -> {
                report.maps(place, source, "forwarding: nat");
                yield ForwardingMethod.NAT;
            }
            case "DR" -> {
                report.maps(place, source, "forwarding: dr");
                yield ForwardingMethod.DR;
            }
            case "TUN" -> {
                report.noCounterpart(place, source, Reasons.NO_TUNNELS);
                yield null;
            }
            default -> {
                report.differs(place, source, "forwarding: nat, keepalived's default; '" + word + "' is no method");
                yield ForwardingMethod.NAT;
            }
        };
    }

    private static void protocol(
            KeepalivedStatement server, KeepalivedStatement statement, Settings settings, Report report) {
        if (server.word(1).equals("fwmark")) {
            report.leftOut(statement.place(), statement.source(), "a mark has no protocol; keepalived ignores it too");
            return;
        }
        var protocol = switch (statement.word(1).toUpperCase(Locale.ROOT)) {
            case "TCP" -> Optional.of(Protocol.TCP);
            case "UDP" -> Optional.of(Protocol.UDP);
            case "SCTP" -> Optional.of(Protocol.SCTP);
            default -> Optional.<Protocol>empty();
        };
        settings.protocol = protocol;
        if (protocol.isPresent()) {
            report.maps(statement.place(), statement.source(), protocol.get().word() + "/ in the name of the service");
        } else {
            report.leftOut(statement.place(), statement.source(), "is none of TCP, UDP and SCTP");
        }
    }

    private static void timeout(KeepalivedStatement statement, Settings settings, Report report) {
        var text = statement.word(1).isEmpty() ? String.valueOf(IpvsWords.PERSISTENCE_S) : statement.word(1);
        var seconds = Numbers.whole(text, 0, 2_678_400);
        settings.timeoutS =
                seconds.isPresent() && seconds.getAsLong() > 0 ? Optional.of(seconds.getAsLong()) : Optional.empty();
        if (seconds.isEmpty()) {
            report.leftOut(
                    statement.place(), statement.source(), "is not 1 to 2678400 s; keepalived passes over it too");
        } else if (settings.timeoutS.isEmpty()) {
            report.maps(statement.place(), statement.source(), "no persistence");
        } else {
            report.maps(statement.place(), statement.source(), "persistence.timeout-s: " + text);
        }
    }

    private static void netmask(KeepalivedStatement statement, Settings settings, Report report) {
        var mask = Numbers.netmask(statement.word(1));
        if (mask.isPresent()) {
            settings.netmask = mask.get().bits();
            report.maps(statement.place(), statement.source(), "persistence.netmask: " + mask.get());
        } else {
            report.leftOut(statement.place(), statement.source(), "is no IPv4 netmask such as 255.255.255.0");
        }
    }

    private static void engine(KeepalivedStatement statement, Settings settings, Report report) {
        if (statement.word(1).equals("sip")) {
            settings.engine = Optional.of(PersistenceEngine.SIP);
            report.maps(statement.place(), statement.source(), "persistence.engine: sip");
        } else {
            report.leftOut(statement.place(), statement.source(), "IPVS has the engine sip only");
        }
    }

    private void realServer(KeepalivedStatement statement, Settings settings, Draft.Service service) {
        var place = statement.place();
        var source = statement.source();
        var address = Numbers.address(statement.word(1));
        var port = Numbers.integer(statement.word(2).isEmpty() ? "0" : statement.word(2), 0, 65_535);
        if (address.isEmpty() || port.isEmpty()) {
            service.hasLostRealServers = true;
            if (Numbers.isIpv6(statement.word(1))) {
                service.report.noCounterpart(place, source, Reasons.IPV4_ONLY);
            } else {
                service.report.leftOut(place, source, "is no IPv4 address with a port of 0 to 65535");
            }
            return;
        }
        var real = new Draft.RealServer(place, source, address.get(), port.getAsInt(), report.child());
        real.weight = settings.weight;
        var method = settings(statement, real, settings.method);
        if (method == null) {
            service.hasLostRealServers = true;
            service.report.noCounterpart(place, source, Reasons.NO_TUNNELS);
            return;
        }
        real.method = method;
        if (service.key.isMark() && method == ForwardingMethod.DR && real.port != 0) {
            real.report.differs(
                    real.place, source, "without port " + real.port + ", which keepalived clears for a mark too");
            real.port = 0;
        }
        draft.add(service, real);
    }

    private static @Nullable ForwardingMethod settings(
            KeepalivedStatement block, Draft.RealServer real, @Nullable ForwardingMethod usual) {
        var method = usual;
        Optional<KeepalivedStatement> lower = Optional.empty();
        for (var statement : KeepalivedRest.effective(block.body(), ONE_VALUE, real.report)) {
            var place = statement.place();
            var source = statement.source();
            switch (statement.keyword()) {
                case "weight" -> real.weight = number(statement, "weight", real.weight, real.report);
                case "lb_kind", "lvs_method" -> method = method(place, source, statement.word(1), real.report);
                case "uthreshold" -> real.upperThreshold = number(statement, "upper-threshold", 0, real.report);
                case "lthreshold" -> lower = Optional.of(statement);
                default -> KeepalivedRest.other(statement, KeepalivedWords.REAL_SERVER, READ_OF_REAL, real.report);
            }
        }
        lower.ifPresent(statement -> lowerThreshold(statement, real));
        return method;
    }

    /// Read after the upper one, which it must not exceed.
    private static void lowerThreshold(KeepalivedStatement statement, Draft.RealServer real) {
        var number = Numbers.integer(statement.word(1), 0, real.upperThreshold);
        if (number.isPresent()) {
            real.lowerThreshold = number.getAsInt();
            real.report.maps(statement.place(), statement.source(), "lower-threshold: " + number.getAsInt());
        } else {
            real.report.differs(
                    statement.place(),
                    statement.source(),
                    "no lower-threshold, because it is not from 0 to the upper one; IPVS refuses it too");
        }
    }

    private static int number(KeepalivedStatement statement, String key, int usual, Report report) {
        var number = Numbers.integer(statement.word(1), 0, Integer.MAX_VALUE);
        if (number.isPresent()) {
            report.maps(statement.place(), statement.source(), key + ": " + number.getAsInt());
        } else {
            report.differs(
                    statement.place(),
                    statement.source(),
                    key + ": " + usual + ", because it must be 0 to " + Integer.MAX_VALUE);
        }
        return number.orElse(usual);
    }
}
