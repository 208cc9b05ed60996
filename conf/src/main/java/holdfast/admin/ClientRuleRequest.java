package holdfast.admin;

import holdfast.conf.MarkRule;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The wish to give clients a rule, or to take it away; a new rule for the same prefix takes the place of
/// the old one.
///
/// @param connections   most at once for each address, 1 at least; only for [Action#LIMIT]; null for no bound
/// @param newPerSecond  most new ones per second for each address, 1 at least; only for [Action#LIMIT]; null for no
///     bound
/// @param forS          seconds until the rule goes, 1 to [Bounds#SECONDS_MAX]; null where it stays
public record ClientRuleRequest(
        Action action,
        MarkRule.Prefix client,
        @Nullable Integer connections,
        @Nullable Integer newPerSecond,
        @Nullable Long forS) {
    public ClientRuleRequest {
        Objects.requireNonNull(action, "action is missing");
        Objects.requireNonNull(client, "client is missing");
        var noBound = "leave it out for no bound, or block the client to let nothing in";
        Range.check("connections", connections, 1, Integer.MAX_VALUE, noBound);
        Range.check("newPerSecond", newPerSecond, 1, Integer.MAX_VALUE, noBound);
        Range.check("forS", forS, 1, Bounds.SECONDS_MAX, "leave it out for good");
    }

    /// What is done.
    public enum Action {
        LIMIT,
        BLOCK,
        /// Takes a block or a limit away.
        UNBLOCK
    }
}
