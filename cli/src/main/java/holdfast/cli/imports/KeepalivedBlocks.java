package holdfast.cli.imports;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// The second pass over keepalived's configuration: words, and blocks in braces.
///
/// A statement ends with its line, or with the brace that opens or closes a block. The opening brace may stand on the
/// next line.
final class KeepalivedBlocks {
    private static final int DEPTH_MAX = 12;

    /// A statement whose block is open.
    private record Open(Place place, List<String> words, List<KeepalivedStatement> before) {}

    private final Deque<Open> open = new ArrayDeque<>();
    private List<KeepalivedStatement> statements = new ArrayList<>();

    private KeepalivedBlocks() {}

    static List<KeepalivedStatement> of(List<KeepalivedLine> lines) {
        var blocks = new KeepalivedBlocks();
        lines.forEach(blocks::line);
        if (!blocks.open.isEmpty()) {
            var first = blocks.open.getLast();
            throw new SourceFault(
                    first.place,
                    String.join(" ", first.words),
                    "opens a block that is never closed",
                    "add its '}', or look for a block inside it that lacks one");
        }
        return blocks.statements;
    }

    private void line(KeepalivedLine line) {
        var words = new ArrayList<String>();
        for (var word : words(line.text())) {
            if (word.equals("{")) {
                open(line.place(), words);
                words = new ArrayList<>();
            } else if (word.equals("}")) {
                end(line.place(), words);
                words = new ArrayList<>();
                close(line.place());
            } else {
                words.add(word.startsWith("\0") ? word.substring(1) : word);
            }
        }
        end(line.place(), words);
    }

    private void end(Place at, List<String> words) {
        if (!words.isEmpty()) {
            statements.add(new KeepalivedStatement(at, List.copyOf(words), false, List.of()));
        }
    }

    private void open(Place at, List<String> words) {
        var name = words;
        var place = at;
        if (name.isEmpty()) {
            if (statements.isEmpty() || statements.getLast().hasBody()) {
                throw new SourceFault(at, "{", "opens a block without a name", "write its keyword before it");
            }
            var before = statements.removeLast();
            name = before.words();
            place = before.place();
        }
        if (open.size() == DEPTH_MAX) {
            throw new SourceFault(
                    at,
                    String.join(" ", name),
                    "is nested more than " + DEPTH_MAX + " deep",
                    "look for a block above it that lacks its '}'");
        }
        open.push(new Open(place, List.copyOf(name), statements));
        statements = new ArrayList<>();
    }

    private void close(Place at) {
        if (open.isEmpty()) {
            throw new SourceFault(
                    at,
                    "}",
                    "closes a block that was never opened",
                    "remove it, or look for a '{' that is missing above");
        }
        var block = open.pop();
        // A block that began in one file and ends in another has the lines of the first only.
        var place = block.place.file().equals(at.file()) ? block.place.until(at.lastLine()) : block.place;
        block.before.add(new KeepalivedStatement(place, block.words, true, List.copyOf(statements)));
        statements = block.before;
    }

    /// The words of a line: quotes are removed, and a word that begins with a quote or a backslash begins with a zero
    /// character instead, so that a brace in it is no brace.
    private static List<String> words(String line) {
        var words = new ArrayList<String>();
        var word = new StringBuilder();
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '\\' && i + 1 < line.length()) {
                i++;
                if (word.isEmpty()) {
                    word.append('\0');
                }
                word.append(line.charAt(i));
            } else if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else {
                    word.append(c);
                }
            } else if (c == '"' || c == '\'') {
                quote = c;
                if (word.isEmpty()) {
                    word.append('\0');
                }
            } else if (Character.isWhitespace(c)) {
                take(word, words);
            } else if ((c == '{' || c == '}') && !isParameter(line, i, c)) {
                take(word, words);
                words.add(String.valueOf(c));
            } else {
                word.append(c);
            }
        }
        take(word, words);
        return words;
    }

    /// Whether a brace belongs to `${NAME}`, which stays where no such parameter is defined.
    private static boolean isParameter(String line, int at, char brace) {
        if (brace == '{') {
            return at > 0 && line.charAt(at - 1) == '$' && line.indexOf('}', at) > 0;
        }
        int begin = line.lastIndexOf("${", at);
        return begin >= 0 && line.indexOf('}', begin) == at;
    }

    private static void take(StringBuilder word, List<String> words) {
        if (!word.isEmpty()) {
            words.add(word.toString());
            word.setLength(0);
        }
    }
}
