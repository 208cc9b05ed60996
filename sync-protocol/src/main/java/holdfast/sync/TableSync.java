package holdfast.sync;

import java.util.List;

/// The sync side of a director, as its other parts command and ask it. Any thread; no method waits, except [#close].
public interface TableSync extends AutoCloseable {
    /// From here on we write the stream of `term`, with what is in `out()` of that term first.
    void active(int term);

    /// The worker has begun its stream anew in this higher term. Says nothing where we are not active any more by then.
    void renew(int term);

    /// From here on we follow the stream of whoever is active.
    void standby();

    /// What this director says of itself from now on; a changed word goes out within 5 ms.
    void word(Word word);

    /// Sends a step of the handover to one member, again and again for a second until it has arrived.
    ///
    /// @param to  name of the member; nothing is sent where it is unknown or gone
    void send(String to, HandoverMessage message);

    /// From here on Hellos travel over these links beside the interconnect. To be called again when an interface was
    /// made anew or its address changed; one that cannot be opened is tried again every second.
    void serviceLinks(List<ServiceLink> links);

    /// Where this director is found has changed.
    void links(Links now);

    /// From here on these keys seal and open everything, on the interconnect and on the service links.
    void keys(ClusterKeys now);

    /// Which keys are in use, and with which one each other director seals.
    KeyUse keyUse();

    /// Whether the sync thread sleeps, and may not see new records for up to 50 ms. A worker that wrote to
    /// `out()` or took from `in()` asks once per turn and calls [#wakeUp] if so.
    boolean parked();

    /// Ends that sleep; a system call, so only when [#parked].
    void wakeUp();

    /// The latest readout. Never throws.
    SyncStatus status();

    @Override
    void close();
}
