package holdfast.service;

import holdfast.conf.Configuration;
import holdfast.conf.DrainMode;
import holdfast.conf.ForwardingMethod;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Every real server that is configured or still referred to, as flat columns under a stable id.
///
/// An id identifies (protocol, VIP, port of the service, address, port of the real server). It keeps that tuple when
/// the configuration drops the real server, so that its connections and templates work again when it returns (IPVS-REF
/// 3.9). Another tuple gets the id only if the table is full and no entry refers to it. A *forgotten* real server does
/// not return: while entries refer to its id, the tuple gets another id.
///
/// The tables of connections and templates update the counters, so a counter always equals the number of entries. Owned
/// by the datapath thread; another thread may read the counters and sees slightly old values.
public final class RealServerTable {
    /// No real server.
    public static final int NONE = -1;

    private static final int MAX = 1 << 16; // a template stores an id in 16 bits
    private static final int AVAILABLE = 1;
    private static final int OVERLOAD = 2;
    private static final int UNREACHABLE = 4;
    private static final int FORGOTTEN = 8;
    private static final int BY_HAND = 16;
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

    /// Open addressing over ids plus one; at most half full, so a probe ends soon. Its keys come from an operator
    /// or from an authenticated peer, so the hash needs no secret.
    private final int[] index;

    private int size;

    /// @param max  most ids at once; allocates memory for all of them, about 300 bytes each
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

    /// The id of a real server. An unknown server gets a new id, not available and without a service: a standby
    /// does this for a template of a real server that it has not configured (yet). [#NONE] if the table is full of
    /// real servers that are referred to.
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
        } else { // a server of the same tuple keeps the sums (IPVS-REF 3.9)
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

    /// Applies the configuration; the real server becomes available. The deadline of a drain counts from the first
    /// configuration that has it.
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
        if (!isByHand(id)) {
            restore(id);
        }
        method[id] = real.method();
        boolean isRaised = real.upperThreshold() > upperThreshold[id];
        flags[id] = AVAILABLE
                | (flags[id] & (UNREACHABLE | BY_HAND))
                | (isRaised ? 0 : flags[id] & OVERLOAD); // IPVS-REF 4.8
        upperThreshold[id] = real.upperThreshold();
        lowerThreshold[id] = real.lowerThreshold();
        judgeLoad(id);
    }

    /// Applies edited thresholds to the present connections, and not only from the next one on.
    private void judgeLoad(int id) {
        int total = active[id] + inactive[id];
        if (isAtUpperThreshold(id, total)) {
            flags[id] |= OVERLOAD;
        } else if (isRelieved(id, total)) {
            flags[id] &= ~OVERLOAD;
        }
    }

    /// The configuration has dropped it: its connections stay, and revive when it returns.
    void retire(int id) {
        flags[id] &= ~(AVAILABLE | BY_HAND);
    }

    /// Forgets every real server that the configuration has dropped: entries that refer to one are void from now
    /// on, even if the same tuple is added again before the last entry is removed (`expire_nodest_conn`, IPVS-REF
    /// 1.7).
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

    /// Gives it no new clients from now on, until [#restore].
    ///
    /// @param mode    null to follow the director's default at each moment
    /// @param endsAt  monotonic ns; for UNTIL_DEADLINE
    public void quiesce(int id, @Nullable DrainMode mode, long endsAt) {
        flags[id] |= BY_HAND;
        weight[id] = 0;
        drain[id] = mode;
        drainEndsAt[id] = endsAt;
    }

    /// Restores its configured weight and drain after [#quiesce].
    public void restore(int id) {
        flags[id] &= ~BY_HAND;
        weight[id] = configuredWeight[id];
        if (weight[id] != 0) {
            lastWeight[id] = weight[id];
        }
        drain[id] = configuredDrain[id];
        drainEndsAt[id] = configuredDrainEndsAt[id];
    }

    /// Whether [#quiesce] has set its weight and drain, and not its configuration.
    public boolean isByHand(int id) {
        return (flags[id] & BY_HAND) != 0;
    }

    /// Its weight when it is not drained by hand.
    int configuredWeight(int id) {
        return configuredWeight[id];
    }

    /// Its configuration, with its present weight and drain.
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

    /// Its drain mode while its weight is 0; null for the director's default.
    public @Nullable DrainMode drain(int id) {
        return drain[id];
    }

    /// Its drain mode in the configuration; null for the director's default.
    public @Nullable DrainMode configuredDrain(int id) {
        return configuredDrain[id];
    }

    /// Seconds after quiescing at which UNTIL_DEADLINE ends the remaining connections, as configured.
    public long configuredDrainS(int id) {
        return configuredDrainS[id];
    }

    /// When UNTIL_DEADLINE ends the remaining connections, in monotonic ns.
    public long drainEndsAt(int id) {
        return drainEndsAt[id];
    }

    /// Whether it keeps its sticky clients: always, unless its drain mode moves them or it was removed.
    ///
    /// @param expireQuiescentTemplate  the default for servers without a drain mode of their own
    public boolean keepsClients(int id, boolean expireQuiescentTemplate) {
        if (!isAvailable(id)) {
            return false;
        }
        return weight[id] != 0 || (drain[id] == null ? !expireQuiescentTemplate : drain[id] == DrainMode.KEEP_ALL);
    }

    /// Whether a drain requires all its entries to end now.
    public boolean isToBeEmptied(int id, long now) {
        return weight[id] == 0
                && (drain[id] == DrainMode.NOW
                        || (drain[id] == DrainMode.UNTIL_DEADLINE && now - drainEndsAt[id] >= 0));
    }

    /// Packets, bytes and connections, by id.
    public Traffic traffic() {
        return traffic;
    }

    /// The id of the service, which may itself have been dropped; [Services#NONE] if none was ever configured.
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
        return portOfTemplates(virtualPort[id]);
    }

    /// The port in the key of a service's templates: the service's own, but 0 for FTP (IPVS-REF 3.3).
    public static int portOfTemplates(int virtualPort) {
        return virtualPort == Services.FTP ? 0 : virtualPort;
    }

    public int address(int id) {
        return address[id];
    }

    /// As configured; 0 uses the packet's port.
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

    /// The last weight that was not 0; 0 if it never had one (IPVS-REF 2.4).
    public int lastWeight(int id) {
        return lastWeight[id];
    }

    /// The part of its weight that its agent reports it can take, in percent; 100 without a report.
    public int agentPercent(int id) {
        return agentPercent[id];
    }

    /// @param percent  0 to 100; 0 gives it no new connections if the scheduler uses agents
    public void agentPercent(int id, int percent) {
        if (percent < 0 || percent > 100) {
            throw new IllegalArgumentException("an agent cannot say " + percent + " percent");
        }
        agentPercent[id] = (byte) percent;
    }

    /// Whether the present configuration has it.
    public boolean isAvailable(int id) {
        return (flags[id] & AVAILABLE) != 0;
    }

    /// Whether an earlier configuration had it and the present one has not.
    public boolean isRemoved(int id) {
        return !isAvailable(id) && service[id] != Services.NONE;
    }

    /// Whether it was removed and will not return; see [#forgetRemoved].
    public boolean isForgotten(int id) {
        return (flags[id] & FORGOTTEN) != 0;
    }

    /// Whether two ids have the same tuple, and at least one of them is forgotten.
    public boolean isAlike(int id, int other) {
        return is(id, protocol[other], virtualAddress[other], virtualPort[other], address[other], port[other]);
    }

    /// Whether schedulers skip it because it has reached its threshold.
    public boolean isOverloaded(int id) {
        return (flags[id] & OVERLOAD) != 0;
    }

    /// Sets whether it has reached its threshold.
    public void overloaded(int id, boolean overloaded) {
        flags[id] = overloaded ? flags[id] | OVERLOAD : flags[id] & ~OVERLOAD;
    }

    /// Whether schedulers skip it while others are there, because its host cannot be reached.
    public boolean isUnreachable(int id) {
        return (flags[id] & UNREACHABLE) != 0;
    }

    /// Sets whether its host cannot be reached.
    public void unreachable(int id, boolean unreachable) {
        flags[id] = unreachable ? flags[id] | UNREACHABLE : flags[id] & ~UNREACHABLE;
    }

    /// Connections at which it gets no new ones; 0 for no bound.
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

    /// Connections in an inactive state (IPVS-REF 4.3).
    public int inactive(int id) {
        return inactive[id];
    }

    /// Templates, unfindable ones included.
    public int persistent(int id) {
        return persistent[id];
    }

    /// Counts a new connection of this real server; for the connection table. Does nothing for [#NONE].
    public void connectionBound(int id, boolean isInactive) {
        count(id, isInactive, 1);
    }

    /// The reverse of [#connectionBound].
    public void connectionUnbound(int id, boolean isInactive) {
        count(id, isInactive, -1);
    }

    /// A connection has become active or inactive; their sum, which the thresholds use, does not change.
    public void connectionMoved(int id, boolean isInactive) {
        if (id != NONE) {
            active[id] += isInactive ? -1 : 1;
            inactive[id] += isInactive ? 1 : -1;
        }
    }

    /// Counts a new template of this real server; for the template table.
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

    /// An unused id, removed from the index; [#NONE] if there is none.
    private int recycled() {
        for (int id = 0; id < size; id++) {
            if (!isAvailable(id) && isUnused(id)) {
                rebuildIndexWithout(id);
                return id;
            }
        }
        return NONE;
    }

    /// Takes the services out of a set whose real servers have connections or templates.
    void removeUsedServices(BitSet services) {
        for (int id = 0; id < size; id++) {
            if (service[id] != Services.NONE && !isUnused(id)) {
                services.clear(service[id]);
            }
        }
    }

    private boolean isUnused(int id) {
        return active[id] + inactive[id] + persistent[id] == 0;
    }

    /// A forgotten id of this tuple, preferably one that no entry refers to; [#NONE] if there is none.
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
