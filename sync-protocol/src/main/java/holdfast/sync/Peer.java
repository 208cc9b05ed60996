package holdfast.sync;

/// One believed run of another member, as far as [Members] knows it.
final class Peer {
    final MemberId id;
    final ReplayWindow window = new ReplayWindow();
    SyncMessage.Hello hello;
    long heardAt;
    boolean gone;
    boolean leaving;
    boolean watched;
    SyncState told = SyncState.UNKNOWN;

    Peer(MemberId id, SyncMessage.Hello hello, long now) {
        this.id = id;
        this.hello = hello;
        heardAt = now;
    }
}
