package holdfast.service;

import holdfast.conf.Configuration;
import holdfast.conf.Protocol;
import holdfast.conf.SchedulerFlag;
import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The virtual services of one configuration, found by a packet's destination.
///
/// A snapshot whose shape never changes: a new configuration makes a new snapshot over the same [RealServerTable].
/// Ids of services and of real servers are the same in every snapshot; a service that was dropped keeps its id and is
/// no longer found. Build it on the datapath thread, because it marks real servers in the table.
public final class Services {
    /// No service.
    public static final int NONE = -1;

    /// The port that stands for FTP wherever a rule of IPVS treats it apart.
    public static final int FTP = 21;

    private static final int FTP_DATA = 20;
    private static final int UNPRIVILEGED_PORTS = 1024;

    private record Entry(
            ServiceKey key,
            boolean isConfigured,
            SchedulerName scheduler,
            Set<SchedulerFlag> flags,
            long timeoutS,
            int netmask,
            RealServers reals) {}

    private final RealServerTable table;
    private final Entry[] entries;
    private final long[] keys; // open addressing, at most half full; 0 is empty, since a protocol is not 0
    private final int[] ids;
    private final boolean hasFtp;
    private final boolean hasPortZero;

    /// No services at all: what a director starts from.
    public Services(RealServerTable table) {
        this(table, new Entry[0]);
    }

    private Services(RealServerTable table, Entry[] entries) {
        this.table = table;
        this.entries = entries;
        keys = new long[Integer.highestOneBit(Math.max(1, entries.length)) << 2];
        ids = new int[keys.length];
        boolean ftp = false;
        boolean portZero = false;
        for (int id = 0; id < entries.length; id++) {
            if (entries[id].isConfigured) {
                add(entries[id].key, id);
                ftp |= entries[id].key.port() == FTP;
                portZero |= entries[id].key.port() == 0;
            }
        }
        hasFtp = ftp;
        hasPortZero = portZero;
    }

    /// The snapshot of a new configuration. Real servers that are in both keep their place in the list, new ones come
    /// before them, the last one of the file first; what `wanted` lacks is retired in the table.
    ///
    /// @throws IllegalStateException where the table has no room for another real server
    public Services rebuild(List<Configuration.Service> wanted) {
        var next = new ArrayList<>(List.of(entries));
        var idsByKey = new HashMap<ServiceKey, Integer>();
        for (int id = 0; id < entries.length; id++) {
            idsByKey.put(entries[id].key, id);
            next.set(id, retired(entries[id]));
        }
        for (var service : wanted) {
            int id = idsByKey.computeIfAbsent(service.key(), _ -> idsByKey.size());
            var before = id < entries.length ? entries[id] : null;
            var entry = configured(service, id, before);
            if (id < next.size()) {
                next.set(id, entry);
            } else {
                next.add(entry);
            }
        }
        retireRealsMissingFrom(next);
        return new Services(table, next.toArray(Entry[]::new));
    }

    /// The service a packet belongs to, or [#NONE]: exactly its destination; else, for TCP to port 20 or to an
    /// unprivileged port, the FTP service of its address; else the port-0 service of its address (IPVS-REF 2.1).
    /// A lookup by fwmark will come before these.
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

    /// The real server of a connection that another director made, or [RealServerTable#NONE]. Such a connection is
    /// forwarded all the same (IPVS-REF 1.2).
    public int realOfConnection(int protocol, int virtualAddress, int virtualPort, int address, int port) {
        int service = find(protocol, virtualAddress, virtualPort);
        return service == NONE ? RealServerTable.NONE : realOf(service, address, port);
    }

    /// The real server of a template that another director made. One that is not configured here gets an id too,
    /// as not available, so that the template is kept and revives with its real server;
    /// [RealServerTable#NONE] only when the table is full.
    ///
    /// @param templatePort  the virtual port of the template's key
    public int realOfTemplate(int protocol, int virtualAddress, int templatePort, int address, int port) {
        int service = exactly(protocol, virtualAddress, templatePort);
        if (service == NONE && templatePort == 0) {
            service = exactly(protocol, virtualAddress, FTP);
        }
        int real = service == NONE ? RealServerTable.NONE : realOf(service, address, port);
        return real == RealServerTable.NONE
                ? table.intern(protocol, virtualAddress, templatePort, address, port)
                : real;
    }

    /// One more than the highest id of a service.
    public int size() {
        return entries.length;
    }

    /// Whether the configuration of this snapshot has the service; one that it dropped keeps its id.
    public boolean isConfigured(int service) {
        return entries[service].isConfigured;
    }

    public ServiceKey key(int service) {
        return entries[service].key;
    }

    public SchedulerName scheduler(int service) {
        return entries[service].scheduler;
    }

    public Set<SchedulerFlag> flags(int service) {
        return entries[service].flags;
    }

    public boolean isPersistent(int service) {
        return entries[service].timeoutS != 0;
    }

    /// Persistence timeout in seconds, up to 2^32-1; 0 for a service without persistence.
    public long timeoutS(int service) {
        return entries[service].timeoutS;
    }

    /// The bits of a client's address that its templates go by.
    public int netmask(int service) {
        return entries[service].netmask;
    }

    /// Newest first. The same object as in the snapshot before where none was added, dropped or edited.
    public RealServers reals(int service) {
        return entries[service].reals;
    }

    public RealServerTable table() {
        return table;
    }

    private int realOf(int service, int address, int port) {
        var key = entries[service].key;
        int protocol = key.protocol().number();
        int real = table.find(protocol, key.address().bits(), key.port(), address, port);
        return real != RealServerTable.NONE
                ? real
                : table.find(protocol, key.address().bits(), key.port(), address, 0);
    }

    private Entry retired(Entry entry) {
        return new Entry(
                entry.key,
                false,
                entry.scheduler,
                entry.flags,
                entry.timeoutS,
                entry.netmask,
                new ConfiguredReals(table, new int[0]));
    }

    private Entry configured(Configuration.Service service, int id, @Nullable Entry before) {
        boolean isRevived = before != null && !before.isConfigured;
        boolean isEdited =
                before == null || before.reals.count() != service.realServers().size();
        var wanted = new LinkedHashSet<Integer>();
        for (var real : service.realServers()) {
            int realId = idOf(service.key(), real);
            isEdited |= before == null
                    || before.reals.positionOf(realId) < 0
                    || table.weight(realId) != real.weight()
                    || table.method(realId) != real.method();
            table.configure(realId, id, real.weight(), real.method());
            if (isRevived) {
                table.resetTraffic(realId); // another service object under the same key counts from 0 (IPVS-REF 3.9)
            }
            wanted.add(realId);
        }
        return new Entry(
                service.key(),
                true,
                service.scheduler(),
                service.flags(),
                service.persistence().map(Configuration.Persistence::timeoutS).orElse(0L),
                service.persistence().map(Configuration.Persistence::netmask).orElse(-1),
                before != null && !isEdited ? before.reals : new ConfiguredReals(table, order(wanted, before)));
    }

    /// Those kept as they were, with the new ones before them, the last one first.
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
