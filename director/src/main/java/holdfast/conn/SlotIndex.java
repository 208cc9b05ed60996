package holdfast.conn;

import holdfast.linux.Memory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/// An open-addressing hash index of slot numbers: the table holds the keys, this holds where they are.
///
/// Each place is one int: the slot plus one in the low bits, as many as the table needs, and in those left over a tag
/// from the hash, so that a search seldom reads a record that is not the one it wants. 0 is an empty place.
/// Probing is linear and no longer than [#PROBES_MAX]; an entry is taken out by moving later ones back, so there are no
/// tombstones and a place is never farther from home than when it was filled. The number of homes need not be a power
/// of two, because the home comes from the high half of hash times that number: memory follows the table's size
/// exactly. Behind the last home are as many places as a search may go on, so nothing wraps around.
///
/// A search compares four places at once, in two words, by arithmetic alone: how many places it has to look at is a
/// matter of chance, which a CPU cannot guess, and each wrong guess would cost it the lookups that it had begun ahead.
/// All memory is read by address; the numbers of slots that come from outside are checked by the view ([SlotView#at]).
/// `bin/bench tables` says what it comes to.
///
/// Several entries may have equal keys; a search finds one of them.
public abstract class SlotIndex {
    /// What a search answers when it finds nothing.
    public static final int MISSING = -1;

    /// At the load that the tables reach when full (4/7), a random key needs more with a probability below 10^-10.
    static final int PROBES_MAX = 192;

    /// Places that a search looks at together: as two words of two places.
    private static final int GROUP = 4;

    private static final long BOTH = 0x1_0000_0001L;
    private static final long HIGHEST = 0x8000_0000_8000_0000L;

    private final MemorySegment memory; // keeps it as long as it is used by address
    private final long places;
    private final int homes;
    private final int slotMask;
    private final long tagMask; // in both places of a word

    /// @param slots   how many slots the table has
    /// @param memory  gives zeroed memory
    protected SlotIndex(int slots, SegmentAllocator memory) {
        homes = Math.toIntExact(slots * 7L / 4 + 1);
        this.memory = memory.allocate((homes + PROBES_MAX + 1) * 4L, 64);
        places = this.memory.address();
        slotMask = -1 >>> Integer.numberOfLeadingZeros(slots);
        tagMask = (~slotMask & 0xffffffffL) * BOTH;
    }

    /// Whether the key of a slot in use is this one.
    protected abstract boolean matches(int slot, long clientHi, long clientLo, long addresses, long ports);

    /// The hash of the key of a slot in use.
    protected abstract long hash(int slot);

    /// The slot that has a key, or [#MISSING]. Reads at most [#PROBES_MAX] places.
    public final int find(long hash, long clientHi, long clientLo, long addresses, long ports) {
        long home = address(home(hash));
        long tag = (hash & 0xffffffffL) * BOTH;
        long first = Memory.getLong(home);
        long second = Memory.getLong(home + 8);
        long alike = alike(first, second, tag);
        if (alike != 0) {
            int slot = slotAt(home, alike);
            if (slot >= 0 && matches(slot, clientHi, clientLo, addresses, ports)) {
                return slot;
            }
        } else if ((zeros(first) | zeros(second)) != 0) {
            return MISSING;
        }
        return search(home, tag, clientHi, clientLo, addresses, ports);
    }

    /// The slot whose record a search for this hash will look at first, or [#MISSING] where it is likely to look at
    /// none. Reads one line of the index and no record, so many of these can be under way at once ([LookAhead]).
    final int likely(long hash) {
        long home = address(home(hash));
        long alike = alike(Memory.getLong(home), Memory.getLong(home + 8), (hash & 0xffffffffL) * BOTH);
        return alike == 0 ? MISSING : slotAt(home, alike);
    }

    /// The whole of it, of which [#find] is only the beginning: nine searches of ten end there, and a CPU that has
    /// fewer instructions before it waits for two of them at once.
    private int search(long home, long tag, long clientHi, long clientLo, long addresses, long ports) {
        for (int place = 0; place < PROBES_MAX; place += GROUP) {
            long group = home + place * 4L;
            long first = Memory.getLong(group);
            long second = Memory.getLong(group + 8);
            for (long alike = alike(first, second, tag); alike != 0; alike &= alike - 1) {
                int slot = slotAt(group, alike);
                if (slot >= 0 && matches(slot, clientHi, clientLo, addresses, ports)) {
                    return slot;
                }
            }
            if ((zeros(first) | zeros(second)) != 0) {
                return MISSING;
            }
        }
        return MISSING; // adding keeps to the same bound, so nothing lies beyond it
    }

    /// A bit for each place of a group that has a tag: the places are at bits 0, 32, 1 and 33.
    private long alike(long first, long second, long tag) {
        return (zeros((first ^ tag) & tagMask) >>> 31) | (zeros((second ^ tag) & tagMask) >>> 30);
    }

    /// The slot in the place of the lowest of these bits; -1 in an empty one.
    private int slotAt(long group, long alike) {
        int bit = Long.numberOfTrailingZeros(alike);
        return (Memory.getInt(group + ((bit & 1) << 3) + (bit >>> 5 << 2)) & slotMask) - 1;
    }

    /// The highest bit of each half that is 0.
    private static long zeros(long word) {
        return ~(((word & ~HIGHEST) + ~HIGHEST) | word) & HIGHEST;
    }

    /// Puts a slot in whose record has its key. False, with nothing changed, when all the places that its key may take
    /// are taken.
    public final boolean add(int slot) {
        long hash = hash(slot);
        int home = home(hash);
        for (int place = home; place < home + PROBES_MAX; place++) {
            if (get(place) == 0) {
                put(place, ((int) hash & ~slotMask) | (slot + 1));
                return true;
            }
        }
        return false;
    }

    /// Takes a slot out that is in, while its record still has its key.
    public final void remove(int slot) {
        int hole = placeOf(slot, home(hash(slot)));
        for (int place = hole + 1; get(place) != 0; place++) {
            if (home(hash((get(place) & slotMask) - 1)) <= hole) {
                put(hole, get(place));
                hole = place;
            }
        }
        put(hole, 0);
    }

    /// How many steps from its home a slot stands that is in.
    final int probes(int slot) {
        int home = home(hash(slot));
        return placeOf(slot, home) - home;
    }

    public final long bytes() {
        return memory.byteSize();
    }

    private int placeOf(int slot, int home) {
        for (int place = home; place < home + PROBES_MAX; place++) {
            if ((get(place) & slotMask) == slot + 1) {
                return place;
            }
        }
        throw new IllegalStateException("slot " + slot + " is not in the index under its own key");
    }

    private int home(long hash) {
        return (int) (((hash >>> 32) * homes) >>> 32);
    }

    private long address(int place) {
        return places + place * 4L;
    }

    private int get(int place) {
        return Memory.getInt(address(place));
    }

    private void put(int place, int value) {
        Memory.putInt(address(place), value);
    }
}
