package holdfast.admin;

import java.util.List;

/// What became of a [ConfigChange].
///
/// @param made      whether a revision was made; false for a dry run, and where nothing differs
/// @param revision  in force now, `NUMBER.TERM`
/// @param diff      each changed line with `-` or `+` in front, and each unchanged line around them with a space
/// @param lacking   directors that were heard in the last hour and do not have the revision yet
/// @param warnings  about settings that are seldom meant
public record ConfigResult(
        boolean made, String revision, List<String> diff, List<String> lacking, List<String> warnings) {
    public ConfigResult {
        diff = List.copyOf(diff);
        lacking = List.copyOf(lacking);
        warnings = List.copyOf(warnings);
    }
}
