package holdfast.service;

import holdfast.conf.Configuration;
import holdfast.conf.DrainMode;
import holdfast.conf.ForwardingMethod;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Every real server that is configured or still referred to, as flat columns under a stable id.
///
/// An id stands for (protocol, VIP, port of the service, address, port of the real server). It stays with that tuple
/// when the configuration drops the real server, so that connections and templates of a real server which comes back
/// work again (IPVS-REF 3.9); it is given to another tuple only when the table is full and nothing refers to it.
/// A *forgotten* real server does not come back: while entries refer to its id, another id is given to the tuple.
/// The tables of connections and templates keep the counters, so a counter is always the number of entries.
/// Owned by the datapath thread; another thread may read the counters and sees values of some moment ago.
public final class RealServerTable {
    /// No real server.
    public static final int NONE = -1;

    private static final int MAX = 1 << 16; // a template keeps an id in 16 bits
    private static final int AVAILABLE = 1;
    private static final int OVERLOAD = 2;
    private static final int UNREACHABLE = 4;
    private static final int FORGOTTEN = 8;
    private static final long SECOND = 1_000_000_000L;

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
    private final int[] upperThreshold;
    private final int[] lowerThreshold;
    private final @Nullable DrainMode[] drain;
    private final long[] drainEndsAt;
    private final int[] configuredWeight;
    private final @Nullable DrainMode[] configuredDrain;
    private final long[] configuredDrainS;
    private final long[] configuredDrainEndsAt;
    private final Traffic traffic;

    /// Open addressing over ids plus one; at most half full, so a probe ends soon. Its keys come from an operator or
    /// from an authenticated peer, so the hash needs no secret.
    private final int[] index;

    private int size;

    /// @param max  most ids at once; the memory for all of them is taken here, about 300 bytes for each
    public RealServerTable(int max) {
        if (max < 1 || max > MAX) {
            throw new IllegalArgumentException("a table of " + max + " real servers is not within 1 to " + MAX);
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
        upperThreshold = new int[max];
        lowerThreshold = new int[max];
        drain = new DrainMode[max];
        drainEndsAt = new long[max];
        configuredWeight = new int[max];
        configuredDrain = new DrainMode[max];
        configuredDrainS = new long[max];
        configuredDrainEndsAt = new long[max];
        traffic = new Traffic(max);
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
        int before = forgotten(protocol, virtualAddress, virtualPort, address, port);
        int id = before != NONE && isUnused(before) ? before : unusedId();
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
        if (before == NONE) {
            lastWeight[id] = 0;
            traffic.reset(id);
        } else { // its like keeps the sums (IPVS-REF 3.9)
            lastWeight[id] = lastWeight[before];
            traffic.copy(before, id);
        }
        agentPercent[id] = 100;
        flags[id] = 0;
        upperThreshold[id] = 0;
        lowerThreshold[id] = 0;
        drain[id] = null;
        configuredDrain[id] = null;
        configuredWeight[id] = 0;
        configuredDrainS[id] = 0;
        addToIndex(id);
        return id;
    }

    private int unusedId() {
        return size < max() ? size++ : recycled();
    }

    /// Takes over what the configuration says; the real server is available again if it was not. The deadline of a
    /// drain runs from when it is first said.
    ///
    /// @param now  monotonic ns
    void configure(int id, int service, Configuration.RealServer real, long now) {
        var mode = real.drain().map(Configuration.Drain::mode).orElse(null);
        long deadlineS = real.drain().map(Configuration.Drain::deadlineS).orElse(0L);
        boolean isSaidAgain = isAvailable(id)
                && configuredWeight[id] == 0
                && configuredDrain[id] == mode
                && configuredDrainS[id] == deadlineS;
        if (!isSaidAgain) {
            configuredDrainEndsAt[id] = now + deadlineS * SECOND;
        }
        configuredWeight[id] = real.weight();
        configuredDrain[id] = mode;
        configuredDrainS[id] = deadlineS;
        this.service[id] = service;
        restore(id);
        method[id] = real.method();
        boolean isRaised = real.upperThreshold() > upperThreshold[id];
        flags[id] = AVAILABLE | (flags[id] & UNREACHABLE) | (isRaised ? 0 : flags[id] & OVERLOAD); // IPVS-REF 4.8
        upperThreshold[id] = real.upperThreshold();
        lowerThreshold[id] = real.lowerThreshold();
        judgeLoad(id);
    }

    /// Makes edited thresholds hold for the connections that are there, and not only from the next one on.
    private void judgeLoad(int id) {
        int total = active[id] + inactive[id];
        if (isAtUpperThreshold(id, total)) {
            flags[id] |= OVERLOAD;
        } else if (isRelieved(id, total)) {
            flags[id] &= ~OVERLOAD;
        }
    }

    /// The configuration has dropped it: its connections stay, and revive when it comes back.
    void retire(int id) {
        flags[id] &= ~AVAILABLE;
    }

    /// Lets none of those that the configuration has dropped come back: what refers to one is void from now on, also
    /// when its like is added again before the last entry is taken out (`expire_nodest_conn`, IPVS-REF 1.7).
    public void forgetRemoved() {
        boolean isAny = false;
        for (int id = 0; id < size; id++) {
            if (isRemoved(id) && !isForgotten(id)) {
                flags[id] |= FORGOTTEN;
                isAny = true;
            }
        }
        if (isAny) {
            rebuildIndexWithout(NONE);
        }
    }

    /// Gives it no new clients from now on, until [#restore] or the next configuration.
    ///
    /// @param mode    null for what the director does by default at each moment
    /// @param endsAt  monotonic ns; for UNTIL_DEADLINE
    public void quiesce(int id, @Nullable DrainMode mode, long endsAt) {
        weight[id] = 0;
        drain[id] = mode;
        drainEndsAt[id] = endsAt;
    }

    /// Gives it the weight and the drain that it is configured with, in place of those of [#quiesce].
    public void restore(int id) {
        weight[id] = configuredWeight[id];
        if (weight[id] != 0) {
            lastWeight[id] = weight[id];
        }
        drain[id] = configuredDrain[id];
        drainEndsAt[id] = configuredDrainEndsAt[id];
    }

    /// What the configuration says of it, with the weight and the drain that it has at this moment.
    Configuration.RealServer present(int id, Configuration.RealServer configured) {
        return new Configuration.RealServer(
                configured.address(),
                configured.port(),
                weight[id],
                configured.method(),
                configured.upperThreshold(),
                configured.lowerThreshold(),
                Optional.ofNullable(drain[id]).map(mode -> new Configuration.Drain(mode, 0)));
    }

    /// How it is emptied while its weight is 0; null for what the director does by default.
    public @Nullable DrainMode drain(int id) {
        return drain[id];
    }

    /// Seconds from its quiescing on after which UNTIL_DEADLINE ends what is left, as configured.
    public long configuredDrainS(int id) {
        return configuredDrainS[id];
    }

    /// When UNTIL_DEADLINE ends what is left, in monotonic ns.
    public long drainEndsAt(int id) {
        return drainEndsAt[id];
    }

    /// Whether sticky clients still come to it: always but while it is drained otherwise, or removed.
    ///
    /// @param expireQuiescentTemplate  what applies to those without a drain mode of their own
    public boolean keepsClients(int id, boolean expireQuiescentTemplate) {
        if (!isAvailable(id)) {
            return false;
        }
        return weight[id] != 0 || (drain[id] == null ? !expireQuiescentTemplate : drain[id] == DrainMode.KEEP_ALL);
    }

    /// Whether a drain says that nothing of it may be left now.
    public boolean isToBeEmptied(int id, long now) {
        return weight[id] == 0
                && (drain[id] == DrainMode.NOW
                        || (drain[id] == DrainMode.UNTIL_DEADLINE && now - drainEndsAt[id] >= 0));
    }

    /// Packets, bytes and connections, by id.
    public Traffic traffic() {
        return traffic;
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

    /// The virtual port in the key of this real server's templates.
    public int templatePort(int id) {
        return Services.templatePort(virtualPort[id]);
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

    /// Whether the configuration had it once, but no longer.
    public boolean isRemoved(int id) {
        return !isAvailable(id) && service[id] != Services.NONE;
    }

    /// Whether it was removed and does not come back; see [#forgetRemoved].
    public boolean isForgotten(int id) {
        return (flags[id] & FORGOTTEN) != 0;
    }

    /// Whether two ids stand for the same tuple, of which one at least is forgotten.
    public boolean isAlike(int id, int other) {
        return is(id, protocol[other], virtualAddress[other], virtualPort[other], address[other], port[other]);
    }

    /// Whether schedulers pass it over because it holds as many connections as it may.
    public boolean isOverloaded(int id) {
        return (flags[id] & OVERLOAD) != 0;
    }

    public void overloaded(int id, boolean overloaded) {
        flags[id] = overloaded ? flags[id] | OVERLOAD : flags[id] & ~OVERLOAD;
    }

    /// Whether schedulers pass it over while others are there, because nothing gets to its host.
    public boolean isUnreachable(int id) {
        return (flags[id] & UNREACHABLE) != 0;
    }

    public void unreachable(int id, boolean unreachable) {
        flags[id] = unreachable ? flags[id] | UNREACHABLE : flags[id] & ~UNREACHABLE;
    }

    /// Connections from which on it gets no new ones; 0 for no bound.
    public int upperThreshold(int id) {
        return upperThreshold[id];
    }

    /// Connections below which it gets new ones again; 0 for three quarters of the upper one.
    public int lowerThreshold(int id) {
        return lowerThreshold[id];
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

    /// A connection has become active or inactive, which leaves their sum, and so the thresholds, alone.
    public void connectionMoved(int id, boolean isInactive) {
        if (id != NONE) {
            active[id] += isInactive ? -1 : 1;
            inactive[id] += isInactive ? 1 : -1;
        }
    }

    /// A template is now this real server's; for the template table.
    public void templateBound(int id) {
        persistent[id]++;
    }

    /// The reverse of [#templateBound].
    public void templateUnbound(int id) {
        persistent[id]--;
    }

    private void count(int id, boolean isInactive, int change) {
        if (id == NONE) {
            return;
        }
        var counter = isInactive ? inactive : active;
        counter[id] += change;
        int total = active[id] + inactive[id];
        if (change > 0 && isAtUpperThreshold(id, total)) {
            flags[id] |= OVERLOAD;
        } else if (change < 0 && isRelieved(id, total)) {
            flags[id] &= ~OVERLOAD;
        }
    }

    private boolean isAtUpperThreshold(int id, int total) {
        return upperThreshold[id] != 0 && total >= upperThreshold[id];
    }

    /// IPVS-REF 4.8.
    private boolean isRelieved(int id, int total) {
        if (lowerThreshold[id] != 0) {
            return total < lowerThreshold[id];
        }
        return upperThreshold[id] == 0 || 4L * total < 3L * upperThreshold[id];
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
            if (!isAvailable(id) && isUnused(id)) {
                rebuildIndexWithout(id);
                return id;
            }
        }
        return NONE;
    }

    private boolean isUnused(int id) {
        return active[id] + inactive[id] + persistent[id] == 0;
    }

    /// A forgotten one of this tuple, which nothing refers to where there is such a one; [#NONE] where there is none.
    private int forgotten(int protocol, int virtualAddress, int virtualPort, int address, int port) {
        int found = NONE;
        for (int id = 0; id < size; id++) {
            if (isForgotten(id) && is(id, protocol, virtualAddress, virtualPort, address, port)) {
                found = id;
                if (isUnused(id)) {
                    return id;
                }
            }
        }
        return found;
    }

    private void rebuildIndexWithout(int gone) {
        Arrays.fill(index, 0);
        for (int id = 0; id < size; id++) {
            if (id != gone && !isForgotten(id)) {
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
