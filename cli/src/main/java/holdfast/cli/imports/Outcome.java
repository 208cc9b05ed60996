package holdfast.cli.imports;

import holdfast.conf.Mistake;
import java.util.List;

/// The result of an import.
public sealed interface Outcome {
    /// The source was read to its end.
    ///
    /// @param yaml      a director's file that our own check accepts
    /// @param findings  about each line of the source, in its order; then the placeholders
    record Imported(String yaml, List<Finding> findings) implements Outcome {
        public Imported {
            findings = List.copyOf(findings);
        }
    }

    /// The source is not what it was called, or is broken; nothing is imported.
    ///
    /// @param mistakes  at least one
    record Refused(List<Mistake> mistakes) implements Outcome {
        public Refused {
            mistakes = List.copyOf(mistakes);
        }
    }
}
