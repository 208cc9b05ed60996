package holdfast.cli.imports;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The first pass over keepalived's configuration: includes, comments, conditional lines and parameters.
///
/// Parameters may hold several lines, and name other parameters. Each expansion is bounded in depth, in length and in
/// number, because a few lines can define something endless.
final class KeepalivedLines {
    private static final Set<String> INCLUDES =
            Set.of("include", "includer", "includem", "includew", "includeb", "includea");
    private static final Pattern CONDITION = Pattern.compile("@(\\^?)(\\S*)\\s*(.*)");
    private static final Pattern DEFINITION = Pattern.compile("\\$([A-Za-z_][A-Za-z0-9_]*)=(.*)");
    private static final Pattern USE =
            Pattern.compile("\\$(?:\\{([A-Za-z_][A-Za-z0-9_]*)\\}|([A-Za-z_][A-Za-z0-9_]*)(?=\\s|$))");
    private static final int INCLUDE_DEPTH_MAX = 8;
    private static final int EXPANSION_DEPTH_MAX = 200;
    private static final int LINES_MAX = 50_000;
    private static final int CHARS_MAX = 16 * 1024 * 1024;

    private final String configId;
    private final SourceFiles.Includes includes;
    private final Report report;
    private final Map<String, String> parameters = new HashMap<>();
    private final List<KeepalivedLine> lines = new ArrayList<>();
    private int filesBytes;

    /// Of all lines that parameters and conditions made, also those that were made further.
    private int chars;

    private KeepalivedLines(String configId, SourceFiles.Includes includes, Report report) {
        this.configId = configId;
        this.includes = includes;
        this.report = report;
    }

    /// @param configId  as of keepalived's option -i; empty matches no line
    static List<KeepalivedLine> of(SourceText source, String configId, SourceFiles.Includes includes, Report report) {
        var reader = new KeepalivedLines(configId, includes, report);
        reader.file(source, 0);
        return reader.lines;
    }

    private void file(SourceText source, int depth) {
        var all = source.lines();
        for (int i = 0; i < all.size(); i++) {
            var at = Place.of(source.file(), i + 1);
            var words = all.get(i).strip().split("\\s+", 2);
            if (words.length == 2 && INCLUDES.contains(words[0])) {
                include(at, source, words[1], depth);
                continue;
            }
            var text = withoutComment(all.get(i)).strip();
            if (text.startsWith("$") && text.endsWith("\\")) {
                int last = i;
                var value = new StringBuilder(text);
                while (value.charAt(value.length() - 1) == '\\' && last + 1 < all.size()) {
                    last++;
                    value.setLength(value.length() - 1);
                    value.append('\n').append(withoutComment(all.get(last)).strip());
                }
                i = last;
                text = value.toString();
            }
            line(at.until(i + 1), text, 0);
        }
    }

    private void include(Place at, SourceText source, String rest, int depth) {
        var pattern = withoutComment(rest).strip().replaceAll("^([\"'])(.*)\\1$", "$2");
        if (depth == INCLUDE_DEPTH_MAX) {
            throw new SourceFault(
                    at,
                    pattern,
                    "is included more than " + INCLUDE_DEPTH_MAX + " deep, perhaps by itself",
                    "write its lines where they belong");
        }
        var found = includes.find(at, source.file(), pattern);
        if (found.isEmpty()) {
            report.leftOut(at, "include " + pattern, "no such file; keepalived passes over it too");
        } else {
            report.maps(at, "include " + pattern, "its lines are below");
        }
        for (var text : found) {
            filesBytes += text.lines().stream().mapToInt(String::length).sum();
            if (filesBytes > SourceText.BYTES_MAX) {
                throw new SourceFault(at, pattern, "makes more than 1 MiB of included files", "include fewer files");
            }
            file(text, depth + 1);
        }
    }

    private void line(Place at, String text, int depth) {
        if (text.isEmpty()) {
            return;
        }
        chars += depth == 0 ? 0 : text.length() + 1;
        if (depth > EXPANSION_DEPTH_MAX || chars > CHARS_MAX) {
            throw new SourceFault(
                    at,
                    firstLine(text),
                    "uses parameters that never end",
                    "look for a parameter whose value names itself");
        }
        var condition = CONDITION.matcher(text);
        var definition = DEFINITION.matcher(text);
        if (condition.matches()) {
            condition(at, text, condition.group(1).isEmpty(), condition.group(2), condition.group(3), depth);
        } else if (text.startsWith("$") && matchesWhole(definition, text)) {
            int equals = text.indexOf('=');
            parameters.put(definition.group(1), text.substring(equals + 1).strip());
            report.maps(at, firstLine(text), "its value is written where it is used");
        } else if (text.startsWith("~SEQ") || text.startsWith("~LST")) {
            report.mistake(at, firstLine(text), "repeats lines, which this import does not do", "write the lines out");
        } else {
            expand(at, text, depth);
        }
    }

    private static boolean matchesWhole(Matcher definition, String text) {
        return definition
                .reset(text.indexOf('\n') < 0 ? text : text.substring(0, text.indexOf('\n')))
                .matches();
    }

    private void condition(Place at, String text, boolean isPositive, String word, String rest, int depth) {
        boolean matches = word.equals(configId) && !configId.isEmpty();
        if (matches == isPositive) {
            if (rest.isEmpty()) {
                report.leftOut(at, text, "is a condition without a line");
            }
            line(at, rest, depth + 1);
        } else {
            report.leftOut(
                    at,
                    text,
                    isPositive
                            ? "is for the director that runs keepalived with -i " + word
                                    + "; import that one's with --config-id " + word
                            : "is for all directors but that with -i " + word);
        }
    }

    private void expand(Place at, String text, int depth) {
        var use = USE.matcher(text);
        while (use.find()) {
            var name = use.group(1) == null ? use.group(2) : use.group(1);
            var value = value(at, name);
            if (value != null) {
                var expanded = text.substring(0, use.start()) + value + text.substring(use.end());
                expanded.lines().forEach(line -> line(at, line.strip(), depth + 1));
                return;
            }
        }
        if (text.length() > SourceText.LINE_MAX) {
            throw new SourceFault(
                    at,
                    text,
                    "has more than " + SourceText.LINE_MAX + " characters with its parameters",
                    "look for a parameter whose value names itself");
        }
        if (lines.size() == LINES_MAX) {
            throw new SourceFault(
                    at,
                    text,
                    "is the line with which includes and parameters make more than " + LINES_MAX + " lines",
                    "import the file in parts");
        }
        lines.add(new KeepalivedLine(at, text));
    }

    private @Nullable String value(Place at, String name) {
        return switch (name) {
            case "_PWD" -> String.valueOf(at.file().toAbsolutePath().getParent());
            case "_INSTANCE" -> configId;
            default -> parameters.get(name);
        };
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }

    /// A comment begins with `#` or `!` outside quotes, wherever it is in the line.
    private static String withoutComment(String line) {
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '\\') {
                i++;
            } else if (quote != 0) {
                quote = c == quote ? 0 : quote;
            } else if (c == '"' || c == '\'') {
                quote = c;
            } else if (c == '#' || c == '!') {
                return line.substring(0, i);
            }
        }
        return line;
    }
}
