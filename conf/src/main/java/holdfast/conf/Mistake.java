package holdfast.conf;

import java.nio.file.Path;

/// One mistake in a configuration file: the place, the value, the rule, and the way out. A warning has the same form.
///
/// @param line    from 1; 0 for the file as a whole
/// @param column  from 1; 0 for the file as a whole
/// @param key     path of the key, such as `vip-groups[0].vrid`; empty for the file as a whole
/// @param value   the written value, made safe to print; empty without a value
/// @param rule    continues the sentence after the value: "must be 1 to 255"
/// @param remedy  the way out, as a sentence without full stop
public record Mistake(Path file, int line, int column, String key, String value, String rule, String remedy) {
    private static final int SHOWN_MAX = 60;

    public Mistake {
        key = printable(key);
        value = printable(shortened(value));
        rule = printable(rule);
        remedy = printable(remedy);
    }

    /// The mistake as one line: `d1.yaml:25:11: vip-groups[0].vrid: '300' must be 1 to 255; choose ...`.
    @Override
    public String toString() {
        var place = line == 0 ? file + ": " : file + ":" + line + ":" + column + ": ";
        var subject = (key.isEmpty() ? "" : key + ": ") + (value.isEmpty() ? "" : "'" + value + "' ");
        return place + subject + rule + "; " + remedy;
    }

    private static String shortened(String text) {
        return text.codePointCount(0, text.length()) <= SHOWN_MAX
                ? text
                : text.substring(0, text.offsetByCodePoints(0, SHOWN_MAX)) + "...";
    }

    /// Without characters that would break the line, command the terminal or turn the direction of writing.
    public static String printable(String text) {
        var safe = new StringBuilder();
        text.codePoints().forEach(c -> safe.appendCodePoint(isPrintable(c) ? c : '?'));
        return safe.toString();
    }

    private static boolean isPrintable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> false;
            default -> true;
        };
    }
}
