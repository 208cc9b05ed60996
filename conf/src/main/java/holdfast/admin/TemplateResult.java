package holdfast.admin;

import java.util.List;

/// The result of a [TemplateRequest].
///
/// @param matched  templates that match
/// @param done     templates that are now as requested, created ones included; for a dry run, that would be
/// @param refused  the other templates, by reason
public record TemplateResult(
        TemplateRequest.Action action, boolean dryRun, long matched, long done, List<Refused> refused) {
    public TemplateResult {
        refused = List.copyOf(refused);
    }

    /// Templates that did not change.
    ///
    /// @param why  a sentence without full stop
    public record Refused(long templates, String why) {}
}
