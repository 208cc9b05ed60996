package holdfast.conn;

import holdfast.linux.Memory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/// An open-addressing hash index of slot numbers: the table holds the keys, this holds where they are.
///
/// Each place is one int. Its low bits, as many as the table needs, are the slot plus one; the next three say how far
/// the place is from the *home* that the entry's hash names, where 7 is "7 or more"; those left over are a *tag* of
/// more bits of the hash. So a search reads the record of an entry only when home and tag are those of its key, and
/// it seldom reads one that is not wanted. 0 is an empty place.
///
/// Probing is linear and no longer than [#PROBES_MAX]; an entry is taken out by moving later ones back, so there are
/// no tombstones and a place is never farther from home than when it was filled. Which of them may move, their
/// distances tell without their records. The number of homes need not be a power of two, because the home comes from
/// the high half of hash times that number: memory follows the table's size exactly. Behind the last home are as many
/// places as a search may go on, so nothing wraps around.
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

    private static final int FAR = 7;
    private static final int DISTANCE_BITS = 3;

    private static final long BOTH = 0x1_0000_0001L;
    private static final long HIGHEST = 0x8000_0000_8000_0000L;

    private final MemorySegment memory; // keeps it as long as it is used by address
    private final long places;
    private final int homes;
    private final int slotMask;
    private final int distanceShift;
    private final int tagMask;
    private final long compared; // all but the slots; like all that follow, for both places of a word
    private final long near01; // the distances of the first four places of a search, where they stand in the words
    private final long near23;
    private final long near45;
    private final long near67;
    private final long far;

    /// @param slots   how many slots the table has
    /// @param memory  gives zeroed memory
    protected SlotIndex(int slots, SegmentAllocator memory) {
        homes = Math.toIntExact(slots * 7L / 4 + 1);
        this.memory = memory.allocate((homes + PROBES_MAX + 1) * 4L + ReadAhead.BYTES, 64);
        places = this.memory.address();
        slotMask = -1 >>> Integer.numberOfLeadingZeros(slots);
        distanceShift = Integer.SIZE - Integer.numberOfLeadingZeros(slots);
        tagMask = -1 << (distanceShift + DISTANCE_BITS);
        compared = (~slotMask & 0xffffffffL) * BOTH;
        near01 = distances(0, 1);
        near23 = distances(2, 3);
        near45 = distances(4, 5);
        near67 = distances(6, FAR);
        far = distances(FAR, FAR);
    }

    private long distances(int first, int second) {
        return (long) first << distanceShift | (long) second << (Integer.SIZE + distanceShift);
    }

    /// Whether a slot is in, under this key. Asked also of slots that were in a moment ago ([Lookups]).
    protected abstract boolean matches(int slot, long clientHi, long clientLo, long addresses, long ports);

    /// The hash of the key of a slot in use.
    protected abstract long hash(int slot);

    /// The slot that has a key, or [#MISSING]. Reads at most [#PROBES_MAX] places.
    public final int find(long hash, long clientHi, long clientLo, long addresses, long ports) {
        long home = address(hash);
        long tag = tag(hash);
        long first = Memory.getLong(home);
        long second = Memory.getLong(home + 8);
        long alike = alike(first ^ tag ^ near01, second ^ tag ^ near23);
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

    /// Address of the first place that a search for this hash reads.
    final long address(long hash) {
        return places + home(hash) * 4L;
    }

    /// The slot whose record a search for this hash is likely to read first, or [#MISSING].
    final int candidate(long hash) {
        long home = address(hash);
        long tag = tag(hash);
        long alike = alike(Memory.getLong(home) ^ tag ^ near01, Memory.getLong(home + 8) ^ tag ^ near23);
        return alike == 0 ? MISSING : slotAt(home, alike);
    }

    /// The whole of it, of which [#find] is only the beginning: nine searches of ten end there, and a CPU that has
    /// fewer instructions before it waits for two of them at once.
    private int search(long home, long tag, long clientHi, long clientLo, long addresses, long ports) {
        long near = near01;
        long next = near23;
        for (int place = 0; place < PROBES_MAX; place += GROUP) {
            long group = home + place * 4L;
            long first = Memory.getLong(group);
            long second = Memory.getLong(group + 8);
            for (long alike = alike(first ^ tag ^ near, second ^ tag ^ next); alike != 0; alike &= alike - 1) {
                int slot = slotAt(group, alike);
                if (slot >= 0 && matches(slot, clientHi, clientLo, addresses, ports)) {
                    return slot;
                }
            }
            if ((zeros(first) | zeros(second)) != 0) {
                return MISSING;
            }
            near = place == 0 ? near45 : far;
            next = place == 0 ? near67 : far;
        }
        return MISSING; // adding keeps to the same bound, so nothing lies beyond it
    }

    /// A bit for each place of a group whose home and tag are those wanted, which makes the rest of it 0: the places
    /// are at bits 0, 32, 1 and 33.
    private long alike(long first, long second) {
        return (zeros(first & compared) >>> 31) | (zeros(second & compared) >>> 30);
    }

    /// The slot in the place of the lowest of these bits; -1 in an empty one.
    private int slotAt(long group, long alike) {
        int bit = Long.numberOfTrailingZeros(alike);
        return (Memory.getInt(group + ((bit & 1) << 3) + (bit >>> 5 << 2)) & slotMask) - 1;
    }

    private long tag(long hash) {
        return ((int) hash & tagMask & 0xffffffffL) * BOTH;
    }

    /// The highest bit of each half that is 0.
    private static long zeros(long word) {
        return ~(((word & ~HIGHEST) + ~HIGHEST) | word) & HIGHEST;
    }

    /// Puts a slot in whose record has its key. False, with nothing changed, when all the places that its key may take
    /// are taken.
    ///
    /// @param hash  of that key
    public final boolean add(int slot, long hash) {
        int home = home(hash);
        int place = placeOf(0, home);
        if (place == MISSING) {
            return false;
        }
        put(place, home, ((int) hash & tagMask) | (slot + 1));
        return true;
    }

    /// Takes a slot out that is in.
    ///
    /// @param hash  of its key
    public final void remove(int slot, long hash) {
        int hole = placeOf(slot + 1, home(hash));
        int entry;
        for (int place = hole + 1; (entry = get(place)) != 0; place++) {
            int home = homeOf(entry, place);
            if (home <= hole) {
                put(hole, home, entry);
                hole = place;
            }
        }
        Memory.putInt(placeAddress(hole), 0);
    }

    /// How many steps from its home a slot stands that is in.
    final int probes(int slot) {
        int home = home(hash(slot));
        return placeOf(slot + 1, home) - home;
    }

    public final long bytes() {
        return memory.byteSize();
    }

    /// The first place at or after a home that has this in its low bits, a slot plus one or 0; or [#MISSING].
    private int placeOf(int number, int home) {
        long wanted = number * BOTH;
        long numbers = slotMask * BOTH;
        for (int group = home; group < home + PROBES_MAX; group += GROUP) {
            long first = zeros((Memory.getLong(placeAddress(group)) ^ wanted) & numbers);
            long second = zeros((Memory.getLong(placeAddress(group + 2)) ^ wanted) & numbers);
            if ((first | second) != 0) {
                return group + (first != 0 ? 0 : 2) + (Long.numberOfTrailingZeros(first != 0 ? first : second) >>> 5);
            }
        }
        return MISSING;
    }

    /// Only of an entry that is far from home is the record read.
    private int homeOf(int entry, int place) {
        int distance = entry >>> distanceShift & FAR;
        return distance < FAR ? place - distance : home(hash((entry & slotMask) - 1));
    }

    private int home(long hash) {
        return (int) (((hash >>> 32) * homes) >>> 32);
    }

    private long placeAddress(int place) {
        return places + place * 4L;
    }

    private int get(int place) {
        return Memory.getInt(placeAddress(place));
    }

    /// @param entry  its slot and tag; what it has as distance is replaced
    private void put(int place, int home, int entry) {
        int distance = Math.min(place - home, FAR);
        Memory.putInt(placeAddress(place), (entry & ~(FAR << distanceShift)) | distance << distanceShift);
    }
}
