package holdfast.conn;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// An open-addressing hash index of slot numbers: the table holds the keys, this holds where they are.
///
/// Each place is one int: the slot plus one in the low bits, as many as the table needs, and in those left over a tag
/// from the hash, so that a search seldom reads a record that is not the one it wants. 0 is an empty place.
/// Probing is linear and no longer than [#PROBES_MAX]; an entry is taken out by moving later ones back, so there are no
/// tombstones and a place is never farther from home than when it was filled. The length need not be a power of two,
/// because the place comes from the high half of hash times length: memory follows the table's size exactly.
///
/// Several entries may have equal keys; a search finds one of them.
public abstract class SlotIndex {
    /// What a search answers when it finds nothing.
    public static final int MISSING = -1;

    /// At the load that the tables reach when full (4/7), a random key needs more with a probability below 10^-10.
    static final int PROBES_MAX = 192;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment places;
    private final int length;
    private final int slotMask;

    /// @param slots   how many slots the table has
    /// @param memory  gives zeroed memory
    protected SlotIndex(int slots, SegmentAllocator memory) {
        length = Math.toIntExact(slots * 7L / 4 + 1);
        places = memory.allocate(length * 4L, 4);
        slotMask = -1 >>> Integer.numberOfLeadingZeros(slots);
    }

    /// Whether the key of a slot in use is this one.
    protected abstract boolean matches(int slot, long clientHi, long clientLo, long addresses, long ports);

    /// The hash of the key of a slot in use.
    protected abstract long hash(int slot);

    /// The slot that has a key, or [#MISSING]. Reads at most [#PROBES_MAX] places.
    public final int find(long hash, long clientHi, long clientLo, long addresses, long ports) {
        int tag = (int) hash & ~slotMask;
        int place = home(hash);
        for (int probe = 0; probe < PROBES_MAX; probe++) {
            int found = get(place);
            if (found == 0) {
                return MISSING;
            }
            int slot = (found & slotMask) - 1;
            if ((found & ~slotMask) == tag && matches(slot, clientHi, clientLo, addresses, ports)) {
                return slot;
            }
            place = after(place);
        }
        return MISSING; // adding keeps to the same bound, so nothing lies beyond it
    }

    /// Puts a slot in whose record has its key. False, with nothing changed, when all the places that its key may take
    /// are taken.
    public final boolean add(int slot) {
        long hash = hash(slot);
        int place = home(hash);
        for (int probe = 0; probe < PROBES_MAX; probe++) {
            if (get(place) == 0) {
                put(place, ((int) hash & ~slotMask) | (slot + 1));
                return true;
            }
            place = after(place);
        }
        return false;
    }

    /// Takes a slot out that is in, while its record still has its key.
    public final void remove(int slot) {
        int hole = placeOf(slot, home(hash(slot)));
        for (int place = after(hole); get(place) != 0; place = after(place)) {
            int home = home(hash((get(place) & slotMask) - 1));
            if (distance(home, place) >= distance(hole, place)) { // home is not between the hole and here
                put(hole, get(place));
                hole = place;
            }
        }
        put(hole, 0);
    }

    /// How many steps from its home a slot stands that is in.
    final int probes(int slot) {
        int home = home(hash(slot));
        return distance(home, placeOf(slot, home));
    }

    public final long bytes() {
        return places.byteSize();
    }

    private int placeOf(int slot, int home) {
        int place = home;
        for (int probe = 0; (get(place) & slotMask) != slot + 1; probe++) {
            if (probe == PROBES_MAX) {
                throw new IllegalStateException("slot " + slot + " is not in the index under its own key");
            }
            place = after(place);
        }
        return place;
    }

    private int home(long hash) {
        return (int) (((hash >>> 32) * length) >>> 32);
    }

    private int after(int place) {
        return place + 1 == length ? 0 : place + 1;
    }

    /// How many steps forward lead from one place to another.
    private int distance(int from, int to) {
        return to >= from ? to - from : to - from + length;
    }

    private int get(int place) {
        return places.get(INT, place * 4L);
    }

    private void put(int place, int value) {
        places.set(INT, place * 4L, value);
    }
}
