package holdfast.client;

import holdfast.conn.FlowHash;
import holdfast.conn.SlotIndex;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/// The entries of [Clients] under slot numbers, found by (client, scope). An entry is never removed, only replaced. The
/// entries of clients without open connections *rest*: they keep their rate and wait in a queue, the one that rests
/// longest first, to be replaced before any other.
final class ClientEntries {
    /// No slot.
    static final int NONE = -1;

    /// The scope of an unused entry.
    static final int VACANT = -2;

    private final MemorySegment records;
    private final FlowHash hashes;
    private final Index index;
    private final int capacity;
    private final ClientEntry entry; // only inside one operation
    private final ClientEntry neighbour;

    private int fresh;
    private int firstResting = NONE;
    private int lastResting = NONE;

    ClientEntries(int capacity, FlowHash hashes, SegmentAllocator memory) {
        this.capacity = capacity;
        this.hashes = hashes;
        records = memory.allocate((long) capacity * ClientEntry.BYTES, 8);
        index = new Index(memory);
        entry = view();
        neighbour = view();
    }

    ClientEntry view() {
        return new ClientEntry(records);
    }

    /// Hashed twice, because a scope folded into the address would let a client choose the clients that share its
    /// place.
    long hash(long hi, long lo, int scope) {
        return hashes.of(hashes.of(hi, lo), scope);
    }

    /// @param hash  of the same client and scope
    int find(long hash, long hi, long lo, int scope) {
        return index.find(hash, hi, lo, scope, 0);
    }

    /// A slot that was never used, or [#NONE]; it rests until it is filled.
    int takeFresh() {
        if (fresh == capacity) {
            return NONE;
        }
        int slot = fresh++;
        entry.at(slot).vacate();
        rest(slot);
        return slot;
    }

    /// Gives a slot to another client.
    ///
    /// @return false if the index has no place for it; the slot is then vacant and rests
    boolean replace(int slot, long hi, long lo, int scope, int most) {
        entry.at(slot);
        if (entry.most() == 0) {
            unrest(slot);
        }
        if (entry.scope() != VACANT) {
            index.remove(slot, index.hash(slot));
        }
        entry.fill(hi, lo, scope, most);
        if (index.add(slot, index.hash(slot))) {
            return true;
        }
        entry.vacate();
        rest(slot);
        return false;
    }

    /// Appends an entry whose `most` has become 0 to the queue.
    void rest(int slot) {
        neighbour.at(slot).next(NONE);
        neighbour.previous(lastResting);
        if (lastResting == NONE) {
            firstResting = slot;
        } else {
            neighbour.at(lastResting).next(slot);
        }
        lastResting = slot;
    }

    void unrest(int slot) {
        int next = neighbour.at(slot).next();
        int previous = neighbour.previous();
        if (previous == NONE) {
            firstResting = next;
        } else {
            neighbour.at(previous).next(next);
        }
        if (next == NONE) {
            lastResting = previous;
        } else {
            neighbour.at(next).previous(previous);
        }
    }

    /// The entry that rests longest, or [#NONE].
    int firstResting() {
        return firstResting;
    }

    /// One more than the highest slot in use.
    int size() {
        return fresh;
    }

    int capacity() {
        return capacity;
    }

    long bytes() {
        return records.byteSize() + index.bytes();
    }

    private final class Index extends SlotIndex {
        private final ClientEntry candidate = view();

        Index(SegmentAllocator memory) {
            super(capacity, memory);
        }

        @Override
        protected boolean matches(int slot, long hi, long lo, long scope, long nothing) {
            candidate.at(slot);
            return candidate.lo() == lo && candidate.hi() == hi && candidate.scope() == scope;
        }

        @Override
        protected long hash(int slot) {
            candidate.at(slot);
            return ClientEntries.this.hash(candidate.hi(), candidate.lo(), candidate.scope());
        }
    }
}
