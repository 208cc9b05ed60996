package holdfast.service;

import holdfast.conf.ForwardingMethod;
import java.util.Arrays;

/// Every real server that is configured or still referred to, as flat columns under a stable id.
///
/// An id stands for (protocol, VIP, port of the service, address, port of the real server). It stays with that tuple
/// when the configuration drops the real server, so that connections and templates of a real server which comes back
/// work again (IPVS-REF 3.9); it is given to another tuple only when the table is full and nothing refers to it.
/// The tables of connections and templates keep the counters, so a counter is always the number of entries.
/// Owned by the datapath thread; another thread may read the counters and sees values of some moment ago.
public final class RealServerTable {
    /// No real server.
    public static final int NONE = -1;

    private static final int AVAILABLE = 1;
    private static final int OVERLOAD = 2;

    private final int[] protocol;
    private final int[] virtualAddress;
    private final int[] virtualPort;
    private final int[] address;
    private final int[] port;
    private final int[] service;
    private final ForwardingMethod[] method;
    private final int[] weight;
    private final int[] lastWeight;
    private final byte[] agentPercent;
    private final int[] flags;
    private final int[] active;
    private final int[] inactive;
    private final int[] persistent;
    private final long[] connections;
    private final long[] packetsIn;
    private final long[] bytesIn;
    private final long[] packetsOut;
    private final long[] bytesOut;

    /// Open addressing over ids plus one; at most half full, so a probe ends soon. Its keys come from an operator or
    /// from an authenticated peer, so the hash needs no secret.
    private final int[] index;

    private int size;

    /// @param max  most ids at once; the memory for all of them is taken here, about 130 bytes for each
    public RealServerTable(int max) {
        if (max < 1 || max > 1 << 20) {
            throw new IllegalArgumentException("a table of " + max + " real servers is not within 1 to 1048576");
        }
        protocol = new int[max];
        virtualAddress = new int[max];
        virtualPort = new int[max];
        address = new int[max];
        port = new int[max];
        service = new int[max];
        method = new ForwardingMethod[max];
        weight = new int[max];
        lastWeight = new int[max];
        agentPercent = new byte[max];
        flags = new int[max];
        active = new int[max];
        inactive = new int[max];
        persistent = new int[max];
        connections = new long[max];
        packetsIn = new long[max];
        bytesIn = new long[max];
        packetsOut = new long[max];
        bytesOut = new long[max];
        index = new int[Integer.highestOneBit(max) << 2];
    }

    /// Most ids at once.
    public int max() {
        return address.length;
    }

    /// One more than the highest id in use.
    public int size() {
        return size;
    }

    /// The id of a real server, or [#NONE].
    ///
    /// @param virtualPort  port of the *service*: 0 for a port-0 service
    public int find(int protocol, int virtualAddress, int virtualPort, int address, int port) {
        int at = home(protocol, virtualAddress, virtualPort, address, port);
        while (index[at] != 0) {
            int id = index[at] - 1;
            if (is(id, protocol, virtualAddress, virtualPort, address, port)) {
                return id;
            }
            at = (at + 1) & (index.length - 1);
        }
        return NONE;
    }

    /// The id of a real server, which becomes known, not available and without a service if it was not known before:
    /// what a standby does with a template of a real server that it has not configured (yet).
    /// [#NONE] when the table is full of real servers that are referred to.
    public int intern(int protocol, int virtualAddress, int virtualPort, int address, int port) {
        int known = find(protocol, virtualAddress, virtualPort, address, port);
        if (known != NONE) {
            return known;
        }
        int id = size < max() ? size++ : recycled();
        if (id == NONE) {
            return NONE;
        }
        this.protocol[id] = protocol;
        this.virtualAddress[id] = virtualAddress;
        this.virtualPort[id] = virtualPort;
        this.address[id] = address;
        this.port[id] = port;
        service[id] = Services.NONE;
        method[id] = ForwardingMethod.NAT;
        weight[id] = 0;
        lastWeight[id] = 0;
        agentPercent[id] = 100;
        flags[id] = 0;
        connections[id] = 0;
        resetTraffic(id);
        addToIndex(id);
        return id;
    }

    /// Takes over what the configuration says; the real server is available again if it was not.
    void configure(int id, int service, int weight, ForwardingMethod method) {
        this.service[id] = service;
        this.weight[id] = weight;
        if (weight != 0) {
            lastWeight[id] = weight;
        }
        this.method[id] = method;
        flags[id] = AVAILABLE;
    }

    /// The configuration has dropped it: its connections stay, and revive when it comes back.
    void retire(int id) {
        flags[id] &= ~AVAILABLE;
    }

    void resetTraffic(int id) {
        packetsIn[id] = 0;
        bytesIn[id] = 0;
        packetsOut[id] = 0;
        bytesOut[id] = 0;
    }

    /// The id of the service, which may itself be dropped by now; [Services#NONE] when none was ever configured.
    public int service(int id) {
        return service[id];
    }

    /// Protocol number of the service.
    public int protocol(int id) {
        return protocol[id];
    }

    /// Virtual address of the service.
    public int virtualAddress(int id) {
        return virtualAddress[id];
    }

    /// Port of the service; 0 for a port-0 service.
    public int virtualPort(int id) {
        return virtualPort[id];
    }

    /// The virtual port in the key of this real server's templates: the service's own, but 0 for FTP (IPVS-REF 3.3).
    public int templatePort(int id) {
        return virtualPort[id] == Services.FTP ? 0 : virtualPort[id];
    }

    public int address(int id) {
        return address[id];
    }

    /// As configured; 0 keeps the packet's port.
    public int port(int id) {
        return port[id];
    }

    public ForwardingMethod method(int id) {
        return method[id];
    }

    /// 0 quiesces.
    public int weight(int id) {
        return weight[id];
    }

    /// The last weight that was not 0; 0 when it never had one (IPVS-REF 2.4).
    public int lastWeight(int id) {
        return lastWeight[id];
    }

    /// What its agent says it can take, in percent of its weight; 100 where no agent has spoken.
    public int agentPercent(int id) {
        return agentPercent[id];
    }

    /// @param percent  0 to 100; 0 keeps new connections away from it where the scheduler asks for it
    public void agentPercent(int id, int percent) {
        if (percent < 0 || percent > 100) {
            throw new IllegalArgumentException("an agent cannot say " + percent + " percent");
        }
        agentPercent[id] = (byte) percent;
    }

    /// Whether the configuration has it now.
    public boolean isAvailable(int id) {
        return (flags[id] & AVAILABLE) != 0;
    }

    /// Whether schedulers pass it over because it holds as many connections as it may.
    public boolean isOverloaded(int id) {
        return (flags[id] & OVERLOAD) != 0;
    }

    public void overloaded(int id, boolean overloaded) {
        flags[id] = overloaded ? flags[id] | OVERLOAD : flags[id] & ~OVERLOAD;
    }

    /// Connections in an active state (IPVS-REF 4.3).
    public int active(int id) {
        return active[id];
    }

    public int inactive(int id) {
        return inactive[id];
    }

    /// Templates, unfindable ones included.
    public int persistent(int id) {
        return persistent[id];
    }

    /// A connection is now this real server's; for the connection table. Nothing happens for [#NONE].
    public void connectionBound(int id, boolean isInactive) {
        count(id, isInactive, 1);
    }

    /// The reverse of [#connectionBound].
    public void connectionUnbound(int id, boolean isInactive) {
        count(id, isInactive, -1);
    }

    /// A template is now this real server's; for the template table.
    public void templateBound(int id) {
        persistent[id]++;
    }

    /// The reverse of [#templateBound].
    public void templateUnbound(int id) {
        persistent[id]--;
    }

    /// Counts a connection that was scheduled here; the worker's, once for each new connection (IPVS-REF 1.4).
    public void countConnection(int id) {
        connections[id]++;
    }

    /// @param bytes  of the IP packet with its header
    public void countIn(int id, int packets, long bytes) {
        packetsIn[id] += packets;
        bytesIn[id] += bytes;
    }

    public void countOut(int id, int packets, long bytes) {
        packetsOut[id] += packets;
        bytesOut[id] += bytes;
    }

    /// Connections ever scheduled here.
    public long connections(int id) {
        return connections[id];
    }

    public long packetsIn(int id) {
        return packetsIn[id];
    }

    public long bytesIn(int id) {
        return bytesIn[id];
    }

    public long packetsOut(int id) {
        return packetsOut[id];
    }

    public long bytesOut(int id) {
        return bytesOut[id];
    }

    private void count(int id, boolean isInactive, int change) {
        if (id == NONE) {
            return;
        }
        var counter = isInactive ? inactive : active;
        counter[id] += change;
    }

    private boolean is(int id, int protocol, int virtualAddress, int virtualPort, int address, int port) {
        return this.address[id] == address
                && this.port[id] == port
                && this.virtualAddress[id] == virtualAddress
                && this.virtualPort[id] == virtualPort
                && this.protocol[id] == protocol;
    }

    /// An id that nothing needs any more, taken out of the index; [#NONE] when there is none.
    private int recycled() {
        for (int id = 0; id < size; id++) {
            if (!isAvailable(id) && active[id] + inactive[id] + persistent[id] == 0) {
                rebuildIndexWithout(id);
                return id;
            }
        }
        return NONE;
    }

    private void rebuildIndexWithout(int gone) {
        Arrays.fill(index, 0);
        for (int id = 0; id < size; id++) {
            if (id != gone) {
                addToIndex(id);
            }
        }
    }

    private void addToIndex(int id) {
        int at = home(protocol[id], virtualAddress[id], virtualPort[id], address[id], port[id]);
        while (index[at] != 0) {
            at = (at + 1) & (index.length - 1);
        }
        index[at] = id + 1;
    }

    private int home(int protocol, int virtualAddress, int virtualPort, int address, int port) {
        long hash = ((long) virtualAddress << 32 | (address & 0xffffffffL)) * 0x9e3779b97f4a7c15L;
        hash = (hash ^ hash >>> 32 ^ (long) virtualPort << 24 ^ (long) port << 8 ^ protocol) * 0x9e3779b97f4a7c15L;
        return (int) (hash >>> 40) & (index.length - 1);
    }
}
