package holdfast.conn;

import holdfast.service.RealServerTable;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/// Every connection of one worker: records that never move, under a slot number that stays the same while the
/// connection lives, and two indexes, one for each direction (IPVS-REF 4.1).
///
/// The memory of one connection, when the table is full, is at most 96 bytes:
///
///     record (see Conn)         64      one cache line
///     inbound index              7      7/4 places of 4 bytes
///     outbound index             7
///     timer wheel links          6      3 + 3; 4 + 4 from 16.7 M connections on
///     links of the real server   6      3 + 3; likewise
///                               --
///                               90      94 from 16.7 M connections on
///
/// Besides, a fixed part that does not grow with the table: the wheel's buckets and a list head for each real server.
///
/// The table keeps the counters of active and inactive connections in the [RealServerTable] and its own digest, so they
/// always agree with the entries. Only the datapath thread uses it, even to read. After the constructor nothing is
/// allocated.
public final class ConnTable {
    /// What [#insert] answers when there is no room.
    public static final int FULL = -1;

    /// No slot: not found, or no further one.
    public static final int MISSING = SlotIndex.MISSING;

    final MemorySegment records;
    final RealServerTable reals;
    final TimerWheel wheel;

    private final FlowHash hashes;
    private final SlotIndex inbound;
    private final SlotIndex outbound;
    private final SlotLists lists;
    private final int capacity;
    private final Conn conn; // only inside one operation, never across a callback

    private int size;
    private int fresh; // slots from here on have never been used
    private int freed = -1; // the first slot of a chain of freed ones
    private long digest;
    private long refusedFull;
    private long refusedProbes;
    private Expired expired = (_, _) -> {};

    /// @param capacity  most connections at once
    /// @param now       from which the timers run, in monotonic ns
    /// @param memory    gives zeroed memory that lives as long as the table
    public ConnTable(int capacity, RealServerTable reals, FlowHash hashes, long now, SegmentAllocator memory) {
        if (capacity < 1 || capacity > 1 << 27) {
            throw new IllegalArgumentException("a table of " + capacity + " connections is not within 1 to 134217728");
        }
        this.capacity = capacity;
        this.reals = reals;
        this.hashes = hashes;
        records = memory.allocate((long) capacity * Conn.BYTES, Conn.BYTES);
        inbound = new Inbound(memory);
        outbound = new Outbound(memory);
        lists = new SlotLists(reals.max() + 1, capacity, memory);
        wheel = new TimerWheel(new Timed(), capacity, true, now, memory);
        conn = new Conn(this);
    }

    /// A view to be moved over this table's connections, where none stands yet.
    public Conn view() {
        return new Conn(this);
    }

    /// The connection that a client's packet belongs to, or [#MISSING].
    public int find(int protocol, int clientAddress, int clientPort, int virtualAddress, int virtualPort) {
        long addresses = Key.addresses(clientAddress, virtualAddress);
        long ports = Key.ports(protocol, clientPort, virtualPort);
        return inbound.find(hashes.of(addresses, ports), addresses, ports);
    }

    /// The connection that a reply belongs to, or [#MISSING]: its source is the real server for NAT, the virtual
    /// address for the other methods, and its destination the client. Where one client port goes to one real server
    /// by NAT through two virtual addresses, replies cannot be told apart, and one of the two is found, as in IPVS.
    public int findOutbound(int protocol, int sourceAddress, int sourcePort, int clientAddress, int clientPort) {
        long addresses = Key.addresses(clientAddress, sourceAddress);
        long ports = Key.ports(protocol, clientPort, sourcePort);
        return outbound.find(hashes.of(addresses, ports), addresses, ports);
    }

    /// Puts a connection in that is not in yet, in state 0, without a template, with version 0, and arms its timer.
    ///
    /// @param flags      [ConnFlags]; [ConnFlags#initial] for a new connection
    /// @param service    id, or [holdfast.service.Services#NONE]
    /// @param real       id, or [RealServerTable#NONE] where the real server is not known here
    /// @param expiresAt  monotonic ns
    /// @return its slot, or [#FULL], which is counted
    public int insert(
            int protocol,
            int clientAddress,
            int clientPort,
            int virtualAddress,
            int virtualPort,
            int realAddress,
            int realPort,
            int flags,
            int service,
            int real,
            long expiresAt) {
        int slot = takeSlot();
        if (slot == FULL) {
            refusedFull++;
            return FULL;
        }
        conn.at(slot)
                .fill(
                        Key.addresses(clientAddress, virtualAddress),
                        Key.ports(protocol, clientPort, virtualPort),
                        realAddress,
                        realPort,
                        flags,
                        service,
                        real,
                        expiresAt);
        if (!addToIndexes(slot)) {
            giveBack(slot);
            refusedProbes++;
            return FULL;
        }
        size++;
        digest += conn.digest();
        lists.add(real + 1, slot);
        reals.connectionBound(real, conn.isInactive());
        wheel.arm(slot, expiresAt);
        return slot;
    }

    /// Takes a connection out. Its template, if it has one, is the caller's to release first.
    public void remove(int slot) {
        conn.at(slot);
        requireLive(slot);
        inbound.remove(slot);
        outbound.remove(slot);
        if (wheel.isArmed(slot)) { // not while its own expiry is being reported
            wheel.disarm(slot);
        }
        lists.remove(conn.real() + 1, slot);
        reals.connectionUnbound(conn.real(), conn.isInactive());
        digest -= conn.digest();
        size--;
        giveBack(slot);
    }

    /// Reports connections whose time is up, looking at no more than `budget` of them.
    ///
    /// @return how many were looked at; as many as the budget when there may be more
    public int advance(long now, int budget, Expired expired) {
        this.expired = expired;
        return wheel.advance(now, budget);
    }

    /// The first slot in use at or after `cursor`, or [#MISSING]. A loop over all meets every connection that is there
    /// from its beginning to its end, whatever comes and goes meanwhile.
    public int next(int cursor) {
        for (int slot = cursor; slot < fresh; slot++) {
            if (isLive(slot)) {
                return slot;
            }
        }
        return MISSING;
    }

    /// The first connection of a real server (or of [RealServerTable#NONE]), or [#MISSING].
    public int firstOf(int real) {
        return lists.first(real + 1);
    }

    /// The one after a connection among those of the same real server, or [#MISSING]; ask before removing it.
    public int nextOf(int slot) {
        return lists.next(slot);
    }

    public boolean isLive(int slot) {
        return conn.at(slot).isLive();
    }

    public int size() {
        return size;
    }

    public int capacity() {
        return capacity;
    }

    /// The sum of the fingerprints of all connections ([Digest]).
    public long digest() {
        return digest;
    }

    /// The same, computed anew from the entries; for tests and for an operator who doubts.
    public long recomputedDigest() {
        long sum = 0;
        for (int slot = next(0); slot != MISSING; slot = next(slot + 1)) {
            sum += conn.at(slot).digest();
        }
        return sum;
    }

    /// Connections refused because every slot was taken.
    public long refusedFull() {
        return refusedFull;
    }

    /// Connections refused because every place of their key in an index was taken.
    public long refusedProbes() {
        return refusedProbes;
    }

    /// Memory taken for all slots, in bytes.
    public long bytes() {
        return records.byteSize() + inbound.bytes() + outbound.bytes() + wheel.bytes() + lists.bytes();
    }

    void addDigest(long change) {
        digest += change;
    }

    void moveToList(int slot, int from, int to) {
        lists.remove(from + 1, slot);
        lists.add(to + 1, slot);
    }

    private boolean addToIndexes(int slot) {
        if (!inbound.add(slot)) {
            return false;
        }
        if (!outbound.add(slot)) {
            inbound.remove(slot);
            return false;
        }
        return true;
    }

    private int takeSlot() {
        if (freed >= 0) {
            int slot = freed;
            freed = conn.at(slot).nextFreed();
            return slot;
        }
        return fresh < capacity ? fresh++ : FULL;
    }

    private void giveBack(int slot) {
        conn.at(slot).clear(freed);
        freed = slot;
    }

    private void requireLive(int slot) {
        if (!conn.isLive()) {
            throw new IllegalStateException("slot " + slot + " holds no connection");
        }
    }

    private final class Inbound extends SlotIndex {
        private final Conn candidate = new Conn(ConnTable.this);

        Inbound(SegmentAllocator memory) {
            super(capacity, memory);
        }

        @Override
        protected boolean matches(int slot, long addresses, long ports) {
            candidate.at(slot);
            return candidate.inboundAddresses() == addresses && candidate.inboundPorts() == ports;
        }

        @Override
        protected long hash(int slot) {
            candidate.at(slot);
            return hashes.of(candidate.inboundAddresses(), candidate.inboundPorts());
        }
    }

    private final class Outbound extends SlotIndex {
        private final Conn candidate = new Conn(ConnTable.this);

        Outbound(SegmentAllocator memory) {
            super(capacity, memory);
        }

        @Override
        protected boolean matches(int slot, long addresses, long ports) {
            candidate.at(slot);
            return candidate.outboundAddresses() == addresses && candidate.outboundPorts() == ports;
        }

        @Override
        protected long hash(int slot) {
            candidate.at(slot);
            return hashes.of(candidate.outboundAddresses(), candidate.outboundPorts());
        }
    }

    private final class Timed implements TimerWheel.Owner {
        private final Conn due = new Conn(ConnTable.this);

        @Override
        public long expiresAt(int slot) {
            return due.at(slot).expiresAt();
        }

        @Override
        public boolean due(int slot, long now) {
            expired.expired(slot, now);
            return due.at(slot).isLive()
                    && !wheel.isArmed(slot); // its slot may hold another one by now, which is armed
        }
    }
}
