package holdfast.admin;

import java.util.List;

/// What became of a [TemplateRequest].
///
/// @param matched  templates that fit
/// @param done     of these, and of those that were made, how many are as was wished; of a dry run, how
///     many would be
/// @param refused  the others, by reason
public record TemplateResult(
        TemplateRequest.Action action, boolean dryRun, long matched, long done, List<Refused> refused) {
    public TemplateResult {
        refused = List.copyOf(refused);
    }

    /// Templates that are as they were.
    ///
    /// @param why  a sentence without its full stop
    public record Refused(long templates, String why) {}
}
