package holdfast.cli;

import holdfast.admin.Event;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A failover, or the refusal of one, as a director's events report it.
///
/// @param kind     how it came about
/// @param outcome  as in a sentence
/// @param peer     the other director; null if the events do not name it
/// @param fields   of the event, and of the decision before it
record PastFailover(
        String at, Kind kind, String outcome, @Nullable String peer, Map<String, String> fields) {
    private static final String DECIDED = "vrrp transition";
    private static final String HANDOVER = "HANDOVER";

    enum Kind {
        /// By an operator, or at a stop.
        PLANNED,
        /// The active died, fell silent or resigned.
        TAKEOVER,
        /// This director stopped serving without a plan.
        LOSS
    }

    /// The oldest first.
    static List<PastFailover> of(List<Event> events) {
        var found = new ArrayList<PastFailover>();
        var decided = Optional.<Event>empty();
        for (var event : events) {
            var from = decided;
            of(event, from).ifPresent(found::add);
            if (event.what().equals(DECIDED)) {
                decided = Optional.of(event);
            }
        }
        return found;
    }

    private static Optional<PastFailover> of(Event event, Optional<Event> decided) {
        var fields = event.fields();
        var cause = fields.getOrDefault("cause", "");
        return switch (event.what()) {
            case "failover ended" -> Optional.of(planned(event));
            case "failover asked" ->
                Optional.of(fields.getOrDefault("against", "unknown"))
                        .filter(_ -> "REFUSED".equals(fields.get("outcome")))
                        .map(why -> new PastFailover(event.at(), Kind.PLANNED, "refused: " + why, null, fields));
            case "role changed" -> changed(event, decided, cause);
            default -> Optional.empty();
        };
    }

    private static Optional<PastFailover> changed(Event event, Optional<Event> decided, String cause) {
        var to = event.fields().getOrDefault("to", "");
        if (to.equals("active") && !cause.equals(HANDOVER)) {
            return Optional.of(takeover(event, decided, cause));
        }
        return to.equals("standby") && isLoss(cause)
                ? Optional.of(
                        new PastFailover(event.at(), Kind.LOSS, "stopped serving: " + cause, null, event.fields()))
                : Optional.empty();
    }

    /// `HANDED_OVER` ends a planned failover, and a director that ends says so itself.
    private static boolean isLoss(String cause) {
        return cause.equals("PAUSED") || cause.equals("OUTRANKED") || cause.equals("LINK_DOWN");
    }

    private static PastFailover planned(Event event) {
        var fields = event.fields();
        boolean isDone = "DONE".equals(fields.get("outcome"));
        boolean isGiver = "GIVER".equals(fields.get("side"));
        var what = isDone ? (isGiver ? "given to the peer" : "taken from the peer") : "aborted, nothing moved";
        return new PastFailover(event.at(), Kind.PLANNED, what, fields.get("peer"), fields);
    }

    private static PastFailover takeover(Event event, Optional<Event> decided, String cause) {
        var fields = new LinkedHashMap<>(event.fields());
        var decision = decided.filter(before -> "ACTIVE".equals(before.fields().get("to")));
        decision.map(before -> before.fields().get("heard-ms-ago")).ifPresent(age -> fields.put("heard-ms-ago", age));
        var peer = decision.map(before -> before.fields().get("peer")).filter(name -> !name.equals("none"));
        return new PastFailover(event.at(), Kind.TAKEOVER, "took over: " + cause, peer.orElse(null), fields);
    }

    /// One line.
    String line() {
        return "%s  %-8s  %s%s%s"
                .formatted(
                        at,
                        kind.name().toLowerCase(Locale.ROOT),
                        outcome,
                        peer == null ? "" : ", peer " + peer,
                        fields.containsKey("took-ms") ? ", " + fields.get("took-ms") + " ms" : "");
    }

    /// All that is known of it.
    String whole() {
        var lines = new ArrayList<String>();
        lines.add(line());
        fields.forEach((key, value) -> {
            if (!value.isEmpty()) {
                lines.add("  %-16s %s".formatted(key, value));
            }
        });
        return String.join(System.lineSeparator(), lines);
    }
}
