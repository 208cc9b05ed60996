package holdfast.conn;

/// A doubly linked list of slots for each real server, so that listing or flushing the entries of one server costs only
/// its own entries. A slot is in one list or in none.
public final class SlotLists {
    /// The end of a list.
    public static final int NONE = -1;

    private final int[] heads; // slot + 1; 0 is an empty list
    private final SlotLinks links; // slot + 1; 0 is the end or the beginning

    SlotLists(int lists, SlotLinks links) {
        heads = new int[lists];
        this.links = links;
    }

    /// The first slot of a list, or [#NONE].
    public int first(int list) {
        return heads[list] - 1;
    }

    /// The slot after this one in its list, or [#NONE].
    public int next(int slot) {
        return links.next(slot) - 1;
    }

    /// Prepends a slot that is in no list.
    public void add(int list, int slot) {
        int head = heads[list];
        links.put(slot, head, 0);
        if (head != 0) {
            links.previous(head - 1, slot + 1);
        }
        heads[list] = slot + 1;
    }

    /// @param list  the list of the slot
    public void remove(int list, int slot) {
        int after = links.next(slot);
        int before = links.previous(slot);
        if (before == 0) {
            heads[list] = after;
        } else {
            links.next(before - 1, after);
        }
        if (after != 0) {
            links.previous(after - 1, before);
        }
    }

    /// Address of a slot's links.
    long address(int slot) {
        return links.address(slot);
    }

    /// Reads ahead the links that a removal of a slot changes, besides its own.
    void addNeighbours(ReadAhead reads, int slot) {
        int after = links.next(slot);
        int before = links.previous(slot);
        if (after != 0) {
            reads.add(links.address(after - 1));
        }
        if (before != 0) {
            reads.add(links.address(before - 1));
        }
    }
}
