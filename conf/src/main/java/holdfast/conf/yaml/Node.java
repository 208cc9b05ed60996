package holdfast.conf.yaml;

import java.util.List;

/// A part of a YAML text with the place where it begins.
public sealed interface Node {
    /// Where it begins.
    Mark at();

    /// A place in the text, both numbers counted from 1.
    record Mark(int line, int column) {}

    /// A single value.
    ///
    /// @param quoted  whether it was in quotes or in a block, so that it is text whatever it looks like
    record Scalar(Mark at, String text, boolean quoted) implements Node {
        /// Whether it is empty or one of YAML's words for null.
        public boolean isNothing() {
            return !quoted && (text.isEmpty() || text.equals("~") || text.equalsIgnoreCase("null"));
        }
    }

    /// A list.
    record Sequence(Mark at, List<Node> items) implements Node {
        public Sequence {
            items = List.copyOf(items);
        }
    }

    /// Keys with values, in the order of the text; a key may occur twice.
    record Mapping(Mark at, List<Entry> entries) implements Node {
        public Mapping {
            entries = List.copyOf(entries);
        }
    }

    /// One key with its value.
    record Entry(Scalar key, Node value) {}
}
