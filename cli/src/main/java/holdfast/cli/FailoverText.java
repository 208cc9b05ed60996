package holdfast.cli;

import holdfast.admin.FailoverResult;
import java.util.ArrayList;

/// The outcome of a planned failover for a reader.
final class FailoverText {
    private FailoverText() {}

    static String of(FailoverResult result) {
        var lines = new ArrayList<String>();
        lines.add(
                switch (result.outcome()) {
                    case MOVED ->
                        "%s is active now, %s stands by; blackout %s"
                                .formatted(
                                        result.to() == null ? "The standby" : result.to(),
                                        active(result),
                                        Text.micros(result.blackoutEstimateMicros()));
                    case REFUSED -> "Refused: nothing was begun, " + active(result) + " stays active, because";
                    case ABORTED -> "Aborted: " + active(result) + " stays active, because";
                });
        result.blocking().forEach(reason -> lines.add("  - " + reason));
        if (!result.configurationDiff().isEmpty()) {
            lines.add("");
            lines.addAll(result.configurationDiff());
            lines.add("");
            lines.add("Make them the same with 'holdfast config apply', or go ahead with --accept REASON");
        }
        result.steps().forEach(step -> lines.add("  %-24s %s".formatted(step.name(), Text.micros(step.micros()))));
        return String.join(System.lineSeparator(), lines);
    }

    private static String active(FailoverResult result) {
        return result.from() == null ? "whoever is active" : result.from();
    }
}
