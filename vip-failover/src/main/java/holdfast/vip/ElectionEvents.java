package holdfast.vip;

/// The events that an election receives from the other parts of its director. Any thread; each method only enqueues.
public interface ElectionEvents {
    /// The process of the member with this VRRP address has closed its sockets. Never call it for a member that is
    /// only silent, such as after a timeout of the sync channel: a paused director is not dead.
    void peerProcessDied(int address);

    /// The links of the group have changed.
    void links(GroupLinks now);

    /// Another director's sealed word has arrived.
    void peerWord(PeerWord word);

    /// Another director knows a term above ours.
    void higherTerm(int term);

    /// The rings of the datapath, which holds packets, are nearly full.
    void heldFull();

    /// Another machine announced a virtual address of ours.
    void stolen(int address, long mac);

    /// The state of this director's tables, from the sync side, at each change. Before the first call they count as
    /// unequal, so the director neither preempts a live active nor takes a handover.
    void tables(TableState tables);

    /// The datapath holds packets; `finalVersion` is the last version that it wrote.
    void held(long finalVersion);

    /// A handover message of `from` has arrived.
    void handover(String from, HandoverMessage message);
}
