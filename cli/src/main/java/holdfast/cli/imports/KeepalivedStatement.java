package holdfast.cli.imports;

import java.util.List;

/// A keyword of keepalived's configuration with its arguments, and its block if it has one.
///
/// @param place  of all its lines
/// @param words  the keyword first; never empty
/// @param body   empty without a block
record KeepalivedStatement(Place place, List<String> words, boolean hasBody, List<KeepalivedStatement> body) {
    String keyword() {
        return words.getFirst();
    }

    /// An argument, from 1; empty if there are not so many.
    String word(int index) {
        return index < words.size() ? words.get(index) : "";
    }

    /// As the source has it, without its block.
    String source() {
        return String.join(" ", words) + (hasBody ? " {...}" : "");
    }
}
