package holdfast.vip;

/// What an election hears from the other parts of its director. Any thread; each method only enqueues.
public interface ElectionEvents {
    /// The process of the member with this VRRP address has closed its sockets. Never call it for a member that merely
    /// fell silent, as a timeout of the sync channel would say: a paused director is not dead.
    void peerProcessDied(int address);

    /// The links of the group have changed.
    void links(GroupLinks now);

    /// Another director's sealed word has arrived.
    void peerWord(PeerWord word);

    /// Another director knows a term above ours.
    void higherTerm(int term);

    /// The rings of the datapath, which holds, are nearly full.
    void heldFull();

    /// Somebody else announced a virtual address of ours.
    void stolen(int address, long mac);

    /// What this director's sync side knows of its own tables, as often as it changes. Until the first call says
    /// otherwise they count as unequal, and the director neither preempts a live active nor takes a handover.
    void tables(TableState tables);

    /// The datapath holds; this is the last version that it wrote.
    void held(long finalVersion);

    /// A handover message of `from` has arrived.
    void handover(String from, HandoverMessage message);
}
