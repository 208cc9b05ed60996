package holdfast.service;

import holdfast.conf.Configuration;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.Protocol;
import holdfast.conf.RearmPolicy;
import holdfast.conf.ServiceKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The virtual services of one configuration, found by a packet's destination.
///
/// An immutable snapshot: a new configuration makes a new snapshot over the same [RealServerTable]. Ids of services and
/// of real servers are the same in every snapshot; a service that was dropped keeps its id and is no longer found.
/// Another
/// one gets that id only if no new one is left and no entry refers to it.
/// Build it on the datapath thread, because it marks real servers in the table.
public final class Services {
    /// No service.
    public static final int NONE = -1;

    /// The port of FTP, for IPVS's special rules.
    public static final int FTP = 21;

    private static final int FTP_DATA = 20;
    private static final Configuration.ClientLimit NO_LIMIT = new Configuration.ClientLimit(0, 0);
    private static final int UNPRIVILEGED_PORTS = 1024;

    /// Most services, with dropped ones whose connections or templates are left.
    public static final int MAX = 4096;

    /// The row of [#traffic] with the sums over all services.
    public static final int ALL = MAX;

    private record Entry(
            Configuration.Service service,
            boolean isConfigured,
            long timeoutS,
            int netmask,
            int prefixLength,
            RearmPolicy rearm,
            boolean hasEngine,
            Configuration.ClientLimit clientLimit,
            RealServers reals) {
        ServiceKey key() {
            return service.key();
        }
    }

    private final RealServerTable table;
    private final Traffic traffic;
    private final Entry[] entries;
    private final long[] keys; // open addressing, at most half full; 0 is empty, since a protocol or a mark is not 0
    private final int[] ids;
    private final boolean hasFtp;
    private final boolean hasPortZero;
    private final long[] natServers; // sorted

    /// No services: a director's initial state.
    public Services(RealServerTable table) {
        this(table, new Traffic(MAX + 1), new Entry[0]);
    }

    private Services(RealServerTable table, Traffic traffic, Entry[] entries) {
        this.table = table;
        this.traffic = traffic;
        this.entries = entries;
        keys = new long[Integer.highestOneBit(Math.max(1, entries.length)) << 2];
        ids = new int[keys.length];
        boolean ftp = false;
        boolean portZero = false;
        for (int id = 0; id < entries.length; id++) {
            if (entries[id].isConfigured) {
                add(entries[id].key(), id);
                ftp |= entries[id].key().port() == FTP;
                portZero |= entries[id].key().port() == 0;
            }
        }
        hasFtp = ftp;
        hasPortZero = portZero;
        natServers = natServers();
    }

    /// The snapshot of a new configuration. Real servers in both keep their place in the list; new ones precede
    /// them, the last one of the file first. Real servers that `wanted` lacks are retired in the table.
    ///
    /// @param now  monotonic ns, the start of drain deadlines
    /// @throws IllegalStateException if there is no room for another service or real server
    public Services rebuild(List<Configuration.Service> wanted, long now) {
        var next = new ArrayList<>(List.of(entries));
        var idsByKey = new HashMap<ServiceKey, Integer>();
        for (int id = 0; id < entries.length; id++) {
            idsByKey.put(entries[id].key(), id);
            next.set(id, retired(entries[id]));
        }
        BitSet dropped = null;
        for (var service : wanted) {
            var known = idsByKey.get(service.key());
            int id = known != null ? known : next.size();
            if (id == MAX) {
                dropped = dropped == null ? dropped(wanted) : dropped;
                id = firstOf(dropped, service.key());
            }
            var before = known == null ? null : entries[id];
            if (before == null || !before.isConfigured) {
                traffic.reset(id); // another service object under the same key counts from 0 (IPVS-REF 3.9)
            }
            var entry = configured(service, id, before, now);
            if (id < next.size()) {
                next.set(id, entry);
            } else {
                next.add(entry);
            }
        }
        retireRealsMissingFrom(next);
        return new Services(table, traffic, next.toArray(Entry[]::new));
    }

    private static int firstOf(BitSet dropped, ServiceKey key) {
        int id = dropped.nextSetBit(0);
        if (id < 0) {
            throw new IllegalStateException("no room for service " + key + ": there are " + MAX
                    + ", with dropped ones that still have connections or templates");
        }
        dropped.clear(id);
        return id;
    }

    /// The ids of services that an earlier snapshot had, that are not wanted again, and to which no entry refers.
    private BitSet dropped(List<Configuration.Service> wanted) {
        var free = new BitSet();
        var keys = wanted.stream().map(Configuration.Service::key).collect(Collectors.toSet());
        for (int id = 0; id < entries.length; id++) {
            free.set(id, !entries[id].isConfigured && !keys.contains(entries[id].key()));
        }
        table.removeUsedServices(free);
        return free;
    }

    /// The service of a flow, or [#NONE]: that of its mark first, then as [#find(int,int,int)].
    public int find(Flow flow) {
        return find(flow.mark(), flow.protocol(), flow.virtualAddress(), flow.virtualPort());
    }

    private int find(int mark, int protocol, int address, int port) {
        int marked = mark == 0 ? NONE : exactly(Protocol.MARK.number(), mark, 0);
        return marked == NONE ? find(protocol, address, port) : marked;
    }

    /// The service of a packet, or [#NONE]: the exact destination; else, for TCP to port 20 or to an unprivileged
    /// port, the FTP service of its address; else the port-0 service of its address (IPVS-REF 2.1).
    public int find(int protocol, int address, int port) {
        int exact = exactly(protocol, address, port);
        if (exact != NONE) {
            return exact;
        }
        if (hasFtp && protocol == Protocol.TCP.number() && (port == FTP_DATA || port >= UNPRIVILEGED_PORTS)) {
            int ftp = exactly(protocol, address, FTP);
            if (ftp != NONE) {
                return ftp;
            }
        }
        return hasPortZero ? exactly(protocol, address, 0) : NONE;
    }

    /// The service of another director's connection, or [#NONE].
    ///
    /// @param mark  of its service, or 0
    public int serviceOfConnection(int mark, int protocol, int virtualAddress, int virtualPort) {
        return find(mark, protocol, virtualAddress, virtualPort);
    }

    /// The real server of another director's connection, or [RealServerTable#NONE]. Such a connection is forwarded
    /// all the same (IPVS-REF 1.2).
    ///
    /// @param service  a value of [#serviceOfConnection]
    public int realOfConnection(int service, int address, int port) {
        return service == NONE ? RealServerTable.NONE : realOf(service, address, port);
    }

    /// The real server of another director's template. A server that is not configured here gets an id too, as not
    /// available, so that the template is kept and revives with its real server. [RealServerTable#NONE] only if the
    /// table is full.
    ///
    /// @param templatePort  the virtual port of the template's key
    public int realOfTemplate(int protocol, int virtualAddress, int templatePort, int address, int port) {
        int real = table.find(protocol, virtualAddress, templatePort, address, port);
        if (real == RealServerTable.NONE && templatePort == 0) {
            real = table.find(protocol, virtualAddress, FTP, address, port);
        }
        return real == RealServerTable.NONE
                ? table.intern(protocol, virtualAddress, templatePort, address, port)
                : real;
    }

    /// Whether a packet without a connection comes from a NAT real server (IPVS-REF 1.9, step 7).
    public boolean isNatServer(int protocol, int address, int port) {
        return Arrays.binarySearch(natServers, packed(protocol, address, port)) >= 0
                || Arrays.binarySearch(natServers, packed(Protocol.MARK.number(), address, port)) >= 0;
    }

    /// One more than the highest id of a service.
    public int size() {
        return entries.length;
    }

    /// Whether this snapshot's configuration has the service; a dropped service keeps its id.
    public boolean isConfigured(int service) {
        return entries[service].isConfigured;
    }

    public ServiceKey key(int service) {
        return entries[service].service.key();
    }

    /// Its last configuration, with the real servers of that time.
    public Configuration.Service configured(int service) {
        return entries[service].service;
    }

    /// The limits for each client of the service; zeros for no bound.
    public Configuration.ClientLimit clientLimit(int service) {
        return entries[service].clientLimit;
    }

    /// Id of the configured service with a key, or [#NONE].
    public int idOf(ServiceKey key) {
        int id = exactly(key.protocol().number(), key.address().bits(), key.port());
        return id != NONE && entries[id].isConfigured ? id : NONE;
    }

    /// Its last configuration, with the present weights and drains of its real servers.
    public Configuration.Service present(int service) {
        var configured = entries[service].service;
        var reals = new ArrayList<Configuration.RealServer>();
        for (var real : configured.realServers()) {
            int id = realOf(service, real.address().bits(), real.port());
            reals.add(id == RealServerTable.NONE ? real : table.present(id, real));
        }
        return new Configuration.Service(
                configured.key(),
                configured.scheduler(),
                configured.flags(),
                configured.persistence(),
                configured.onePacket(),
                configured.clientLimit(),
                reals);
    }

    /// Whether each datagram of the service is a connection by itself (IPVS-REF 1.12).
    public boolean isOnePacket(int service) {
        return entries[service].service.onePacket();
    }

    /// Whether a persistence engine identifies its clients.
    public boolean hasEngine(int service) {
        return entries[service].hasEngine;
    }

    /// Whether the service has persistence.
    public boolean isPersistent(int service) {
        return entries[service].timeoutS != 0;
    }

    /// Persistence timeout in seconds, up to 2^32-1; 0 for a service without persistence.
    public long timeoutS(int service) {
        return entries[service].timeoutS;
    }

    /// The bits of a client's address that count for its templates.
    public int netmask(int service) {
        return entries[service].netmask;
    }

    /// The number of leading bits of an IPv6 client's address that count for its templates.
    public int prefixLength(int service) {
        return entries[service].prefixLength;
    }

    /// How the timers of a service's templates restart; IPVS's policy for [#NONE].
    public RearmPolicy rearm(int service) {
        return service == NONE ? RearmPolicy.IPVS : entries[service].rearm;
    }

    /// Packets, bytes and connections by service, and for [#ALL] of them.
    public Traffic traffic() {
        return traffic;
    }

    /// Newest first. The same object as in the previous snapshot if no server was added, dropped or edited.
    public RealServers reals(int service) {
        return entries[service].reals;
    }

    /// The real servers of a new service before its first one is added.
    public RealServers nobody() {
        return new ConfiguredReals(table, new int[0]);
    }

    /// The table of real servers that all snapshots share.
    public RealServerTable table() {
        return table;
    }

    private int realOf(int service, int address, int port) {
        var key = entries[service].key();
        int protocol = key.protocol().number();
        int real = table.find(protocol, key.address().bits(), key.port(), address, port);
        return real != RealServerTable.NONE
                ? real
                : table.find(protocol, key.address().bits(), key.port(), address, 0);
    }

    private Entry retired(Entry entry) {
        return new Entry(
                entry.service,
                false,
                entry.timeoutS,
                entry.netmask,
                entry.prefixLength,
                entry.rearm,
                entry.hasEngine,
                entry.clientLimit,
                new ConfiguredReals(table, new int[0]));
    }

    private Entry configured(Configuration.Service service, int id, @Nullable Entry before, long now) {
        boolean isRevived = before != null && !before.isConfigured;
        boolean isEdited =
                before == null || before.reals.count() != service.realServers().size();
        var wanted = new LinkedHashSet<Integer>();
        for (var real : service.realServers()) {
            int realId = idOf(service.key(), real);
            isEdited |= before == null
                    || before.reals.positionOf(realId) < 0
                    || table.configuredWeight(realId) != real.weight()
                    || table.method(realId) != real.method();
            table.configure(realId, id, real, now);
            if (isRevived) {
                table.traffic().reset(realId); // as for the service
            }
            wanted.add(realId);
        }
        return new Entry(
                service,
                true,
                service.persistence().map(Configuration.Persistence::timeoutS).orElse(0L),
                service.persistence().map(Configuration.Persistence::netmask).orElse(-1),
                service.persistence()
                        .map(Configuration.Persistence::prefixLength)
                        .orElse(128),
                service.persistence().map(Configuration.Persistence::rearm).orElse(RearmPolicy.IPVS),
                service.persistence().flatMap(Configuration.Persistence::engine).isPresent(),
                service.clientLimit().orElse(NO_LIMIT),
                before != null && !isEdited ? before.reals : new ConfiguredReals(table, order(wanted, before)));
    }

    private long[] natServers() {
        var servers = new TreeSet<Long>();
        for (var entry : entries) {
            for (int i = 0; i < entry.reals.count(); i++) {
                int id = entry.reals.id(i);
                if (table.method(id) == ForwardingMethod.NAT) {
                    servers.add(packed(entry.key().protocol().number(), table.address(id), table.port(id)));
                }
            }
        }
        return servers.stream().mapToLong(Long::longValue).toArray();
    }

    /// Kept servers in their order, preceded by new ones, the last one of the file first.
    private static int[] order(Set<Integer> wanted, @Nullable Entry before) {
        var order = new ArrayList<Integer>();
        if (before != null) {
            for (int i = 0; i < before.reals.count(); i++) {
                if (wanted.remove(before.reals.id(i))) {
                    order.add(before.reals.id(i));
                }
            }
        }
        wanted.forEach(realId -> order.add(0, realId));
        return order.stream().mapToInt(Integer::intValue).toArray();
    }

    private int idOf(ServiceKey key, Configuration.RealServer real) {
        int id = table.intern(
                key.protocol().number(),
                key.address().bits(),
                key.port(),
                real.address().bits(),
                real.port());
        if (id == RealServerTable.NONE) {
            throw new IllegalStateException("no room for real server " + real.address() + ":" + real.port() + " of "
                    + key + ": the table holds " + table.max() + ", each configured or still in use");
        }
        return id;
    }

    private void retireRealsMissingFrom(List<Entry> next) {
        for (int id = 0; id < entries.length; id++) {
            for (int i = 0; i < entries[id].reals.count(); i++) {
                int real = entries[id].reals.id(i);
                if (next.get(id).reals.positionOf(real) < 0) {
                    table.retire(real);
                }
            }
        }
    }

    private int exactly(int protocol, int address, int port) {
        long key = packed(protocol, address, port);
        int at = home(key);
        while (keys[at] != 0) {
            if (keys[at] == key) {
                return ids[at];
            }
            at = (at + 1) & (keys.length - 1);
        }
        return NONE;
    }

    private void add(ServiceKey service, int id) {
        long key = packed(service.protocol().number(), service.address().bits(), service.port());
        int at = home(key);
        while (keys[at] != 0) {
            at = (at + 1) & (keys.length - 1);
        }
        keys[at] = key;
        ids[at] = id;
    }

    private int home(long key) {
        return (int) ((key * 0x9e3779b97f4a7c15L) >>> 40) & (keys.length - 1);
    }

    private static long packed(int protocol, int address, int port) {
        return (long) address << 32 | (long) port << 8 | protocol;
    }
}
