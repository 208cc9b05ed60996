package holdfast.admin;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The configurations in force on all directors that were heard, against ours: all that they must have in common.
///
/// @param director  that answers
public record ConfigComparison(String director, List<Other> others) {
    public ConfigComparison {
        others = List.copyOf(others);
    }

    /// Another director.
    ///
    /// @param diff  the lines that it lacks (`-`) and has (`+`); empty if nothing differs, null without an answer
    public record Other(String name, @Nullable List<String> diff) {
        public Other {
            diff = diff == null ? null : List.copyOf(diff);
        }
    }
}
