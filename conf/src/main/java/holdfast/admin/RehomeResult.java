package holdfast.admin;

import holdfast.conf.MarkRule;
import holdfast.conf.ServiceKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What became of a [RehomeRequest].
///
/// @param templates        that name another real server now
/// @param connectionsLeft  open ones that stay where they are until they end; null for a network, whose are not counted
/// @param to               the real servers that clients have now
/// @param refused          templates that are as they were, by reason
public record RehomeResult(
        MarkRule.Prefix client,
        ServiceKey service,
        long templates,
        @Nullable Long connectionsLeft,
        List<Endpoint> to,
        List<TemplateResult.Refused> refused) {
    public RehomeResult {
        to = List.copyOf(to);
        refused = List.copyOf(refused);
    }
}
