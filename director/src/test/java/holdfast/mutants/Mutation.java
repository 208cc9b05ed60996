package holdfast.mutants;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A planted bug: one or more stretches of source text, and their replacements.
///
/// @param claim  the claim that it breaks
/// @param edits  several if each place alone would keep the claim
record Mutation(String claim, List<Edit> edits) {
    private static final Pattern PARAGRAPHS = Pattern.compile("\n\n+");

    /// @param file  below `src/main/java/holdfast` of its module
    /// @param find  text within one line that the file has exactly once
    /// @param with  its replacement
    record Edit(String file, String find, String with) {
        private String appliedTo(String text) {
            int at = text.indexOf(find);
            if (at < 0 || text.indexOf(find, at + 1) >= 0) {
                throw new IllegalStateException(file + " does not have '" + find + "' exactly once");
            }
            return text.substring(0, at) + with + text.substring(at + find.length());
        }
    }

    /// All of one list: paragraphs of lines, the file, `claim:`, `find:` and `with:`; for each further edit its file,
    /// `find:` and `with:`.
    static List<Mutation> all(String name) {
        try (var list = Mutation.class.getResourceAsStream(name)) {
            if (list == null) {
                throw new IllegalStateException("there is no " + name + " beside this class");
            }
            return parsed(new String(list.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + name, e);
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
        if (lines.size() < 4 || lines.size() % 3 != 1) {
            throw new IllegalArgumentException(
                    "a mutation has four lines, and three for each further edit; this one has not:\n" + paragraph);
        }
        var edited = new ArrayList<>(lines);
        var claim = after("claim: ", edited.remove(1));
        var edits = new ArrayList<Edit>();
        for (int i = 0; i < edited.size(); i += 3) {
            edits.add(new Edit(edited.get(i), after("find: ", edited.get(i + 1)), after("with: ", edited.get(i + 2))));
        }
        return new Mutation(claim, List.copyOf(edits));
    }

    private static String after(String word, String line) {
        if (!line.startsWith(word)) {
            throw new IllegalArgumentException("'" + line + "' does not begin with '" + word + "'");
        }
        return line.substring(word.length());
    }

    /// The files with the bug in them: their text by their name.
    ///
    /// @param source  the text of a file as it is
    /// @throws IllegalStateException where it does not apply to the sources as they are
    Map<String, String> appliedTo(UnaryOperator<String> source) {
        var changed = new TreeMap<String, String>();
        for (var edit : edits) {
            var before = changed.getOrDefault(edit.file(), source.apply(edit.file()));
            changed.put(edit.file(), edit.appliedTo(before));
        }
        return changed;
    }

    /// What of every edit, as it stands in a cell of a table.
    String cell(Function<Edit, String> what) {
        return edits.stream()
                .map(what)
                .distinct()
                .map(text -> "`" + (text.isEmpty() ? " " : text.replace("|", "\\|")) + "`")
                .collect(Collectors.joining(", "));
    }
}
