package holdfast.sync;

import java.nio.ByteBuffer;

/// An action that a core requests, in order.
public sealed interface SyncEffect {
    record Multicast(SyncMessage message) implements SyncEffect {}

    record Unicast(MemberId to, SyncMessage message) implements SyncEffect {}

    /// Order a copy from our own worker.
    record AskCopy(CopyOrder order) implements SyncEffect {}

    /// Records were put into the worker's ring.
    record WakeWorker() implements SyncEffect {}

    record HigherTerm(int term) implements SyncEffect {}

    record StateChanged(String member, SyncState state) implements SyncEffect {}

    /// Watch for the end of this process of a member.
    record Watch(MemberId member, int address, int port) implements SyncEffect {}

    record ProcessDied(String member) implements SyncEffect {}

    /// @param step  as the other director's election wrote it
    record HandoverArrived(String from, ByteBuffer step) implements SyncEffect {}

    record ConfigArrived(String from, ConfigMessage message) implements SyncEffect {}

    /// A believed hello of a member says which configuration it runs.
    record ConfigHeard(String member, ConfigVersion config) implements SyncEffect {}

    /// A member's word arrived in a hello that is at most one second old.
    ///
    /// @param ageNanos  it was spoken so long ago at most
    record WordHeard(String member, Whereabouts whereabouts, Word word, long ageNanos) implements SyncEffect {}

    /// An older director of our name runs at this address.
    record Twin(String address) implements SyncEffect {}

    /// A line for the log; not repeated within a minute.
    record Warn(String text) implements SyncEffect {}
}
