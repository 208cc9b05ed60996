package holdfast.admin;

import java.util.List;

/// Events of a director.
///
/// @param events  the oldest first
/// @param newest  number of the director's newest event, listed or not; 0 before the first
/// @param kept    how many events the director still has
public record EventList(List<Event> events, long newest, int kept) {
    public EventList {
        events = List.copyOf(events);
    }
}
