package holdfast.cli.imports;

import holdfast.conf.Ipv4;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// keepalived's VRRP instances as our VIP group.
///
/// A director serves one group for now. So the first instance with an IPv4 address gives the group its settings, and
/// the addresses of the others join it.
final class KeepalivedVrrp {
    /// keepalived's default, which is not ours.
    private static final int ADVERT_MS = 1000;

    private static final int ADVERT_MS_MAX = 40_950;
    private static final List<Integer> REPEAT_AT_MS = List.of(50, 200, 1000);
    private static final int REPEAT_MS_MAX = 60_000;
    private static final Set<String> ONE_VALUE = Set.of(
            "interface",
            "state",
            "virtual_router_id",
            "priority",
            "advert_int",
            "version",
            "garp_master_delay",
            "garp_master_repeat",
            "garp_master_refresh");

    private static final Set<String> READ = Set.of(
            "state",
            "interface",
            "virtual_router_id",
            "priority",
            "advert_int",
            "nopreempt",
            "preempt",
            "version",
            "virtual_ipaddress",
            "virtual_ipaddress_excluded",
            "track_interface",
            "garp_master_delay",
            "garp_master_repeat",
            "garp_master_refresh");

    private static final String VERSION =
            "adverts are VRRPv3, not keepalived's default 2: replace both directors together, or give keepalived "
                    + "'version 3' first, and this file 'trust: any' until both are replaced";

    private final Draft draft;
    private final Report report;
    private final Map<String, KeepalivedStatement> garp = new LinkedHashMap<>();
    private final Set<Ipv4> seen = new HashSet<>();
    private boolean isVersionKnown;

    KeepalivedVrrp(Draft draft, Report report) {
        this.draft = draft;
        this.report = report;
    }

    /// Whether Linux and our configuration take it as the name of a link.
    static boolean isInterface(String name) {
        return name.matches("[!-~&&[^/:'\"]]{1,15}") && !name.matches("\\.\\.?");
    }

    /// Notes a global default for the instance.
    void garpDefault(KeepalivedStatement statement) {
        garp.put(statement.keyword().replaceFirst("^vrrp_", ""), statement);
        report.maps(statement.place(), statement.source(), "the default of the instance's setting");
    }

    void version(KeepalivedStatement statement) {
        isVersionKnown = true;
        if (statement.word(1).equals("3")) {
            report.maps(statement.place(), statement.source(), "adverts are VRRPv3 always");
        } else {
            report.differs(statement.place(), statement.source(), VERSION);
        }
    }

    void read(List<KeepalivedStatement> instances, List<KeepalivedStatement> syncGroups) {
        syncGroups.forEach(this::syncGroup);
        int main = first(instances, KeepalivedVrrp::hasIpv4)
                .orElse(first(instances, instance -> !hasIpv6(instance)).orElse(-1));
        for (int i = 0; i < instances.size(); i++) {
            var instance = instances.get(i);
            if (i == main) {
                main(instance);
            } else if (hasIpv4(instance)) {
                further(instance, instances.get(main), syncGroups);
            } else if (hasIpv6(instance)) {
                report.noCounterpart(instance.place(), instance.source(), Reasons.IPV4_ONLY);
            } else {
                report.leftOut(
                        instance.place(), instance.source(), "has no address, and a director serves one group for now");
            }
        }
    }

    private static OptionalInt first(List<KeepalivedStatement> instances, Predicate<KeepalivedStatement> condition) {
        return IntStream.range(0, instances.size())
                .filter(i -> condition.test(instances.get(i)))
                .findFirst();
    }

    private void syncGroup(KeepalivedStatement group) {
        report.maps(
                group.place().first(),
                group.source(),
                "the addresses of all instances move together, as the VIPs of one group");
        for (var statement : group.body()) {
            if (statement.keyword().equals("group")) {
                report.maps(statement.place(), statement.source(), "see the instances");
            } else {
                KeepalivedRest.other(statement, KeepalivedWords.SYNC_GROUP, Set.of("group"), report);
            }
        }
    }

    private void main(KeepalivedStatement instance) {
        var group = draft.group;
        var name = instance.word(1).replaceAll("[^A-Za-z0-9._-]", "-").replaceFirst("^[^A-Za-z0-9]+", "");
        group.name = Optional.of(name.substring(0, Math.min(32, name.length()))).filter(text -> !text.isEmpty());
        report.maps(
                instance.place().first(),
                instance.source(),
                "vip-groups[0].name: " + group.name.orElse("main")
                        + "; keepalived's defaults are written out where they "
                        + "are not ours: preempt: true, advert-interval-ms: " + ADVERT_MS);
        if (!isVersionKnown && instance.body().stream().noneMatch(of("version"))) {
            report.differs(instance.place().first(), instance.source(), VERSION);
        }
        group.preempt = Optional.of(true);
        group.advertIntervalMs = Optional.of(ADVERT_MS);
        var body = KeepalivedRest.effective(instance.body(), ONE_VALUE, report);
        boolean isMaster = body.stream()
                .anyMatch(statement ->
                        statement.keyword().equals("state") && statement.word(1).equals("MASTER"));
        var own = new LinkedHashMap<>(garp);
        var tracked = new ArrayList<KeepalivedStatement>();
        // The interface comes first, because VIPs without one of their own have it.
        body.stream().filter(of("interface")).forEach(this::interfaceName);
        for (var statement : body) {
            switch (statement.keyword()) {
                case "interface" -> {}
                case "state" -> state(statement);
                case "virtual_router_id" -> vrid(statement);
                case "priority" -> priority(statement);
                case "advert_int" -> advertInterval(statement);
                case "nopreempt" -> noPreempt(statement, isMaster);
                case "preempt" -> report.maps(statement.place(), statement.source(), "preempt: true");
                case "version" -> version(statement);
                case "virtual_ipaddress" -> addresses(statement, Optional.empty());
                case "virtual_ipaddress_excluded" -> excluded(statement, Optional.empty());
                case "lvs_sync_daemon_interface", "lvs_sync_daemon" -> syncDaemon(statement);
                case "track_interface" -> tracked.add(statement);
                case "garp_master_delay", "garp_master_repeat", "garp_master_refresh" ->
                    own.put(statement.keyword(), statement);
                default -> KeepalivedRest.other(statement, KeepalivedWords.INSTANCE, READ, report);
            }
        }
        tracked.forEach(this::trackInterface); // when all VIPs are known, and with them their links
        garp(own);
    }

    private void further(KeepalivedStatement instance, KeepalivedStatement main, List<KeepalivedStatement> syncGroups) {
        boolean together = syncGroups.stream().anyMatch(group -> isMember(group, main) && isMember(group, instance));
        var settings = "a director serves one group for now, with the settings of " + main.word(1);
        if (together) {
            report.maps(
                    instance.place().first(),
                    instance.source(),
                    "its addresses join the VIPs of " + main.word(1) + ", with which they moved together before");
        } else {
            report.differs(
                    instance.place().first(),
                    instance.source(),
                    "its addresses join the VIPs of " + main.word(1) + ", because a director serves one group for now: "
                            + "one director serves them all, also where the two shared the work");
        }
        var interfaceName = instance.body().stream()
                .filter(of("interface"))
                .map(statement -> statement.word(1))
                .filter(KeepalivedVrrp::isInterface)
                .findFirst();
        for (var statement : instance.body()) {
            switch (statement.keyword()) {
                case "interface" ->
                    report.maps(statement.place(), statement.source(), "the interface of each of its VIPs");
                case "virtual_ipaddress" -> addresses(statement, interfaceName);
                case "virtual_ipaddress_excluded" -> excluded(statement, interfaceName);
                default -> {
                    if (READ.contains(statement.keyword())) {
                        report.leftOut(statement.place(), statement.source(), settings);
                    } else {
                        KeepalivedRest.other(statement, KeepalivedWords.INSTANCE, READ, report);
                    }
                }
            }
        }
    }

    private static Predicate<KeepalivedStatement> of(String keyword) {
        return statement -> statement.keyword().equals(keyword);
    }

    private static boolean isMember(KeepalivedStatement syncGroup, KeepalivedStatement instance) {
        return syncGroup.body().stream()
                .filter(of("group"))
                .flatMap(statement -> statement.body().stream())
                .anyMatch(member -> member.words().contains(instance.word(1)));
    }

    private static boolean hasIpv4(KeepalivedStatement instance) {
        return addressesOf(instance)
                .anyMatch(
                        entry -> Numbers.address(withoutPrefix(entry.keyword())).isPresent());
    }

    private static boolean hasIpv6(KeepalivedStatement instance) {
        return addressesOf(instance).anyMatch(entry -> Numbers.isIpv6(entry.keyword()));
    }

    private static Stream<KeepalivedStatement> addressesOf(KeepalivedStatement instance) {
        return instance.body().stream()
                .filter(statement -> statement.keyword().startsWith("virtual_ipaddress"))
                .flatMap(statement -> statement.body().stream());
    }

    private static String withoutPrefix(String address) {
        return address.replaceFirst("/.*", "");
    }

    private void interfaceName(KeepalivedStatement statement) {
        var name = statement.word(1);
        if (isInterface(name)) {
            draft.group.interfaceName = Optional.of(name);
            report.maps(statement.place(), statement.source(), "interface: " + name);
        } else {
            report.differs(
                    statement.place(),
                    statement.source(),
                    "interface is a placeholder: '" + name + "' is no link's name");
        }
    }

    private void state(KeepalivedStatement statement) {
        report.noCounterpart(
                statement.place(),
                statement.source(),
                "a director begins as standby, and the election decides; the higher priority is preferred");
    }

    private void vrid(KeepalivedStatement statement) {
        var vrid = Numbers.integer(statement.word(1), 1, 255);
        if (vrid.isPresent()) {
            draft.group.vrid = Optional.of(vrid.getAsInt());
            report.maps(statement.place(), statement.source(), "vrid: " + vrid.getAsInt());
        } else {
            report.differs(statement.place(), statement.source(), "vrid is a placeholder: a vrid is 1 to 255");
        }
    }

    private void priority(KeepalivedStatement statement) {
        var priority = Numbers.integer(statement.word(1), 1, 255);
        if (priority.isEmpty()) {
            report.differs(statement.place(), statement.source(), "priority: 100, because a priority is 1 to 254");
        } else if (priority.getAsInt() == 255) {
            draft.group.priority = Optional.of(254);
            report.differs(
                    statement.place(),
                    statement.source(),
                    "priority: 254, the highest: no director owns a VIP, because no kernel has it");
        } else {
            draft.group.priority = Optional.of(priority.getAsInt());
            report.maps(statement.place(), statement.source(), "priority: " + priority.getAsInt());
        }
    }

    private void advertInterval(KeepalivedStatement statement) {
        var millis = Numbers.millis(statement.word(1));
        if (millis.isEmpty() || millis.getAsInt() < 10) {
            report.differs(
                    statement.place(),
                    statement.source(),
                    "advert-interval-ms: " + ADVERT_MS + ", keepalived's default");
            return;
        }
        int wanted = millis.getAsInt();
        int rounded = Math.clamp((wanted + 5L) / 10 * 10, 10, ADVERT_MS_MAX);
        draft.group.advertIntervalMs = Optional.of(rounded);
        if (rounded == wanted) {
            report.maps(
                    statement.place(),
                    statement.source(),
                    "advert-interval-ms: " + rounded + (rounded > 100 ? "; 100 notices a dead host sooner" : ""));
        } else {
            report.differs(
                    statement.place(),
                    statement.source(),
                    "advert-interval-ms: " + rounded + ", because VRRPv3 counts hundredths of a second up to 40.95 s");
        }
    }

    private void noPreempt(KeepalivedStatement statement, boolean isMaster) {
        if (isMaster) {
            report.differs(
                    statement.place(),
                    statement.source(),
                    "preempt: true, because keepalived ignores nopreempt with state MASTER");
        } else {
            draft.group.preempt = Optional.of(false);
            report.maps(statement.place(), statement.source(), "preempt: false");
        }
    }

    /// Also of the global setting of the same name.
    void syncDaemon(KeepalivedStatement statement) {
        var name = statement.word(1);
        draft.syncInterface = Optional.of(name).filter(KeepalivedVrrp::isInterface);
        report.differs(
                statement.place(),
                statement.source(),
                "cluster.sync is on by default, with a protocol of its own and a key; give cluster.bind-address the "
                        + "address on " + name);
    }

    private void trackInterface(KeepalivedStatement block) {
        report.maps(block.place().first(), block.source(), "see its lines");
        var watched = new TreeSet<String>();
        draft.group.interfaceName.ifPresent(watched::add);
        draft.vips.forEach(vip -> vip.interfaceName().ifPresent(watched::add));
        for (var entry : block.body()) {
            if (entry.words().size() > 1) {
                report.noCounterpart(
                        entry.place(),
                        entry.source(),
                        "links have no weights: the priority never changes, and a director without its links is in FAULT");
            } else if (watched.contains(entry.keyword())) {
                report.maps(
                        entry.place(),
                        entry.source(),
                        "is watched: a director whose group or VIPs have it is in FAULT");
            } else {
                report.noCounterpart(
                        entry.place(),
                        entry.source(),
                        "only links of the group and of its VIPs are watched; give it a VIP, or see "
                                + "datapath.interfaces");
            }
        }
    }

    private void excluded(KeepalivedStatement block, Optional<String> interfaceName) {
        report.differs(
                block.place().first(),
                block.source(),
                "its addresses are VIPs like the others, and named in the adverts too");
        entries(block, interfaceName);
    }

    private void addresses(KeepalivedStatement block, Optional<String> interfaceName) {
        report.maps(block.place().first(), block.source(), "vips: see its lines");
        entries(block, interfaceName);
    }

    private void entries(KeepalivedStatement block, Optional<String> interfaceName) {
        block.body().forEach(entry -> entry(entry, interfaceName));
    }

    private void entry(KeepalivedStatement entry, Optional<String> instanceInterface) {
        var text = withoutPrefix(entry.keyword());
        var address = Numbers.address(text);
        if (address.isEmpty()) {
            if (Numbers.isIpv6(entry.keyword())) {
                report.noCounterpart(entry.place(), entry.source(), Reasons.IPV4_ONLY);
            } else {
                report.leftOut(entry.place(), entry.source(), "'" + text + "' is no IPv4 address");
            }
            return;
        }
        if (!Assembly.isHost(address.get())) {
            report.leftOut(entry.place(), entry.source(), "is no address of a host, so it cannot be a VIP");
        } else if (!seen.add(address.get())) {
            report.leftOut(entry.place(), entry.source(), "is a VIP already");
        } else if (draft.vips.size() == Assembly.VIPS_MAX) {
            report.leftOut(entry.place(), entry.source(), "a group has at most " + Assembly.VIPS_MAX + " VIPs");
        } else {
            vip(entry, address.get(), instanceInterface);
        }
    }

    private void vip(KeepalivedStatement entry, Ipv4 address, Optional<String> instanceInterface) {
        var dropped = new ArrayList<String>();
        var device = Optional.<String>empty();
        for (int i = 1; i < entry.words().size(); i++) {
            if (entry.word(i).equals("dev") && isInterface(entry.word(i + 1))) {
                device = Optional.of(entry.word(++i));
            } else {
                dropped.add(entry.word(i));
            }
        }
        var interfaceName =
                device.or(() -> instanceInterface).filter(name -> !draft.group.interfaceName.equals(Optional.of(name)));
        draft.vips.add(new Draft.Vip(address, interfaceName));
        var ours = "VIP " + address + interfaceName.map(name -> " on " + name).orElse("");
        if (dropped.isEmpty()) {
            report.maps(
                    entry.place(),
                    entry.source(),
                    ours + (entry.keyword().contains("/") ? ", without a prefix: the kernel never gets it" : ""));
        } else {
            report.differs(
                    entry.place(),
                    entry.source(),
                    ours + ", without '" + String.join(" ", dropped) + "': the kernel never gets it");
        }
    }

    /// The bursts of gratuitous ARP. Ours are spread over the first second; keepalived's second burst, after its delay,
    /// is the last of ours.
    private void garp(Map<String, KeepalivedStatement> settings) {
        boolean isMinimal = Optional.ofNullable(settings.get("min_garp"))
                .filter(statement -> !Set.of("false", "off", "no").contains(statement.word(1)))
                .map(statement -> {
                    draft.group.garpRepeatAtMs = Optional.of(List.of());
                    report.maps(statement.place(), statement.source(), "garp.repeat-at-ms: []");
                    return true;
                })
                .orElse(false);
        var delay = settings.get("garp_master_delay");
        if (delay != null) {
            var seconds = Numbers.millis(delay.word(1));
            if (seconds.isPresent() && !isMinimal) {
                delay(delay, seconds.getAsInt());
            } else {
                report.leftOut(delay.place(), delay.source(), isMinimal ? "vrrp_min_garp sends none" : "is no number");
            }
        }
        var repeat = settings.get("garp_master_repeat");
        if (repeat != null) {
            report.differs(
                    repeat.place(),
                    repeat.source(),
                    "a burst is one pair of frames for each VIP; garp.repeat-at-ms spreads the bursts over time");
        }
        var refresh = settings.get("garp_master_refresh");
        if (refresh != null) {
            refresh(refresh);
        }
    }

    private void delay(KeepalivedStatement statement, int millis) {
        var times = new TreeSet<>(REPEAT_AT_MS);
        if (millis > 0) {
            times.add(Math.min(millis, REPEAT_MS_MAX));
        }
        draft.group.garpRepeatAtMs = Optional.of(List.copyOf(times));
        report.differs(
                statement.place(),
                statement.source(),
                "garp.repeat-at-ms: " + times + "; keepalived sends all at the claim"
                        + (millis > 0 ? " and then" : ""));
    }

    private void refresh(KeepalivedStatement statement) {
        OptionalInt seconds = Numbers.integer(statement.word(1), 0, 86_400);
        if (seconds.isEmpty()) {
            report.differs(statement.place(), statement.source(), "garp.refresh-s: 30, the default; it is 0 to 86400");
        } else {
            draft.group.garpRefreshS = Optional.of(seconds.getAsInt());
            report.maps(statement.place(), statement.source(), "garp.refresh-s: " + seconds.getAsInt());
        }
    }
}
