package holdfast.sync;

/// What a core wants done, in order.
public sealed interface SyncEffect {
    record Multicast(SyncMessage message) implements SyncEffect {}

    record Unicast(MemberId to, SyncMessage message) implements SyncEffect {}

    /// Ask our own worker for a full copy.
    record AskSnapshot() implements SyncEffect {}

    /// Records were put into the worker's ring.
    record WakeWorker() implements SyncEffect {}

    record HigherTerm(int term) implements SyncEffect {}

    record StateChanged(String member, SyncState state) implements SyncEffect {}

    /// Tell us when this process of a member ends.
    record Watch(MemberId member, int address, int port) implements SyncEffect {}

    record ProcessDied(String member) implements SyncEffect {}

    record HandoverArrived(String from, HandoverMessage message) implements SyncEffect {}

    /// What a member says of itself came in a Hello that is not older than a second.
    record WordHeard(String member, Links links, Word word) implements SyncEffect {}

    /// An older director of our name runs at this address.
    record Twin(String address) implements SyncEffect {}

    /// A line for the log; not repeated within a minute.
    record Warn(String text) implements SyncEffect {}
}
