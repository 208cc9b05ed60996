package holdfast.conn;

import java.lang.foreign.SegmentAllocator;

/// A doubly linked list of slots for each real server, so that listing or flushing the entries of one costs only its
/// own. A slot is in one list or in none.
public final class SlotLists {
    /// The end of a list.
    public static final int NONE = -1;

    private final int[] heads; // slot + 1; 0 is an empty list
    private final SlotArray next; // slot + 1; 0 is the end
    private final SlotArray previous; // slot + 1; 0 is the beginning

    /// @param memory  gives zeroed memory
    public SlotLists(int lists, int slots, SegmentAllocator memory) {
        heads = new int[lists];
        next = new SlotArray(slots, slots, memory);
        previous = new SlotArray(slots, slots, memory);
    }

    public int first(int list) {
        return heads[list] - 1;
    }

    public int next(int slot) {
        return next.get(slot) - 1;
    }

    /// Puts a slot that is in no list at the beginning of one.
    public void add(int list, int slot) {
        int head = heads[list];
        next.set(slot, head);
        previous.set(slot, 0);
        if (head != 0) {
            previous.set(head - 1, slot + 1);
        }
        heads[list] = slot + 1;
    }

    /// @param list  the one that the slot is in
    public void remove(int list, int slot) {
        int after = next.get(slot);
        int before = previous.get(slot);
        if (before == 0) {
            heads[list] = after;
        } else {
            next.set(before - 1, after);
        }
        if (after != 0) {
            previous.set(after - 1, before);
        }
    }

    /// Memory taken for the slots; that of the heads does not grow with them.
    public long bytes() {
        return next.bytes() + previous.bytes();
    }
}
