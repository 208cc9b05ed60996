package holdfast.fleet.node;

import holdfast.admin.Event;
import holdfast.admin.FleetView;
import holdfast.fleet.News;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a director knows about itself, and how it takes the configuration of another cluster. Called on the thread
/// `fleet`.
public interface FleetSurroundings {
    /// This director at a glance.
    ///
    /// @param follows  what it takes from another cluster; null for nothing
    FleetView.Member self(FleetView.@Nullable Follows follows);

    /// Events with higher numbers, the oldest first.
    List<Event> eventsAfter(long number);

    /// The shared part of the configuration in force, if this director is active.
    Optional<News.SharedCopy> shared();

    /// The text of the shared part of the configuration in force.
    String presentText();

    /// The tag of the last copy that became a revision on this director's cluster.
    Optional<String> lastTaken();

    /// Makes a copy the configuration of this cluster, as an operator would.
    ///
    /// @param reason  for the record
    Taken take(News.SharedCopy copy, String reason);

    /// The outcome of a change.
    sealed interface Taken {
        record InForce() implements Taken {}

        /// @param isForGood  whether another try would end alike
        record Refused(String why, boolean isForGood) implements Taken {}
    }
}
