package holdfast.admin;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The request to list events: the newest ones that fit.
///
/// @param after  only events with a higher number; null for all
/// @param since  only events of this time and later; null for all
/// @param limit  most events wanted, 1 to [Bounds#ENTRIES_MAX]
public record EventsRequest(@Nullable Long after, @Nullable Instant since, int limit) {
    /// What a director keeps.
    public static final int KEPT_MAX = 1000;

    private static final Parameter<EventsRequest, Long> AFTER = new Parameter<>(
            "after",
            "a number; only later events are listed",
            EventsRequest::number,
            EventsRequest::after,
            "'%s' is not the number of an event",
            "leave it out for all");

    private static final Parameter<EventsRequest, Instant> SINCE = new Parameter<>(
            "since",
            "a time as in RFC 3339, such as 2026-11-30T16:00:00Z; only events from then on are listed",
            EventsRequest::time,
            EventsRequest::since,
            "'%s' is not a time",
            "leave it out for all");

    private static final Parameter<EventsRequest, Integer> LIMIT =
            Parameter.limit("events", KEPT_MAX, EventsRequest::limit);

    static final Query<EventsRequest> QUERY = new Query<>(List.of(AFTER, SINCE, LIMIT), EventsRequest::of);

    /// The whole list.
    public static final EventsRequest ALL = new EventsRequest(null, null, KEPT_MAX);

    private static EventsRequest of(Query.Values given) {
        return new EventsRequest(
                given.of(AFTER), given.of(SINCE), Objects.requireNonNullElse(given.of(LIMIT), KEPT_MAX));
    }

    private static long number(String text) {
        if (!text.matches("0|[1-9][0-9]{0,17}")) {
            throw new IllegalArgumentException("a number has 1 to 18 digits");
        }
        return Long.parseLong(text);
    }

    private static Instant time(String text) {
        try {
            return Instant.parse(text.toUpperCase(Locale.ROOT));
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("a time is written like 2026-11-30T16:00:00Z", e);
        }
    }
}
