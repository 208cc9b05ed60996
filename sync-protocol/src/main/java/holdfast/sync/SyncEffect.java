package holdfast.sync;

/// What a core wants done, in order.
sealed interface SyncEffect {
    record Multicast(SyncMessage message) implements SyncEffect {}

    record Unicast(MemberId to, SyncMessage message) implements SyncEffect {}

    /// Ask our own worker for a full copy.
    record AskSnapshot() implements SyncEffect {}

    /// Records were put into the worker's ring.
    record WakeWorker() implements SyncEffect {}

    record HigherTerm(int term) implements SyncEffect {}

    record StateChanged(String member, SyncState state) implements SyncEffect {}

    /// Tell us when the process of this member ends.
    record Watch(String member, int address, int port) implements SyncEffect {}

    record ProcessDied(String member) implements SyncEffect {}

    record HandoverArrived(String from, HandoverMessage message) implements SyncEffect {}
}
