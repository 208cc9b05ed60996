package holdfast.demo;

import holdfast.admin.FailoverReadiness.Safe;
import holdfast.admin.Role;
import holdfast.admin.Status;
import holdfast.admin.Sync;
import holdfast.lab.Director;
import holdfast.lab.Lab;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;

/// The state of a pair without faults: one active, equal tables, and two readouts that agree on it.
final class Wholeness {
    /// A pair is whole again within this time after the last fault.
    static final Duration AGAIN_MAX = Duration.ofSeconds(5);

    private static final long LOOK_INTERVAL = 50_000_000;

    private Wholeness() {}

    /// Waits until the pair is whole, without counting the time for which its threads waited for a CPU.
    ///
    /// @return how long it took
    /// @throws AssertionError if it is not whole in time; names what is missing
    static Duration await(Lab lab, Duration max) {
        var starved = Starved.since(List.of(lab.d1(), lab.d2()));
        long from = System.nanoTime();
        while (true) {
            var lacks = lacks(lab);
            var took = Duration.ofNanos(System.nanoTime() - from);
            if (lacks.isEmpty()) {
                return took;
            }
            var waited = starved.untilNow();
            if (took.minus(waited).compareTo(max) > 0) {
                throw new AssertionError(
                        "the pair is not whole after %d ms, of which its threads waited %d for a CPU: %s"
                                .formatted(took.toMillis(), waited.toMillis(), String.join("; ", lacks)));
            }
            LockSupport.parkNanos(LOOK_INTERVAL);
        }
    }

    /// What is missing now, as sentences.
    static List<String> lacks(Lab lab) {
        var lacks = new ArrayList<String>();
        var both = new ArrayList<Status>();
        for (var director : List.of(lab.d1(), lab.d2())) {
            ask(director, both, lacks);
        }
        if (lacks.isEmpty()) {
            judge(both.getFirst(), both.getLast(), lacks);
        }
        return lacks;
    }

    private static void ask(Director director, List<Status> answers, List<String> lacks) {
        if (!director.isRunning()) {
            lacks.add(director + " does not run");
            return;
        }
        try {
            answers.add(director.status());
        } catch (UncheckedIOException e) {
            lacks.add(director + " does not answer: " + e.getMessage());
        }
    }

    private static void judge(Status one, Status two, List<String> lacks) {
        if (one.role() == Role.ACTIVE && two.role() == Role.STANDBY) {
            judgePair(one, two, lacks);
        } else if (two.role() == Role.ACTIVE && one.role() == Role.STANDBY) {
            judgePair(two, one, lacks);
        } else {
            lacks.add("%s is %s %s and %s is %s %s"
                    .formatted(
                            one.director(),
                            one.role(),
                            one.failover().reasons(),
                            two.director(),
                            two.role(),
                            two.failover().reasons()));
        }
    }

    private static void judgePair(Status active, Status standby, List<String> lacks) {
        judgeOne(active, standby.director(), active.director(), true, lacks);
        judgeOne(standby, standby.director(), active.director(), false, lacks);
        var peer = active.sync().peers().stream()
                .filter(known -> known.name().equals(standby.director()))
                .findFirst();
        if (peer.filter(known -> known.state() == Sync.State.EQUAL).isEmpty()) {
            lacks.add(active.director() + " does not know " + standby.director() + " to be equal: "
                    + peer.map(known -> known.state().toString()).orElse("it does not know it"));
        }
        if (!Objects.equals(active.term(), standby.term())) {
            lacks.add("the terms differ: " + active.term() + " on the active, " + standby.term() + " on the standby");
        }
    }

    private static void judgeOne(Status status, String to, String active, boolean answers, List<String> lacks) {
        var name = status.director();
        var failover = status.failover();
        if (failover.safe() != Safe.YES) {
            lacks.add(name + " says safe " + failover.safe() + ": " + failover.reasons());
        }
        if (!to.equals(failover.to()) || !active.equals(failover.active())) {
            lacks.add(
                    name + " says that " + failover.active() + " is active and " + failover.to() + " would take over");
        }
        if (!status.faults().isEmpty()) {
            lacks.add(name + " has faults: " + status.faults());
        }
        if (status.vips().stream().anyMatch(vip -> vip.answered() != answers)) {
            lacks.add(name + (answers ? " does not answer for each VIP" : " answers for a VIP"));
        }
    }
}
