package holdfast.demo;

import holdfast.demo.Round.Outcome;
import holdfast.demo.Round.Rejoin;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Good rounds for tests, except for the values that a test changes.
final class Rounds {
    static final Rejoin REJOINED = new Rejoin(true, 2.25, 1.5, false);
    static final Outcome GOOD = new Some().outcome();
    static final Outcome PLANNED = with(o -> o.heldMs = 3.5);

    private Rounds() {}

    interface Change {
        void to(Some outcome);
    }

    static Outcome with(Change change) {
        var some = new Some();
        change.to(some);
        return some.outcome();
    }

    static Round round(@Nullable Outcome crash, @Nullable Outcome planned, @Nullable Outcome freeze) {
        return new Round(1, crash, REJOINED, planned, freeze, false, List.of());
    }

    static Round round(int number, Outcome crash) {
        return new Round(number, crash, REJOINED, PLANNED, GOOD, false, List.of());
    }

    static Outcome blackout(double ms, double waitedMs) {
        return with(o -> {
            o.blackoutMs = ms;
            o.longestCpuWaitMs = waitedMs;
        });
    }

    /// An outcome that a test changes.
    static final class Some {
        int cartsKept = 200;
        boolean downloadsIntact = true;
        boolean echoIntact = true;
        double blackoutMs;
        int packetsLost;
        int requestsFailed;
        int requestsFailedBeforehand;
        int requestsFailedInSync;

        @Nullable
        Long connectionsPredictedLost = 2L;

        @Nullable
        Double heldMs;

        double longestCpuWaitMs;

        Outcome outcome() {
            return new Outcome(
                    200,
                    cartsKept,
                    downloadsIntact,
                    echoIntact,
                    blackoutMs,
                    packetsLost,
                    3000,
                    requestsFailed,
                    requestsFailedBeforehand,
                    requestsFailedInSync,
                    0,
                    null,
                    1,
                    connectionsPredictedLost,
                    heldMs,
                    longestCpuWaitMs,
                    "d2 vrrp-51",
                    0.5);
        }
    }
}
