package holdfast.conn;

import holdfast.service.RealServerTable;
import java.lang.foreign.SegmentAllocator;

/// Every connection of one worker: one record for each, and two indexes, one for each direction (IPVS-REF 4.1).
///
/// In a full table a connection takes at most 96 bytes of memory, and 112 with a wide client:
///
///     record (see Conn)         64      one cache line; 80 with a wide client
///     inbound index              7.2    a ninth of a bucket of 64 bytes
///     outbound index             7.2
///     timer wheel links          8      4 + 4; together with the next, apart from the record
///     links of the real server   8      4 + 4
///                               ----
///                               94.3    94.6 from 16.7 M connections on; wide 110.3 and 110.6
///
/// In addition there is a fixed part that does not grow with the table: the wheel's buckets, a list head for each real
/// server and the last buckets of each index.
///
/// The table updates the counters of active and inactive connections in the [RealServerTable] and its own digest, so
/// they always match the entries.
public final class ConnTable extends SlotTable {
    private final Inbound inbound; // by its own type, so that a search knows which keys it compares
    private final Outbound outbound;
    private final Conn conn;

    /// A table of IPv4.
    ///
    /// @param capacity  most connections at once
    /// @param now       start of the timers, in monotonic ns
    /// @param memory    gives zeroed memory that lives as long as the table
    public ConnTable(int capacity, RealServerTable reals, FlowHash hashes, long now, SegmentAllocator memory) {
        this(Width.IPV4, capacity, reals, hashes, now, memory);
    }

    /// @param capacity  most connections at once
    /// @param now       start of the timers, in monotonic ns
    /// @param memory    gives zeroed memory that lives as long as the table
    public ConnTable(
            Width width, int capacity, RealServerTable reals, FlowHash hashes, long now, SegmentAllocator memory) {
        super(width, capacity, Conn.LAYOUT, reals, hashes, now, memory);
        inbound = new Inbound(memory);
        outbound = new Outbound(memory);
        conn = new Conn(this);
    }

    /// A view for this table's connections, without a position.
    public Conn view() {
        return new Conn(this);
    }

    /// The connection of a packet of an IPv4 client, or [#MISSING].
    public int find(int protocol, int clientAddress, int clientPort, int virtualAddress, int virtualPort) {
        return find(protocol, 0, clientAddress & 0xffffffffL, clientPort, virtualAddress, virtualPort);
    }

    /// The connection of a client's packet, or [#MISSING].
    public int find(int protocol, long clientHi, long clientLo, int clientPort, int virtualAddress, int virtualPort) {
        long addresses = Key.addresses((int) clientLo, virtualAddress);
        long ports = Key.ports(protocol, clientPort, virtualPort);
        return inbound.find(hash(clientHi, clientLo, addresses, ports), clientHi, clientLo, addresses, ports);
    }

    /// Lookups made together, `max` at a time.
    public Lookups lookups(int max) {
        return lookups(inbound, outbound, max);
    }

    /// Begins a lookup like [#find].
    ///
    /// @return its number, or [Lookups#NONE] if there is no room for more
    public int add(
            Lookups lookups,
            int protocol,
            long clientHi,
            long clientLo,
            int clientPort,
            int virtualAddress,
            int virtualPort) {
        return add(
                lookups,
                false,
                clientHi,
                clientLo,
                Key.addresses((int) clientLo, virtualAddress),
                Key.ports(protocol, clientPort, virtualPort));
    }

    /// Begins a lookup like [#findOutbound].
    public int addOutbound(
            Lookups lookups,
            int protocol,
            int sourceAddress,
            int sourcePort,
            long clientHi,
            long clientLo,
            int clientPort) {
        return add(
                lookups,
                true,
                clientHi,
                clientLo,
                Key.addresses((int) clientLo, sourceAddress),
                Key.ports(protocol, clientPort, sourcePort));
    }

    /// The connection of a reply to an IPv4 client, or [#MISSING].
    public int findOutbound(int protocol, int sourceAddress, int sourcePort, int clientAddress, int clientPort) {
        return findOutbound(protocol, sourceAddress, sourcePort, 0, clientAddress & 0xffffffffL, clientPort);
    }

    /// The connection of a reply, or [#MISSING]. The source of a reply is the real server for NAT and the virtual
    /// address for other methods; its destination is the client. If one client port reaches one real server by NAT
    /// through two virtual addresses, its replies are ambiguous, and one of the two connections is found, as in
    /// IPVS.
    public int findOutbound(
            int protocol, int sourceAddress, int sourcePort, long clientHi, long clientLo, int clientPort) {
        long addresses = Key.addresses((int) clientLo, sourceAddress);
        long ports = Key.ports(protocol, clientPort, sourcePort);
        return outbound.find(hash(clientHi, clientLo, addresses, ports), clientHi, clientLo, addresses, ports);
    }

    /// Inserts a connection of an IPv4 client, like the wide form.
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
        return insert(
                protocol,
                0,
                clientAddress & 0xffffffffL,
                clientPort,
                virtualAddress,
                virtualPort,
                realAddress,
                realPort,
                flags,
                service,
                real,
                expiresAt);
    }

    /// Inserts a new connection in state 0, without a template, with version 0, and arms its timer.
    ///
    /// @param flags      [ConnFlags]; [ConnFlags#initial] for a new connection
    /// @param service    id, or [holdfast.service.Services#NONE]
    /// @param real       id, or [RealServerTable#NONE] if the real server is not known here
    /// @param expiresAt  monotonic ns
    /// @return its slot, or [#FULL], which is counted
    /// @throws IllegalArgumentException if the client is wider than the table
    public int insert(
            int protocol,
            long clientHi,
            long clientLo,
            int clientPort,
            int virtualAddress,
            int virtualPort,
            int realAddress,
            int realPort,
            int flags,
            int service,
            int real,
            long expiresAt) {
        requireFit(clientHi, clientLo);
        int slot = takeSlot();
        if (slot == FULL) {
            return refuseFull();
        }
        long ports = Key.ports(protocol, clientPort, virtualPort);
        conn.at(slot)
                .fill(
                        clientHi,
                        clientLo,
                        virtualAddress,
                        ports,
                        realAddress,
                        realPort,
                        flags,
                        service,
                        real,
                        expiresAt);
        if (!addToIndexes(slot)) {
            giveBack(slot);
            return refuseProbes();
        }
        enlist(slot, real);
        reals.connectionBound(real, conn.isInactive());
        wheel.arm(slot, expiresAt);
        return slot;
    }

    /// Removes a connection. The caller releases its template, if it has one.
    public void remove(int slot) {
        conn.at(slot);
        requireLive(slot);
        strike(slot, conn.real()); // before the indexes, whose branches are unpredictable: reads all at once
        if (wheel.isArmed(slot)) { // not while its own expiry is being reported
            wheel.disarm(slot);
        }
        long inboundHash = inbound.hash(slot); // both before either index, whose branches are unpredictable
        long outboundHash = outbound.hash(slot);
        inbound.remove(slot, inboundHash);
        outbound.remove(slot, outboundHash);
        reals.connectionUnbound(conn.real(), conn.isInactive());
        giveBack(slot);
    }

    @Override
    protected Conn entry(int slot) {
        return conn.at(slot);
    }

    @Override
    protected long indexBytes() {
        return inbound.bytes() + outbound.bytes();
    }

    @Override
    void addLinked(ReadAhead reads, int slot) {
        super.addLinked(reads, slot);
        wheel.addNeighbours(reads, slot);
        reads.add(outbound.address(outbound.hash(slot)));
    }

    private boolean addToIndexes(int slot) {
        long inboundHash = inbound.hash(slot);
        long outboundHash = outbound.hash(slot);
        if (!inbound.add(slot, inboundHash)) {
            return false;
        }
        if (!outbound.add(slot, outboundHash)) {
            inbound.remove(slot, inboundHash);
            return false;
        }
        return true;
    }

    private void requireLive(int slot) {
        if (!conn.isLive()) {
            throw new IllegalStateException("slot " + slot + " holds no connection");
        }
    }

    private final class Inbound extends SlotIndex {
        private final Conn candidate = new Conn(ConnTable.this);

        Inbound(SegmentAllocator memory) {
            super(capacity(), memory);
        }

        @Override
        protected boolean matches(int slot, long clientHi, long clientLo, long addresses, long ports) {
            return candidate.at(slot).isInbound(clientHi, clientLo, addresses, ports);
        }

        @Override
        protected long hash(int slot) {
            candidate.at(slot);
            return ConnTable.this.hash(
                    candidate.clientHi(), candidate.clientLo(), candidate.inboundAddresses(), candidate.inboundPorts());
        }
    }

    private final class Outbound extends SlotIndex {
        private final Conn candidate = new Conn(ConnTable.this);

        Outbound(SegmentAllocator memory) {
            super(capacity(), memory);
        }

        @Override
        protected boolean matches(int slot, long clientHi, long clientLo, long addresses, long ports) {
            return candidate.at(slot).isOutbound(clientHi, clientLo, addresses, ports);
        }

        @Override
        protected long hash(int slot) {
            candidate.at(slot);
            return ConnTable.this.hash(
                    candidate.clientHi(),
                    candidate.clientLo(),
                    candidate.outboundAddresses(),
                    candidate.outboundPorts());
        }
    }
}
