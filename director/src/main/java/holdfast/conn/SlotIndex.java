package holdfast.conn;

import holdfast.linux.Memory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/// A hash index of slot numbers: the table holds the keys, the index holds their positions.
///
/// The hash names a *bucket* of one cache line, which has fifteen places. A place is a *tag* of one byte (more bits of
/// the hash) and a slot; tag 0 is an empty place:
///
///      0    | tags 15 x 8                      | passed 8 |
///      16   | slots 15 x 24                    | 24       |
///
/// An entry takes any empty place of its bucket. If there is none, it moves on to the next bucket, at most
/// [#BUCKETS_MAX], and each bucket that it passed counts it, so that searches continue only past a bucket with a count
/// (as in Folly's F14 table). So a removed entry leaves only an empty place. A full table has nine entries to a bucket,
/// and one entry in two hundred outside its own bucket.
///
/// A search compares all tags of a bucket at once, in two words, by arithmetic alone. A CPU cannot predict branches on
/// random tags, and each wrong prediction would cost it the lookups that it had begun ahead. All memory is read by
/// address; the view checks slot numbers that come from outside ([SlotView#at]). `bin/bench tables` measures the
/// result.
///
/// A table with more slots than 24 bits can number has slots of 32 bits, and buckets of 80 bytes, with eleven
/// entries each in a full table. Several entries may have equal keys; a search finds one of them.
public abstract class SlotIndex {
    /// The result of a search without a match.
    public static final int MISSING = -1;

    static final int PLACES = 15;

    /// Buckets that an entry may be in. In a full table no random key needs more in a lifetime.
    static final int BUCKETS_MAX = 12;

    private static final int PASSED = PLACES; // offset of the count, of at most 11 buckets' entries
    private static final int SLOTS = PLACES + 1;

    private static final long EACH = 0x0101_0101_0101_0101L;
    private static final long HIGHEST = EACH << 7;
    private static final long TAGS = HIGHEST >>> 8; // of the second word

    private final MemorySegment memory; // keeps the memory alive that is used by address
    private final long buckets;
    private final int homes;
    private final int bucketBytes;
    private final int slotBytes;
    private final int slotMask;

    /// @param slots   number of slots in the table
    /// @param memory  gives zeroed memory
    protected SlotIndex(int slots, SegmentAllocator memory) {
        boolean isLarge = slots > 1 << 24;
        homes = slots / (isLarge ? 11 : 9) + 1;
        slotBytes = isLarge ? 4 : 3;
        slotMask = isLarge ? -1 : 0xffffff;
        bucketBytes = isLarge ? 80 : 64;
        this.memory = memory.allocate((homes + BUCKETS_MAX - 1L) * bucketBytes, 64);
        buckets = this.memory.address();
    }

    /// Whether a slot is in use under this key. Also called for slots that were in use a moment ago ([Lookups]).
    protected abstract boolean matches(int slot, long clientHi, long clientLo, long addresses, long ports);

    /// The hash of the key of a slot in use.
    protected abstract long hash(int slot);

    /// The slot of a key, or [#MISSING]. Reads at most [#BUCKETS_MAX] buckets.
    public final int find(long hash, long clientHi, long clientLo, long addresses, long ports) {
        long bucket = address(hash);
        long tags = tag(hash) * EACH;
        for (int passed = 0; passed < BUCKETS_MAX; passed++) {
            for (long alike = zeros(bucket, tags); alike != 0; alike &= alike - 1) {
                int slot = slotAt(bucket, place(alike));
                if (matches(slot, clientHi, clientLo, addresses, ports)) {
                    return slot;
                }
            }
            if (Memory.getByte(bucket + PASSED) == 0) {
                return MISSING;
            }
            bucket += bucketBytes;
        }
        return MISSING; // adding keeps to the same bound, so nothing lies beyond it
    }

    /// Address of the first bucket that a search for this hash reads.
    final long address(long hash) {
        return buckets + (((hash >>> 32) * homes) >>> 32) * bucketBytes;
    }

    /// The slot whose record a search for this hash probably reads first, or [#MISSING].
    final int candidate(long hash) {
        long bucket = address(hash);
        long alike = zeros(bucket, tag(hash) * EACH);
        return alike == 0 ? MISSING : slotAt(bucket, place(alike));
    }

    /// Adds a slot whose record has its key.
    ///
    /// @param hash  of that key
    /// @return false, with nothing changed, if all places for its key are taken
    public final boolean add(int slot, long hash) {
        long home = address(hash);
        long bucket = home;
        for (int passed = 0; passed < BUCKETS_MAX; passed++) {
            long empty = zeros(bucket, 0);
            if (empty != 0) {
                put(bucket, place(empty), tag(hash), slot);
                countPassed(home, bucket, 1);
                return true;
            }
            bucket += bucketBytes;
        }
        return false;
    }

    /// Removes a slot.
    ///
    /// @param hash  of its key
    public final void remove(int slot, long hash) {
        long tag = tagOf(slot, hash);
        Memory.putByte(tag, (byte) 0);
        countPassed(address(hash), bucketOf(tag), -1);
    }

    /// How many buckets a slot has passed; for tests.
    final int passed(int slot) {
        long hash = hash(slot);
        return (int) ((bucketOf(tagOf(slot, hash)) - address(hash)) / bucketBytes);
    }

    /// The sum of the counts of all buckets; for tests.
    final int passes() {
        int sum = 0;
        for (long bucket = buckets; bucket < buckets + memory.byteSize(); bucket += bucketBytes) {
            sum += Memory.getByte(bucket + PASSED) & 0xff;
        }
        return sum;
    }

    /// Memory of the index, in bytes.
    public final long bytes() {
        return memory.byteSize();
    }

    /// Address of the tag of a slot in the index.
    private long tagOf(int slot, long hash) {
        long bucket = address(hash);
        long tags = tag(hash) * EACH;
        for (int passed = 0; passed < BUCKETS_MAX; passed++) {
            for (long alike = zeros(bucket, tags); alike != 0; alike &= alike - 1) {
                int place = place(alike);
                if (slotAt(bucket, place) == slot) {
                    return bucket + place;
                }
            }
            bucket += bucketBytes;
        }
        throw new IllegalStateException("slot " + slot + " is not in the index under its own key");
    }

    /// Address of the bucket of a tag: bucket addresses are multiples of 16.
    private static long bucketOf(long tag) {
        return tag & -(PLACES + 1);
    }

    private void countPassed(long home, long bucket, int change) {
        for (long passed = home; passed < bucket; passed += bucketBytes) {
            Memory.putByte(passed + PASSED, (byte) (Memory.getByte(passed + PASSED) + change));
        }
    }

    /// One bit for each place of a bucket with a given tag: the first eight places at bits 0, 8, 16 and so on, the
    /// others beside them.
    private static long zeros(long bucket, long tags) {
        long first = zeros(Memory.getLong(bucket) ^ tags);
        long second = zeros(Memory.getLong(bucket + Long.BYTES) ^ tags) & TAGS;
        return first >>> 7 | second >>> 6;
    }

    /// The highest bit of each byte that is 0.
    private static long zeros(long word) {
        return ~(((word & ~HIGHEST) + ~HIGHEST) | word) & HIGHEST;
    }

    /// The place of the lowest set bit.
    private static int place(long bits) {
        int bit = Long.numberOfTrailingZeros(bits);
        return (bit & 1) << 3 | bit >>> 3;
    }

    /// Never 0, which marks an empty place.
    private static long tag(long hash) {
        return Math.max(1, hash & 0xff);
    }

    private int slotAt(long bucket, int place) {
        return Memory.getInt(slotAddress(bucket, place)) & slotMask;
    }

    private void put(long bucket, int place, long tag, int slot) {
        Memory.putByte(bucket + place, (byte) tag);
        long at = slotAddress(bucket, place);
        Memory.putInt(at, (Memory.getInt(at) & ~slotMask) | slot);
    }

    private long slotAddress(long bucket, int place) {
        return bucket + SLOTS + (long) place * slotBytes;
    }
}
