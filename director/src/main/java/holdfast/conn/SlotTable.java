package holdfast.conn;

import holdfast.service.RealServerTable;
import holdfast.sync.Buckets;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.Objects;

/// The common base of the tables of connections and templates: records that never move, under a slot number that stays
/// the same while the entry lives; a list of slots for each real server; a timer wheel; and the sum of the entries'
/// fingerprints, of all and of each bucket. The subclasses own the indexes and the meaning of an entry.
///
/// Only the datapath thread uses a table, even to read. Nothing is allocated after the constructor.
public abstract class SlotTable {
    /// The result of an insertion without room.
    public static final int FULL = -1;

    /// No slot: not found, or no further one.
    public static final int MISSING = SlotIndex.MISSING;

    private static final int CAPACITY_MAX = 1 << 27;

    /// The memory layout of a table's entries.
    ///
    /// @param recordBytes  of a record for IPv4
    /// @param linkBytes    of a slot in a second array for the links; 0 if the record has them
    /// @param list         the links of the real server's list
    /// @param timer        the links of the timer wheel
    public record Layout(int recordBytes, int linkBytes, SlotLinks.Place list, SlotLinks.Place timer) {}

    protected final RealServerTable reals;
    protected final SlotLists lists; // by the real server's id plus one
    protected final TimerWheel wheel;

    final MemorySegment records;
    final Width width;
    final int recordBytes;

    private final MemorySegment links; // the records themselves, if they have the links
    private final long linkBytes;
    private final FlowHash hashes;
    private final int capacity;

    private int size;
    private int fresh; // slots from here on have never been used
    private int freed = -1; // the first slot of a chain of freed ones
    private final long[] digests = new long[Buckets.COUNT / 2]; // by the bucket modulo their number
    private long digest;
    private long refusedFull;
    private long refusedProbes;
    private Expired expired = (_, _) -> {};

    /// @param capacity  most entries at once
    /// @param now       start of the timers, in monotonic ns
    /// @param memory    gives zeroed memory that lives as long as the table
    protected SlotTable(
            Width width,
            int capacity,
            Layout layout,
            RealServerTable reals,
            FlowHash hashes,
            long now,
            SegmentAllocator memory) {
        if (capacity < 1 || capacity > CAPACITY_MAX) {
            throw new IllegalArgumentException(
                    "a table of " + capacity + " entries is not within 1 to " + CAPACITY_MAX);
        }
        this.width = width;
        this.capacity = capacity;
        this.reals = reals;
        this.hashes = hashes;
        recordBytes = layout.recordBytes + width.clientBytes();
        records = memory.allocate((long) capacity * recordBytes + ReadAhead.BYTES, 64);
        linkBytes = layout.linkBytes == 0 ? 0 : (long) capacity * layout.linkBytes + ReadAhead.BYTES;
        links = linkBytes == 0 ? records : memory.allocate(linkBytes, 64);
        lists = new SlotLists(reals.max() + 1, links(layout, layout.list));
        wheel = new TimerWheel(new Timed(), links(layout, layout.timer), now);
    }

    private SlotLinks links(Layout layout, SlotLinks.Place place) {
        return layout.linkBytes == 0
                ? new SlotLinks(place, records.address() + width.clientBytes(), recordBytes)
                : new SlotLinks(place, links.address(), layout.linkBytes);
    }

    /// The table's own view, moved to a slot: only for use inside one operation, never across a callback.
    protected abstract SlotView entry(int slot);

    /// Memory of the indexes, in bytes.
    protected abstract long indexBytes();

    /// Reports entries whose time has ended; checks at most `budget` entries.
    ///
    /// @return how many were checked; equal to the budget if there may be more
    public final int advance(long now, int budget, Expired expired) {
        this.expired = expired;
        return wheel.advance(now, budget);
    }

    /// The first slot in use at or after `cursor`, or [#MISSING]. A loop over all slots meets every entry that
    /// exists from its beginning to its end, even if others come and go meanwhile.
    public final int next(int cursor) {
        for (int slot = cursor; slot < fresh; slot++) {
            if (isLive(slot)) {
                return slot;
            }
        }
        return MISSING;
    }

    /// The first entry of a real server (or of [RealServerTable#NONE]), or [#MISSING].
    public final int firstOf(int real) {
        return lists.first(real + 1);
    }

    /// The next entry of the same real server, or [#MISSING]; call it before removing the entry.
    public final int nextOf(int slot) {
        return lists.next(slot);
    }

    /// Whether a slot holds an entry now.
    public final boolean isLive(int slot) {
        return entry(slot).isLive();
    }

    /// Entries in use.
    public final int size() {
        return size;
    }

    /// The width of its clients' addresses.
    public final Width width() {
        return width;
    }

    /// Most entries at once.
    public final int capacity() {
        return capacity;
    }

    /// One more than the highest slot ever used: a random slot below it is a fair sample of the entries.
    public final int high() {
        return fresh;
    }

    /// The sum of the fingerprints of all entries ([Digest]).
    public final long digest() {
        return digest;
    }

    /// The sum of the fingerprints of a bucket's entries.
    public final long digest(int bucket) {
        return digests[bucket % digests.length];
    }

    /// The same sum as [#digest()], recomputed from the entries; for tests and for an operator in doubt.
    public final long recomputedDigest() {
        long sum = 0;
        for (int slot = next(0); slot != MISSING; slot = next(slot + 1)) {
            sum += entry(slot).digest();
        }
        return sum;
    }

    /// Entries refused because every slot was taken.
    public final long refusedFull() {
        return refusedFull;
    }

    /// Entries refused because every place for their key in an index was taken.
    public final long refusedProbes() {
        return refusedProbes;
    }

    /// Memory of all slots, in bytes.
    public final long bytes() {
        return records.byteSize() + linkBytes + indexBytes();
    }

    /// @param outbound  the second index, if any
    /// @param max       lookups at a time
    protected final Lookups lookups(SlotIndex inbound, SlotIndex outbound, int max) {
        return new Lookups(this, inbound, outbound, max);
    }

    /// Begins a lookup.
    protected final int add(
            Lookups lookups, boolean isOutbound, long clientHi, long clientLo, long addresses, long ports) {
        return lookups.add(
                isOutbound, hash(clientHi, clientLo, addresses, ports), clientHi, clientLo, addresses, ports);
    }

    /// Reads a slot's links ahead.
    final void addLinks(ReadAhead reads, int slot) {
        reads.add(lists.address(slot));
    }

    /// Reads ahead what the removal of a slot changes, besides its record and its links, which are in the caches.
    void addLinked(ReadAhead reads, int slot) {
        lists.addNeighbours(reads, slot);
    }

    final long recordAddress(int slot) {
        return records.address() + (long) Objects.checkIndex(slot, capacity) * recordBytes;
    }

    final void addDigest(int bucket, long change) {
        digest += change;
        digests[bucket % digests.length] += change;
    }

    protected final void moveToList(int slot, int from, int to) {
        lists.remove(from + 1, slot);
        lists.add(to + 1, slot);
    }

    /// An unused slot, or [#FULL].
    protected final int takeSlot() {
        if (freed >= 0) {
            int slot = freed;
            freed = entry(slot).nextFreed();
            return slot;
        }
        return fresh < capacity ? fresh++ : FULL;
    }

    /// Frees a slot, so that [#takeSlot] can return it.
    protected final void giveBack(int slot) {
        entry(slot).clear(freed);
        freed = slot;
    }

    /// Counts and lists an entry that is in the indexes.
    protected final void enlist(int slot, int real) {
        size++;
        entry(slot).changed(0);
        lists.add(real + 1, slot);
    }

    /// The reverse of [#enlist].
    protected final void strike(int slot, int real) {
        size--;
        var leaving = entry(slot);
        addDigest(leaving.bucket(), -leaving.digest());
        lists.remove(real + 1, slot);
    }

    protected final int refuseFull() {
        refusedFull++;
        return FULL;
    }

    protected final int refuseProbes() {
        refusedProbes++;
        return FULL;
    }

    /// The hash of a key for an index.
    protected final long hash(long clientHi, long clientLo, long addresses, long ports) {
        return width == Width.IPV4 ? hashes.of(addresses, ports) : hashes.of(clientHi, clientLo, addresses, ports);
    }

    protected final void requireFit(long clientHi, long clientLo) {
        if (!width.holds(clientHi, clientLo)) {
            throw new IllegalArgumentException("a table of " + width + " cannot hold the client "
                    + Long.toHexString(clientHi) + ":" + Long.toHexString(clientLo));
        }
    }

    /// Handles an entry whose time has ended.
    ///
    /// @return whether to arm it again
    protected boolean due(int slot, long now) {
        expired.expired(slot, now);
        return isLive(slot) && !wheel.isArmed(slot); // its slot may hold another entry by now, which is armed
    }

    private final class Timed implements TimerWheel.Owner {
        /// An unused slot is due as soon as the wheel reaches it.
        @Override
        public long expiresAt(int slot) {
            var entry = entry(slot);
            return entry.isLive() ? entry.expiresAt() : Long.MIN_VALUE;
        }

        @Override
        public boolean due(int slot, long now) {
            return SlotTable.this.due(slot, now);
        }
    }
}
