package holdfast.cli;

import holdfast.admin.Connections;
import holdfast.admin.Endpoint;
import holdfast.admin.FailoverReadiness;
import holdfast.admin.FailoverResult;
import holdfast.admin.Role;
import holdfast.admin.ServiceList;
import holdfast.admin.Status;
import holdfast.admin.Sync;
import holdfast.conf.DrainMode;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.PersistenceEngine;
import holdfast.conf.Protocol;
import holdfast.conf.RearmPolicy;
import holdfast.conf.SchedulerFlag;
import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Messages of a director for the tests of the command line.
final class Samples {
    private static final ServiceList.Totals TOTALS = ServiceList.Totals.ZERO;

    private static final Sync.Word WELL = word(80, Sync.Standing.STANDBY);

    private static final Map<String, Long> BOTH_WAYS = Map.of("interconnect", 80L, "front", 85L);

    static final Sync.Peer EQUAL = new Sync.Peer(
            "d2", Sync.State.EQUAL, true, WELL, BOTH_WAYS, 20L, 210L, 1320L, 4100L, 40L, 0L, 0L, 0L, 0L, 0L);
    static final Sync.Peer SILENT = new Sync.Peer(
            "d2", Sync.State.UNKNOWN, true, null, Map.of(), null, null, null, null, null, null, null, null, null, null);
    static final Sync.Peer GONE = new Sync.Peer(
            "d2",
            Sync.State.GONE,
            true,
            word(8100, Sync.Standing.STANDBY),
            Map.of("interconnect", 8100L, "front", 8100L),
            8100L,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null);
    static final Sync.Peer BEHIND = new Sync.Peer(
            "d2",
            Sync.State.BEHIND,
            true,
            WELL,
            BOTH_WAYS,
            20L,
            900L,
            15_000L,
            2_300_000L,
            1250L,
            3L,
            512L,
            12L,
            340L,
            1300L);
    static final Sync.Peer IN_FAULT = new Sync.Peer(
            "d2",
            Sync.State.EQUAL,
            false,
            word(80, Sync.Standing.FAULT, "front has no carrier", "back is gone"),
            Map.of("interconnect", 4000L, "front", 80L),
            20L,
            210L,
            1320L,
            4100L,
            40L,
            0L,
            0L,
            0L,
            0L,
            0L);

    static final FailoverReadiness SAFE =
            new FailoverReadiness(FailoverReadiness.Safe.YES, "d2", "d1", List.of(), 0L, 0L, 0L, null);
    static final FailoverReadiness UNSAFE = new FailoverReadiness(
            FailoverReadiness.Safe.NO,
            "d2",
            "d1",
            List.of("d2 is 1300 ms behind, more than 100"),
            12L,
            340L,
            1300L,
            null);
    static final FailoverReadiness UNKNOWN = new FailoverReadiness(
            FailoverReadiness.Safe.UNKNOWN, null, null, List.of("no other director was heard"), null, null, null, null);
    static final FailoverReadiness WOULD_SERVE =
            new FailoverReadiness(FailoverReadiness.Safe.YES, "d2", "d1", List.of(), null, null, null, 40L);
    static final FailoverReadiness WOULD_NOT_SERVE = new FailoverReadiness(
            FailoverReadiness.Safe.NO,
            "d2",
            "d1",
            List.of("d2 cannot take over: front has no carrier"),
            null,
            null,
            null,
            null);

    private Samples() {}

    private static Sync.Word word(long ageMs, Sync.Standing standing, String... obstacles) {
        return new Sync.Word(
                ageMs,
                standing,
                List.of(obstacles),
                List.of(),
                List.of("198.51.100.0/24"),
                List.of(),
                1_000_000,
                1_000_000);
    }

    static Status status(Role role, FailoverReadiness readiness, Sync.Peer... peers) {
        return status(role, readiness, new Status.Table(1200, 1_000_000), List.of(), List.of(), peers);
    }

    /// @param connections  null where the datapath is stuck
    static Status status(
            Role role,
            FailoverReadiness readiness,
            Status.@Nullable Table connections,
            List<String> faults,
            List<String> alarms,
            Sync.Peer... peers) {
        return new Status(
                role == Role.ACTIVE ? "d1" : "d2",
                "0.1.0",
                "2026-03-01T12:00:00.250Z",
                4711,
                11_520_000,
                role,
                7,
                "shop",
                51,
                200,
                faults,
                alarms,
                List.of(
                        new Status.Vip("192.0.2.10", "front", role == Role.ACTIVE),
                        new Status.Vip("10.0.0.1", "back", role == Role.ACTIVE)),
                new Status.Adverts(
                        100,
                        115_200,
                        31,
                        Map.of("checksum", 2L),
                        Map.of("role-changes", 3L, "false-takeovers", 1L, "pauses", 0L),
                        "192.0.2.2",
                        11_500_000L),
                new Status.Transition(Role.STANDBY, Role.ACTIVE, "peer process died", 11_500_000),
                readiness,
                sync(role, peers),
                new Status.Datapath(
                        123_456,
                        1_234_567_890,
                        Map.of("no-service", 2L, "bad-checksum", 1L, "table-full", 0L),
                        Map.of(),
                        connections,
                        connections == null ? null : new Status.Table(200, 1_000_000),
                        connections == null ? null : passedOver(readiness),
                        role == Role.ACTIVE,
                        readiness.equals(UNSAFE) ? "198.51.100.7" : null),
                readiness.equals(UNSAFE)
                        ? new Status.Config("17.6", false, true, 2, 1, 3)
                        : new Status.Config("0.0", true, false, 0, 0, 0));
    }

    private static List<String> passedOver(FailoverReadiness readiness) {
        return readiness.equals(UNSAFE) ? List.of("10.0.0.12", "10.0.0.13") : List.of();
    }

    static Sync sync(Role role, Sync.Peer... peers) {
        return new Sync(
                role,
                7,
                null,
                new Sync.Position(88, 123_456, "00c0ffee00c0ffee"),
                List.of(peers),
                Map.of("refused", 0L));
    }

    static ServiceList services() {
        return new ServiceList(
                1_000_000,
                new ServiceList.Timeouts(900, 120, 300),
                List.of(
                        service("udp/192.0.2.10:53", SchedulerName.RR, null),
                        service(
                                "tcp/192.0.2.10:443",
                                SchedulerName.WLC,
                                sticky(360, "255.255.255.0"),
                                real("10.0.0.12", 443, ForwardingMethod.NAT, 0, 123_456_789, 0),
                                real("10.0.0.11", 443, ForwardingMethod.NAT, 1, 3, 12)),
                        service(
                                "tcp/192.0.2.11:80",
                                SchedulerName.WRR,
                                sticky(300, "255.255.255.255"),
                                real("192.0.2.21", 80, ForwardingMethod.DR, 65_535, 0, 0))),
                TOTALS,
                ServiceList.Rates.ZERO);
    }

    /// One service whose only real server nothing gets to.
    static ServiceList unreachable() {
        var up = real("10.0.0.11", 8080, ForwardingMethod.NAT, 1, 3, 0);
        var down = new ServiceList.RealServer(
                up.address(),
                up.port(),
                up.method(),
                up.weight(),
                ServiceList.State.UNREACHABLE,
                up.activeConn(),
                up.inActConn(),
                up.persistConn(),
                up.upperThreshold(),
                up.lowerThreshold(),
                up.overloaded(),
                up.drain(),
                up.drainEndsMs(),
                up.agentPercent(),
                up.totals(),
                up.rates());
        return new ServiceList(
                4096,
                new ServiceList.Timeouts(900, 120, 300),
                List.of(service("tcp/192.0.2.10:80", SchedulerName.RR, null, down)),
                TOTALS,
                ServiceList.Rates.ZERO);
    }

    /// One service with one real server.
    static ServiceList services(DrainMode drain, int weight) {
        var real = real("10.0.0.11", 8080, ForwardingMethod.NAT, weight, 3, 0, drain);
        return new ServiceList(
                4096,
                new ServiceList.Timeouts(900, 120, 300),
                List.of(service("tcp/192.0.2.10:80", SchedulerName.RR, null, real)),
                TOTALS,
                ServiceList.Rates.ZERO);
    }

    private static ServiceList.Persistence sticky(long timeoutS, String netmask) {
        return new ServiceList.Persistence(timeoutS, netmask, RearmPolicy.IPVS, null);
    }

    /// Services with every option, and numbers that break their columns.
    static ServiceList everyOption() {
        return new ServiceList(
                4096,
                new ServiceList.Timeouts(900, 120, 300),
                List.of(
                        new ServiceList.Service(
                                ServiceKey.of("mark/4294967295"),
                                SchedulerName.SH,
                                List.of(SchedulerFlag.PORT, SchedulerFlag.FALLBACK),
                                sticky(300, "255.255.255.255"),
                                false,
                                null,
                                List.of(),
                                new ServiceList.Totals(1, 2, 3, 4, 5),
                                ServiceList.Rates.ZERO),
                        new ServiceList.Service(
                                ServiceKey.of("sctp/192.0.2.10:36412"),
                                SchedulerName.MH,
                                List.of(SchedulerFlag.PORT),
                                null,
                                false,
                                null,
                                List.of(real("192.0.2.21", 36_412, ForwardingMethod.DR, 1, 3, 12)),
                                new ServiceList.Totals(
                                        99_999_999, 100_000_000, 1_000_000_000, 100_000_000_000L, 1L << 60),
                                new ServiceList.Rates(10, 200, 300, 4000, 5000)),
                        new ServiceList.Service(
                                ServiceKey.of("udp/192.0.2.10:5060"),
                                SchedulerName.WLC,
                                List.of(),
                                new ServiceList.Persistence(
                                        300, "255.255.255.0", RearmPolicy.IPVS, PersistenceEngine.SIP),
                                true,
                                new ServiceList.ClientLimit(100, 0),
                                List.of(),
                                TOTALS,
                                ServiceList.Rates.ZERO)),
                TOTALS,
                ServiceList.Rates.ZERO);
    }

    private static ServiceList.Service service(
            String key,
            SchedulerName scheduler,
            ServiceList.@Nullable Persistence persistence,
            ServiceList.RealServer... reals) {
        return new ServiceList.Service(
                ServiceKey.of(key),
                scheduler,
                List.of(),
                persistence,
                false,
                null,
                List.of(reals),
                TOTALS,
                ServiceList.Rates.ZERO);
    }

    private static ServiceList.RealServer real(
            String address, int port, ForwardingMethod method, int weight, long active, long inactive) {
        return real(address, port, method, weight, active, inactive, DrainMode.KEEP_ALL);
    }

    private static ServiceList.RealServer real(
            String address,
            int port,
            ForwardingMethod method,
            int weight,
            long active,
            long inactive,
            DrainMode drain) {
        return new ServiceList.RealServer(
                address,
                port,
                method,
                weight,
                weight == 0 ? ServiceList.State.QUIESCED : ServiceList.State.UP,
                active,
                inactive,
                5,
                200,
                150,
                false,
                drain,
                null,
                null,
                new ServiceList.Totals(15, 30, 31, 32, 33),
                new ServiceList.Rates(1, 2, 3, 4, 5));
    }

    static Connections connections(boolean truncated) {
        return new Connections(
                truncated ? 500_000 : 3,
                truncated,
                List.of(
                        entry(Connections.Kind.TEMPLATE, "198.51.100.0:0", "NONE", 292_400),
                        entry(Connections.Kind.TEMPLATE, "198.51.101.0:0", "ASSURED", 7_199_999),
                        entry(Connections.Kind.CONNECTION, "198.51.100.7:40000", "ESTABLISHED", 898_000)));
    }

    private static Connections.Entry entry(Connections.Kind kind, String client, String state, long expiresMs) {
        return new Connections.Entry(
                kind,
                Protocol.TCP,
                Endpoint.of(client),
                Endpoint.of("192.0.2.10:443"),
                Endpoint.of("10.0.0.11:443"),
                ForwardingMethod.NAT,
                state,
                expiresMs,
                900,
                7,
                123,
                kind == Connections.Kind.TEMPLATE ? 1 : null,
                false,
                null);
    }

    /// Templates of a mark, of SCTP, of SIP, and a pinned one.
    static Connections oddTemplates() {
        return new Connections(
                3,
                false,
                List.of(
                        template(Protocol.MARK, "0.0.0.7:0", "10.0.0.11:0", false, null),
                        template(Protocol.SCTP, "192.0.2.10:36412", "192.0.2.21:36412", true, null),
                        template(Protocol.UDP, "192.0.2.10:5060", "10.0.0.11:5060", false, "a84b4c76e66710")));
    }

    private static Connections.Entry template(
            Protocol protocol, String virtual, String real, boolean pinned, @Nullable String call) {
        return new Connections.Entry(
                Connections.Kind.TEMPLATE,
                protocol,
                Endpoint.of("198.51.100.7:0"),
                Endpoint.of(virtual),
                Endpoint.of(real),
                ForwardingMethod.NAT,
                "ASSURED",
                41_000,
                300,
                7,
                123,
                2,
                pinned,
                call);
    }

    static FailoverResult moved() {
        return new FailoverResult(
                true,
                FailoverResult.Outcome.MOVED,
                List.of(),
                List.of(),
                "kernel update",
                "d1",
                "d2",
                List.of(new FailoverResult.Step("prepare", 1_240), new FailoverResult.Step("transfer", 830)),
                4_200L);
    }

    static FailoverResult refused() {
        return new FailoverResult(
                false,
                FailoverResult.Outcome.REFUSED,
                List.of("d2 is 1300 ms behind, more than 100", "d2 runs another configuration than this director"),
                List.of("--- here", "+++ there", "@@ -1,3 +1,3 @@", "-  scheduler: wlc", "+  scheduler: rr"),
                null,
                "d1",
                "d2",
                List.of(),
                null);
    }
}
