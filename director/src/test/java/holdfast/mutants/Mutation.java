package holdfast.mutants;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// A planted bug: one stretch of one source file, and what stands in its place.
///
/// @param file   below `director/src/main/java/holdfast`
/// @param claim  what is no longer true with it
/// @param find   text within one line that the file has exactly once
/// @param with   what it becomes
record Mutation(String file, String claim, String find, String with) {
    private static final String LIST = "mutations.txt";
    private static final Pattern PARAGRAPHS = Pattern.compile("\n\n+");

    /// All of them: paragraphs of a line with the file and three with `claim:`, `find:` and `with:`.
    static List<Mutation> all() {
        try (var list = Mutation.class.getResourceAsStream(LIST)) {
            if (list == null) {
                throw new IllegalStateException("there is no " + LIST + " beside this class");
            }
            return parsed(new String(list.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + LIST, e);
        }
    }

    static List<Mutation> parsed(String text) {
        var all = new ArrayList<Mutation>();
        for (var paragraph : PARAGRAPHS.splitAsStream(text).toList()) {
            var lines = paragraph.lines().filter(line -> !line.startsWith("#")).toList();
            if (!lines.isEmpty()) {
                all.add(parsed(lines, paragraph));
            }
        }
        return all;
    }

    private static Mutation parsed(List<String> lines, String paragraph) {
        if (lines.size() != 4) {
            throw new IllegalArgumentException("a mutation has four lines, and this one has not:\n" + paragraph);
        }
        return new Mutation(
                lines.get(0),
                after("claim: ", lines.get(1)),
                after("find: ", lines.get(2)),
                after("with: ", lines.get(3)));
    }

    private static String after(String word, String line) {
        if (!line.startsWith(word)) {
            throw new IllegalArgumentException("'" + line + "' does not begin with '" + word + "'");
        }
        return line.substring(word.length());
    }

    /// The file's text with the bug in it.
    ///
    /// @param sources  `director/src/main/java/holdfast`
    /// @throws IllegalStateException where it does not apply to the sources as they are
    String appliedTo(Path sources) {
        try {
            var text = Files.readString(sources.resolve(file));
            int at = text.indexOf(find);
            if (at < 0 || text.indexOf(find, at + 1) >= 0) {
                throw new IllegalStateException(
                        file + " does not have '" + find + "' exactly once; correct the mutation: " + claim);
            }
            return text.substring(0, at) + with + text.substring(at + find.length());
        } catch (IOException e) {
            throw new IllegalStateException("no source file " + file + " for the mutation: " + claim, e);
        }
    }
}
