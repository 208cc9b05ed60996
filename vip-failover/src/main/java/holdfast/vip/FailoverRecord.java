package holdfast.vip;

import java.util.List;
import java.util.stream.Stream;

/// One planned failover as one of its two directors saw it.
///
/// @param peer       the other director; empty if none was named
/// @param startedAt  on the clock of the director that keeps this record
/// @param steps      in order
/// @param reason     why it was started; if it did not succeed, why not
public record FailoverRecord(
        Side side, String peer, int term, long startedAt, Outcome outcome, String reason, List<Step> steps) {
    static final String PREPARE_SENT = "prepare sent";
    static final String PEER_ARMED = "peer armed";

    public FailoverRecord {
        steps = List.copyOf(steps);
    }

    public enum Side {
        GIVER,
        TAKER
    }

    public enum Outcome {
        UNDER_WAY,
        DONE,
        /// Nothing was begun, nothing has changed.
        REFUSED,
        /// Begun and taken back: the giver stays active.
        ABORTED
    }

    /// @param after  ns since the start
    public record Step(String name, long after) {}

    /// Whether it failed while the peer was asked: no packet was held for it, so another attempt costs nothing.
    public boolean endedInPreparation() {
        return outcome != Outcome.DONE && hasStep(PREPARE_SENT) && !hasStep(PEER_ARMED);
    }

    private boolean hasStep(String name) {
        return steps.stream().anyMatch(step -> step.name().equals(name));
    }

    static FailoverRecord begun(Side side, String peer, int term, long now, String reason, String step) {
        return new FailoverRecord(side, peer, term, now, Outcome.UNDER_WAY, reason, List.of(new Step(step, 0)));
    }

    FailoverRecord with(String step, long now) {
        var all = Stream.concat(steps.stream(), Stream.of(new Step(step, now - startedAt)));
        return new FailoverRecord(side, peer, term, startedAt, outcome, reason, all.toList());
    }

    FailoverRecord ended(Outcome end, String why, String step, long now) {
        return new FailoverRecord(
                side, peer, term, startedAt, end, why, with(step, now).steps());
    }
}
