package holdfast.admin;

import holdfast.conf.MarkRule;
import holdfast.conf.ServiceKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The result of a [RehomeRequest].
///
/// @param templates        that name another real server now
/// @param connectionsLeft  open connections, which keep their real server until they end; null for a network, whose
///     connections are not counted
/// @param to               the real servers that clients have now
/// @param refused          templates that did not change, by reason
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
