package holdfast.boot;

import holdfast.admin.Status;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// The faults and alarms that have come or gone between two looks at a status, as lines of the log. Pure.
///
/// A sentence whose numbers grow, such as a count or a number of seconds, stays the same fault.
record StatusNews(Map<String, String> known) {
    private static final Pattern NUMBER = Pattern.compile("(?<![0-9.])[0-9]+(?![0-9.])");

    /// Before the first look.
    static final StatusNews NOTHING = new StatusNews(Map.of());

    /// @param lines  for the log, in the order of the status
    record Step(StatusNews next, List<String> lines) {}

    Step look(Status status) {
        var now = new LinkedHashMap<String, String>();
        var lines = new ArrayList<String>();
        status.faults().forEach(fault -> now.put("fault " + shape(fault), line("fault", fault)));
        status.alarms().forEach(alarm -> now.put("alarm " + shape(alarm), line("alarm", alarm)));
        now.forEach((shape, line) -> {
            if (!known.containsKey(shape)) {
                lines.add(line.formatted("began"));
            }
        });
        known.forEach((shape, line) -> {
            if (!now.containsKey(shape)) {
                lines.add(line.formatted("over"));
            }
        });
        return new Step(new StatusNews(Map.copyOf(now)), lines);
    }

    private static String shape(String sentence) {
        return NUMBER.matcher(sentence).replaceAll("N");
    }

    private static String line(String kind, String sentence) {
        return kind + " %s text=\"" + sentence.replace('"', '\'').replace("%", "%%") + "\"";
    }
}
