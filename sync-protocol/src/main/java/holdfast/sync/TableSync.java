package holdfast.sync;

import java.nio.ByteBuffer;
import java.util.List;

/// The sync side of a director, as its other parts use it. Any thread; no method waits, except [#close].
public interface TableSync extends AutoCloseable {
    /// Makes us the writer of the stream of `term`, beginning with the records of that term in `out()`.
    void active(int term);

    /// The worker has begun its stream anew in this higher term. Ignored if we are no longer active.
    void renew(int term);

    /// Makes us follow the stream of the active.
    void standby();

    /// Sets this director's word; a changed word is sent within 5 ms.
    void word(Word word);

    /// Sends a step of the handover to one member, repeatedly for a second until it has arrived.
    ///
    /// @param to    name of the member; nothing is sent if it is unknown or gone
    /// @param term  of the stream that the step gives away; 0 for a step that counts in any term
    /// @param step  which only the other election reads
    void send(String to, int term, ByteBuffer step);

    /// Sends a message about the configuration to one member, once; nothing is sent if it is unknown or gone.
    void send(String to, ConfigMessage message);

    /// Sets the configuration that this director runs.
    void config(ConfigVersion now);

    /// Sends hellos over these links beside the interconnect from now on. Call it again when an interface was
    /// recreated or its address changed. A link that cannot be opened is tried again every second.
    void serviceLinks(List<ServiceLink> links);

    /// Sets where this director is reachable.
    void whereabouts(Whereabouts now);

    /// Sets the keys that seal and open everything, on the interconnect and on the service links.
    void keys(ClusterKeys now);

    /// The keys in use, and the key with which each other director seals.
    KeyUse keyUse();

    /// Whether the sync thread sleeps, and may not see new records for up to 50 ms. A worker that wrote to `out()`
    /// or took from `in()` calls this once per turn, and [#wakeUp] if it is true.
    boolean parked();

    /// Ends the sleep; a system call, so only when [#parked].
    void wakeUp();

    /// The latest readout. Never throws.
    SyncStatus status();

    @Override
    void close();
}
