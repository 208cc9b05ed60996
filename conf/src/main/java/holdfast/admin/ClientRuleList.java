package holdfast.admin;

import holdfast.conf.MarkRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The limits and blocks that operators set for clients of this director at run time.
public record ClientRuleList(List<Rule> rules) {
    public ClientRuleList {
        rules = List.copyOf(rules);
    }

    /// A rule for every client of a prefix, over all services. It replaces the client limits of the services.
    ///
    /// @param blocked       they begin no connections; their open connections continue
    /// @param connections   most at once for each; null for no bound
    /// @param newPerSecond  most new ones per second for each; null for no bound
    /// @param expiresMs     until the rule ends; null if it lasts until it is lifted
    public record Rule(
            MarkRule.Prefix client,
            boolean blocked,
            @Nullable Integer connections,
            @Nullable Integer newPerSecond,
            @Nullable Long expiresMs) {}
}
