package holdfast.admin;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/// Something that happened on a director: a line of its log of INFO or above, which is `SUBJECT VERB key=value ...`.
///
/// @param number  grows with each event of this director, over its restarts too
/// @param at      by the wall clock, as in RFC 3339
/// @param what    the words before the first key, such as `role changed`
/// @param text    the whole line
/// @param fields  the values by their keys
public record Event(long number, String at, LogLevel level, String what, String text, Map<String, String> fields) {
    private static final Pattern FIELD = Pattern.compile("(?<= |^)([a-z][a-z-]*)=(?:\"([^\"]*)\"|(\\S*))");

    public Event {
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /// An event from its line.
    public static Event of(long number, String at, LogLevel level, String text) {
        var fields = new LinkedHashMap<String, String>();
        var found = FIELD.matcher(text);
        int end = text.length();
        while (found.find()) {
            if (fields.isEmpty()) {
                end = found.start();
            }
            fields.putIfAbsent(found.group(1), found.group(2) == null ? found.group(3) : found.group(2));
        }
        return new Event(number, at, level, text.substring(0, end).strip(), text, fields);
    }
}
