package holdfast.fleet;

import holdfast.admin.AuditList;
import holdfast.admin.Event;
import holdfast.admin.FailoverReadiness.Safe;
import holdfast.admin.FleetView;
import holdfast.admin.LogLevel;
import holdfast.admin.Role;
import holdfast.admin.Sync;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Words of directors, for tests.
public final class Samples {
    public static final DirectorId D1 = new DirectorId("front", "d1");
    public static final DirectorId D2 = new DirectorId("front", "d2");
    public static final DirectorId D3 = new DirectorId("back", "d3");

    private Samples() {}

    static long s(long seconds) {
        return TimeUnit.SECONDS.toNanos(seconds);
    }

    public static FleetView.Member said(DirectorId who, Role role) {
        return new FleetView.Member(
                who.name(),
                who.cluster(),
                "shop",
                51,
                role,
                6,
                Safe.YES,
                "other",
                List.of("a reason"),
                List.of("a fault"),
                List.of("an alarm"),
                List.of(new FleetView.Standby("other", Sync.State.EQUAL, 210L, 0L, null)),
                "17.6",
                false,
                new FleetView.Follows("far", "3.1 (0a0b0c0d)", null),
                "0.1.0",
                4711,
                0,
                false);
    }

    public static News.Summary summary(DirectorId who, long boot, long sequence, Role role) {
        return new News.Summary(who, boot, sequence, 1_000_000 + sequence, said(who, role));
    }

    public static Event event(long number, String text) {
        return Event.of(number, Instant.ofEpochSecond(1_700_000_000 + number).toString(), LogLevel.INFO, text);
    }

    public static AuditList.Entry audit(DirectorId who, long number, String hash) {
        return new AuditList.Entry(
                number,
                number % 2 == 0 ? number - 1 : null,
                Instant.ofEpochSecond(1_700_000_000 + number).toString(),
                who.name(),
                "alice",
                "socket",
                "POST /v1/failover",
                "{}",
                number % 2 == 0 ? null : "kernel update",
                "200",
                hash);
    }
}
