package holdfast.fleet.node;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Carries values between the directors of a fleet. It may be slow, absent or hang for ever; no call of it waits.
public interface Carrier extends AutoCloseable {
    /// Carries a value to all others soon; a later value of the same key takes its place.
    void publish(String key, byte[] value);

    /// Removes the value of a key from all, soon.
    void remove(String key);

    /// Addresses of the directors that are connected now, our own among them.
    List<String> members();

    /// What is wrong with the link, as a sentence.
    Optional<String> trouble();

    Map<String, Long> counters();

    /// Ends it; waits a second at most.
    @Override
    void close();

    /// Hears what others have published. Called on threads of the carrier; each call returns at once.
    interface Ear {
        void heard(String key, byte[] value);

        /// Somebody has come who lacks our values, or some of them may be lost.
        void joined();
    }
}
