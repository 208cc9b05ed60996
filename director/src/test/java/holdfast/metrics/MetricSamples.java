package holdfast.metrics;

import holdfast.admin.FailoverReadiness;
import holdfast.admin.FailoverReadiness.Safe;
import holdfast.admin.Keys;
import holdfast.admin.Role;
import holdfast.admin.ServiceList;
import holdfast.admin.Status;
import holdfast.admin.Sync;
import holdfast.conf.DrainMode;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.Ipv4;
import holdfast.conf.Protocol;
import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;
import holdfast.table.Counter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Samples of what a director answers, in which everything is known.
public final class MetricSamples {
    public static final Identity IDENTITY = new Identity("lab", "d1", "shop", "0.1.0");
    static final String FINGERPRINT = "3f9a17c2";
    static final String CLIENT = "198.51.100.7";

    private MetricSamples() {}

    /// Pages of a director that answers with these samples.
    public static Pages pages() {
        return new Pages(
                IDENTITY,
                new Pages.Parts(
                        MetricSamples::status,
                        () -> services(1, 3),
                        () -> Optional.of(keys()),
                        () -> false,
                        MetricSamples::api));
    }

    /// Pages of a director with so many real servers that a page has its full size.
    public static Pages largePages() {
        return new Pages(
                IDENTITY,
                new Pages.Parts(
                        MetricSamples::status,
                        () -> services(1, 5000),
                        () -> Optional.of(keys()),
                        () -> false,
                        MetricSamples::api));
    }

    /// Pages that cannot be made, because two peers have one name.
    public static Pages brokenPages() {
        return new Pages(
                IDENTITY,
                new Pages.Parts(
                        () -> status(List.of(peer("d2", 1L), peer("d2", 1L)), new Status.Table(1, 2)),
                        () -> services(1, 1),
                        Optional::empty,
                        () -> false,
                        Map::of));
    }

    static Status status() {
        return status(List.of(peer("d2", 400L)), new Status.Table(750, 1000));
    }

    static Status status(List<Sync.Peer> peers, Status.@Nullable Table connections) {
        return new Status(
                "d1",
                "0.1.0",
                "2026-11-30T12:00:00Z",
                77,
                4000,
                Role.ACTIVE,
                7,
                "shop",
                51,
                200,
                List.of("the disk is full"),
                List.of(CLIENT + " answers for 192.0.2.10"),
                List.of(new Status.Vip("192.0.2.10", "front", true)),
                new Status.Adverts(
                        100,
                        12,
                        3,
                        Map.of("checksum", 2L, "nobody-vouches", 0L),
                        Map.of(
                                "role-changes", 3L,
                                "pauses", 1L,
                                "false-takeovers", 0L,
                                "events-lost", 0L,
                                "send-errors", 0L),
                        "192.0.2.2",
                        1500L),
                new Status.Transition(Role.STANDBY, Role.ACTIVE, "silence", 90_500),
                new FailoverReadiness(Safe.NO, "d2", "d1", List.of("d2 is behind"), 20L, 5L, 250L, 60L),
                new Sync(
                        Role.ACTIVE,
                        7,
                        null,
                        new Sync.Position(31, 4711, "0123456789abcdef"),
                        peers,
                        Map.of("batches-sent", 31L, "refused-bad-seal", 4L)),
                new Status.Datapath(
                        900,
                        123_456,
                        counters(Counter::isDrop),
                        counters(counter -> !counter.isDrop()),
                        connections,
                        new Status.Table(20, 100),
                        List.of("10.0.0.13"),
                        true,
                        CLIENT),
                new Status.Config("17.6", false, true, 2, 1, 3));
    }

    private static Map<String, Long> counters(Predicate<Counter> wanted) {
        return Arrays.stream(Counter.values()).filter(wanted).collect(Collectors.toMap(Counter::word, counter ->
                (long) counter.ordinal()));
    }

    /// @param lag  micros; null while it is unknown
    static Sync.Peer peer(String name, @Nullable Long lag) {
        boolean isKnown = lag != null;
        return new Sync.Peer(
                name,
                isKnown ? Sync.State.BEHIND : Sync.State.GONE,
                true,
                new Sync.Word(
                        isKnown ? 80 : 5000,
                        Sync.Standing.STANDBY,
                        List.of(),
                        List.of("10.0.0.13", "192.0.2.254"),
                        List.of(),
                        List.of(),
                        1000,
                        100),
                Map.of("interconnect", 80L, "front", 90L),
                isKnown ? 80L : 5000L,
                lag,
                lag == null ? null : lag * 4,
                lag == null ? null : lag * 10,
                isKnown ? 70L : 5000L,
                isKnown ? 2L : null,
                isKnown ? 300L : null,
                isKnown ? 20L : null,
                isKnown ? 5L : null,
                isKnown ? 250L : null);
    }

    static Keys keys() {
        return new Keys(FINGERPRINT, List.of(FINGERPRINT, "00c0ffee"), List.of(new Keys.Peer("d2", "00c0ffee", 80)));
    }

    /// @param services  with the same number of real servers each
    static ServiceList services(int services, int realServers) {
        return new ServiceList(
                1000,
                new ServiceList.Timeouts(900, 120, 300),
                IntStream.range(0, services)
                        .mapToObj(port -> service(port + 1, realServers))
                        .toList(),
                new ServiceList.Totals(30, 900, 9000, 800, 80_000),
                ServiceList.Rates.ZERO);
    }

    private static ServiceList.Service service(int port, int realServers) {
        return new ServiceList.Service(
                new ServiceKey(Protocol.TCP, Ipv4.of("192.0.2.10"), port),
                SchedulerName.WLC,
                List.of(),
                null,
                false,
                null,
                IntStream.range(0, realServers).mapToObj(MetricSamples::real).toList(),
                new ServiceList.Totals(10, 300, 3000, 200, 20_000),
                ServiceList.Rates.ZERO);
    }

    private static ServiceList.RealServer real(int number) {
        var states = ServiceList.State.values();
        return new ServiceList.RealServer(
                Ipv4.text(0x0a00_0001 + number),
                8080,
                ForwardingMethod.NAT,
                number % 3,
                states[number % states.length],
                11,
                22,
                33,
                number == 0 ? 500 : 0,
                0,
                number == 0,
                DrainMode.KEEP_ALL,
                number == 2 ? 60_000L : null,
                number == 1 ? 40 : null,
                new ServiceList.Totals(1, 2, 3, 4, 5),
                ServiceList.Rates.ZERO);
    }

    static Map<String, Map<String, Long>> api() {
        return Map.of("socket", Map.of("answered", 7L), "tcp", Map.of("not-known", 2L));
    }
}
