package holdfast.control;

import holdfast.api.Caller;
import holdfast.api.RefusedException;
import holdfast.conf.AgentReport;
import holdfast.conf.ByHand;
import holdfast.conf.RevisionId;
import holdfast.conf.Shared;
import holdfast.revision.Outcome;
import holdfast.revision.node.RevisionNode;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;

/// The orders of operators as a part of revisions, and the reports of agents beside them: on all directors, and kept.
final class RevisedOrders implements HandOrders {
    private static final int ATTEMPTS = 8;
    private static final int TIMEOUT_S = 20;
    private static final String OPERATOR = "operator";

    private final RevisionNode revisions;

    RevisedOrders(RevisionNode revisions) {
        this.revisions = revisions;
    }

    @Override
    public ByHand present() {
        return revisions.present().byHand();
    }

    @Override
    public void change(UnaryOperator<ByHand> change, String reason) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            if (isMade(change, reason)) {
                return;
            }
        }
        throw RefusedException.notNow(
                "the order was not taken", "other changes came first each time", "try again in a moment");
    }

    @Override
    public void report(AgentReport.Real real, int percent) {
        boolean isTaken = Ask.within(
                TIMEOUT_S,
                revisions.report(real, percent),
                () -> RefusedException.notNow(
                        "it is not known whether the report was taken",
                        "this director has not finished it within " + TIMEOUT_S + " s",
                        "see 'holdfast real list' and 'holdfast status'"));
        if (!isTaken) {
            throw RefusedException.notNow(
                    "the report was not taken",
                    "the configuration in force has no real server " + real + " any more",
                    "see 'holdfast real list'");
        }
    }

    private boolean isMade(UnaryOperator<ByHand> change, String reason) {
        var present = revisions.present();
        var before = present.byHand();
        var next = change.apply(before).within(Shared.of(present.configuration()), Instant.now());
        if (next.equals(before)) {
            return true;
        }
        var outcome = Ask.within(
                TIMEOUT_S,
                revisions.propose(present, Caller.current().author(OPERATOR), reason, next),
                () -> RefusedException.notNow(
                        "it is not known whether the order was taken",
                        "this director has not finished it within " + TIMEOUT_S + " s",
                        "see 'holdfast config show' and 'holdfast status'"));
        return switch (outcome) {
            case Outcome.Made(RevisionId _, List<String> _) -> true;
            case Outcome.Overtaken _ -> false;
            case Outcome.Refused(String why, String remedy) ->
                throw RefusedException.notNow("the order was not taken", why, remedy);
        };
    }
}
