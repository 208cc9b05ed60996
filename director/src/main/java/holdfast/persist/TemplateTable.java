package holdfast.persist;

import holdfast.conn.Expired;
import holdfast.conn.FlowHash;
import holdfast.conn.Key;
import holdfast.conn.SlotIndex;
import holdfast.conn.SlotLists;
import holdfast.conn.TimerWheel;
import holdfast.service.RealServerTable;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/// Every persistence template: which real server each client (network) goes to, under a slot number that stays the same
/// while the template lives. It is found by (protocol, masked client, virtual address, virtual port), of which all but
/// the client are those of its real server ([RealServerTable#templatePort]).
///
/// The memory of one template, when the table is full, is at most 48 bytes:
///
///     record (see Template)     32
///     index                      7      7/4 places of 4 bytes
///     timer wheel link           3      4 from 16.7 M templates on
///     links of the real server   6      3 + 3; likewise 4 + 4
///                               --
///                               48
///
/// The wheel has one link only and cannot let go of a slot before its time. So a template that is removed early leaves
/// its slot *lingering*: not in use, but still in the wheel, until the wheel comes to it or a new template that expires
/// no sooner takes it over with its place in the wheel.
///
/// An *invalid* template (IPVS-REF 3.5) is out of the index and of the digest, but stays listed and keeps counting its
/// connections until its timer ends; a standby never has one.
///
/// Only the datapath thread uses it, even to read. After the constructor nothing is allocated.
public final class TemplateTable {
    /// What [#insert] answers when there is no room.
    public static final int FULL = -1;

    /// No slot: not found, or no further one.
    public static final int MISSING = SlotIndex.MISSING;

    private static final int LINGERING = 0; // the list before those of the real servers

    final MemorySegment records;
    final RealServerTable reals;

    private final FlowHash hashes;
    private final SlotIndex index;
    private final SlotLists lists;
    private final TimerWheel wheel;
    private final int capacity;
    private final Template template; // only inside one operation, never across a callback

    private int size;
    private int lingering;
    private int fresh; // slots from here on have never been used
    private int freed = -1; // the first slot of a chain of freed ones
    private long digest;
    private long refusedFull;
    private long refusedProbes;
    private Expired expired = (_, _) -> {};

    /// @param capacity  most templates at once
    /// @param now       from which the timers run, in monotonic ns
    /// @param memory    gives zeroed memory that lives as long as the table
    public TemplateTable(int capacity, RealServerTable reals, FlowHash hashes, long now, SegmentAllocator memory) {
        if (capacity < 1 || capacity > 1 << 27) {
            throw new IllegalArgumentException("a table of " + capacity + " templates is not within 1 to 134217728");
        }
        this.capacity = capacity;
        this.reals = reals;
        this.hashes = hashes;
        records = memory.allocate((long) capacity * Template.BYTES, Template.BYTES);
        index = new Index(memory);
        lists = new SlotLists(reals.max() + 1, capacity, memory);
        wheel = new TimerWheel(new Timed(), capacity, false, now, memory);
        template = new Template(this);
    }

    /// A view to be moved over this table's templates, where none stands yet.
    public Template view() {
        return new Template(this);
    }

    /// The valid template of a client, or [#MISSING].
    ///
    /// @param client  masked
    public int find(int protocol, int client, int virtualAddress, int virtualPort) {
        long addresses = Key.addresses(client, virtualAddress);
        long ports = Key.ports(protocol, 0, virtualPort);
        return index.find(hashes.of(addresses, ports), addresses, ports);
    }

    /// Puts a template in that is not in yet, valid, not assured, controlling nothing, with version 0, and arms its
    /// timer.
    ///
    /// @param client     masked
    /// @param real       id, which gives the rest of the key
    /// @param timeoutS   seconds, up to 2^32-1
    /// @param expiresAt  monotonic ns; kept in whole ms, rounded up
    /// @return its slot, or [#FULL], which is counted
    public int insert(int client, int real, long timeoutS, long expiresAt) {
        int slot = takeSlot(expiresAt);
        if (slot == FULL) {
            refusedFull++;
            return FULL;
        }
        template.at(slot).fill(client, real, timeoutS, expiresAt);
        if (!index.add(slot)) {
            giveBack(slot);
            refusedProbes++;
            return FULL;
        }
        size++;
        digest += template.digest();
        lists.add(real + 1, slot);
        reals.templateBound(real);
        if (!wheel.isArmed(slot)) {
            wheel.arm(slot, expiresAt);
        }
        return slot;
    }

    /// Takes a template out that controls no connection.
    public void remove(int slot) {
        template.at(slot);
        if (!template.isLive() || template.controlled() != 0) {
            throw new IllegalStateException("slot " + slot + " holds no template that could be removed: live="
                    + template.isLive() + " controlled=" + template.controlled());
        }
        unfind(slot);
        lists.remove(template.real() + 1, slot);
        reals.templateUnbound(template.real());
        size--;
        giveBack(slot);
    }

    /// Makes a template unfindable; it stays until its timer ends (IPVS-REF 3.5). Its version is void from here on:
    /// do not announce its end when it comes, because another template may have the key by then.
    public void invalidate(int slot) {
        template.at(slot);
        unfind(slot);
        template.markInvalid();
    }

    /// Reports templates whose time is up, looking at no more than `budget` of them.
    ///
    /// @return how many were looked at; as many as the budget when there may be more
    public int advance(long now, int budget, Expired expired) {
        this.expired = expired;
        return wheel.advance(now, budget);
    }

    /// The first slot in use at or after `cursor`, or [#MISSING]. A loop over all meets every template that is there
    /// from its beginning to its end, whatever comes and goes meanwhile; invalid ones too.
    public int next(int cursor) {
        for (int slot = cursor; slot < fresh; slot++) {
            if (isLive(slot)) {
                return slot;
            }
        }
        return MISSING;
    }

    /// The first template of a real server, or [#MISSING].
    public int firstOf(int real) {
        return lists.first(real + 1);
    }

    /// The one after a template among those of the same real server, or [#MISSING]; ask before removing it.
    public int nextOf(int slot) {
        return lists.next(slot);
    }

    public boolean isLive(int slot) {
        return template.at(slot).isLive();
    }

    /// Templates in use, invalid ones included.
    public int size() {
        return size;
    }

    /// Slots that are not in use but still in the wheel, so that not every new template can have them yet.
    public int lingering() {
        return lingering;
    }

    public int capacity() {
        return capacity;
    }

    /// The sum of the fingerprints of all valid templates ([Digest]).
    public long digest() {
        return digest;
    }

    /// The same, computed anew from the entries; for tests and for an operator who doubts.
    public long recomputedDigest() {
        long sum = 0;
        for (int slot = next(0); slot != MISSING; slot = next(slot + 1)) {
            sum += template.at(slot).isInvalid() ? 0 : template.digest();
        }
        return sum;
    }

    /// Templates refused because every slot was taken.
    public long refusedFull() {
        return refusedFull;
    }

    /// Templates refused because every place of their key in the index was taken.
    public long refusedProbes() {
        return refusedProbes;
    }

    /// Memory taken for all slots, in bytes.
    public long bytes() {
        return records.byteSize() + index.bytes() + wheel.bytes() + lists.bytes();
    }

    void addDigest(long change) {
        digest += change;
    }

    void moveToReal(int slot, int from, int to) {
        lists.remove(from + 1, slot);
        lists.add(to + 1, slot);
        reals.templateUnbound(from);
        reals.templateBound(to);
    }

    /// Takes the template that the view stands on out of index and digest, unless it is out already.
    private void unfind(int slot) {
        if (!template.isInvalid()) {
            index.remove(slot);
            digest -= template.digest();
        }
    }

    private int takeSlot(long expiresAt) {
        if (freed >= 0) {
            int slot = freed;
            freed = template.at(slot).nextFreed();
            return slot;
        }
        if (fresh < capacity) {
            return fresh++;
        }
        return takeLingering(expiresAt);
    }

    /// A slot that still stands in the wheel, not later than `expiresAt`. Only the one left last is tried, because a
    /// search would have no bound, and templates of one timeout fit into each other's slots always.
    private int takeLingering(long expiresAt) {
        int slot = lists.first(LINGERING);
        if (slot == MISSING || template.at(slot).expiresAt() > expiresAt) {
            return FULL;
        }
        leaveLingering(slot);
        return slot;
    }

    private void giveBack(int slot) {
        if (wheel.isArmed(slot)) {
            template.at(slot).clear();
            lists.add(LINGERING, slot);
            lingering++;
        } else {
            free(slot);
        }
    }

    private void leaveLingering(int slot) {
        lists.remove(LINGERING, slot);
        lingering--;
    }

    private void free(int slot) {
        template.at(slot).clear(freed);
        freed = slot;
    }

    private final class Index extends SlotIndex {
        private final Template candidate = new Template(TemplateTable.this);

        Index(SegmentAllocator memory) {
            super(capacity, memory);
        }

        @Override
        protected boolean matches(int slot, long addresses, long ports) {
            candidate.at(slot);
            return candidate.client() == (int) (addresses >>> 32)
                    && candidate.addresses() == addresses
                    && candidate.ports() == ports;
        }

        @Override
        protected long hash(int slot) {
            candidate.at(slot);
            return hashes.of(candidate.addresses(), candidate.ports());
        }
    }

    private final class Timed implements TimerWheel.Owner {
        private final Template due = new Template(TemplateTable.this);

        @Override
        public long expiresAt(int slot) {
            return due.at(slot).expiresAt();
        }

        @Override
        public boolean due(int slot, long now) {
            if (!due.at(slot).isLive()) {
                leaveLingering(slot);
                free(slot);
                return false;
            }
            expired.expired(slot, now);
            return due.at(slot).isLive()
                    && !wheel.isArmed(slot); // its slot may hold another one by now, which is armed
        }
    }
}
