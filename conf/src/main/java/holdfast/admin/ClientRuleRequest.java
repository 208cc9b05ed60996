package holdfast.admin;

import holdfast.conf.MarkRule;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The request to set or to remove a rule for clients; a new rule for the same prefix replaces the old one.
///
/// @param connections   most at once for each address, 1 at least; only for [Action#LIMIT]; null for no bound
/// @param newPerSecond  most new ones per second for each address, 1 at least; only for [Action#LIMIT]; null for no
///     bound
/// @param forS          seconds until the rule ends, 1 to [Bounds#SECONDS_MAX]; null for no end
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

    /// The action on the rule.
    public enum Action {
        LIMIT,
        BLOCK,
        /// Removes a block or a limit.
        UNBLOCK
    }
}
