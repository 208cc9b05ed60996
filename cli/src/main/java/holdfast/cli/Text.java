package holdfast.cli;

import holdfast.conf.Mistake;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Numbers and durations as an operator reads them.
final class Text {
    static final String UNKNOWN = "unknown";
    /// The most mistakes that are shown at once; JSON has all.
    private static final int MISTAKES_MAX = 50;

    private static final Pattern FIRST_WORD = Pattern.compile("^[a-z]+ ");

    private Text() {}

    /// `1 VIP`, `3 VIPs`.
    static String count(long number, String thing) {
        return number + " " + thing + (number == 1 ? "" : "s");
    }

    /// A sentence with a capital at its begin, unless it begins with a name such as `tcp/192.0.2.10:80`.
    static String begun(String sentence) {
        return FIRST_WORD.matcher(sentence).find()
                ? Character.toUpperCase(sentence.charAt(0)) + sentence.substring(1)
                : sentence;
    }

    /// Each mistake of a file on its line, and how many there are.
    static String mistakes(List<Mistake> mistakes, Path file) {
        var lines = mistakes.stream()
                .limit(MISTAKES_MAX)
                .map(Mistake::toString)
                .collect(Collectors.joining(System.lineSeparator()));
        int more = mistakes.size() - MISTAKES_MAX;
        return lines + (more > 0 ? System.lineSeparator() + "... and " + more + " more" : "") + System.lineSeparator()
                + count(mistakes.size(), "mistake") + " in " + file;
    }

    /// A count that may be unknown, `unknown templates`.
    static String countOrUnknown(@Nullable Long number, String thing) {
        return number == null ? UNKNOWN + " " + thing + "s" : count(number, thing);
    }

    static String orUnknown(@Nullable Long number) {
        return number == null ? UNKNOWN : Long.toString(number);
    }

    /// `40ms`, `3.2s`, `5m10s`, `3h12m`, `2d4h`; in the units that an operator types.
    static String ms(@Nullable Long millis) {
        if (millis == null) {
            return UNKNOWN;
        }
        long seconds = millis / 1000;
        if (seconds == 0) {
            return millis + "ms";
        }
        if (seconds < 60) {
            return seconds + "." + millis % 1000 / 100 + "s";
        }
        if (seconds < 3600) {
            return seconds / 60 + "m" + seconds % 60 + "s";
        }
        if (seconds < 86_400) {
            return seconds / 3600 + "h" + seconds % 3600 / 60 + "m";
        }
        return seconds / 86_400 + "d" + seconds % 86_400 / 3600 + "h";
    }

    /// `90s` as `1m30s`: an exact time, as an operator types it.
    static String seconds(long seconds) {
        var parts = new StringBuilder();
        part(seconds / 86_400, 'd', parts);
        part(seconds / 3600 % 24, 'h', parts);
        part(seconds / 60 % 60, 'm', parts);
        part(seconds % 60, 's', parts);
        return parts.isEmpty() ? "0s" : parts.toString();
    }

    private static void part(long number, char unit, StringBuilder parts) {
        if (number != 0) {
            parts.append(number).append(unit);
        }
    }

    /// `210us`, `1.32ms`.
    static String micros(@Nullable Long micros) {
        if (micros == null) {
            return UNKNOWN;
        }
        return micros < 1000
                ? micros + "us"
                : micros < 1_000_000 ? String.format(Locale.ROOT, "%.2fms", micros / 1000.0) : ms(micros / 1000);
    }

    /// `812 bytes`, `1.3 MB`.
    static String bytes(long bytes) {
        if (bytes < 1000) {
            return count(bytes, "byte");
        }
        double shown = bytes;
        int unit = -1;
        while (shown >= 999.95) {
            shown /= 1000;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %cB", shown, "kMGTPE".charAt(unit));
    }
}
