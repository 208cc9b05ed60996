package holdfast.bench.tables;

import holdfast.conf.ForwardingMethod;
import holdfast.conn.ConnFlags;
import holdfast.conn.ConnTable;
import holdfast.conn.Lookups;
import holdfast.conn.Width;

/// The director's connection table, with one NAT connection for each client; looked up as for packets from clients.
final class OurConnections implements Subject {
    private static final int CLIENT_PORT = 40_000;
    private static final int FLAGS = ConnFlags.initial(ForwardingMethod.NAT);

    private final ConnTable table;
    private final boolean isWide;
    private final Lookups lookups;

    private OurConnections(Width width, int entries) {
        isWide = width == Width.IPV6;
        table = new ConnTable(width, entries, Site.reals(), Site.hashes(), 0, Site::memory);
        lookups = table.lookups(3 * Lookup.BATCH);
    }

    static OurConnections ipv4(int entries) {
        return new OurConnections(Width.IPV4, entries);
    }

    static OurConnections ipv6(int entries) {
        return new OurConnections(Width.IPV6, entries);
    }

    @Override
    public void insert(int client) {
        int real = real(client);
        int slot = table.insert(
                Site.TCP,
                isWide ? Clients.hi(client) : 0,
                isWide ? Clients.lo(client) : client & 0xffffffffL,
                CLIENT_PORT,
                Site.VIP,
                Site.PORT,
                Site.realAddress(real),
                Site.PORT,
                FLAGS,
                0,
                real,
                900 * Site.SECOND);
        if (slot == ConnTable.FULL) {
            throw new IllegalStateException("the table is full");
        }
    }

    @Override
    public int find(int client) {
        return isWide
                ? table.find(Site.TCP, Clients.hi(client), Clients.lo(client), CLIENT_PORT, Site.VIP, Site.PORT)
                : table.find(Site.TCP, client, CLIENT_PORT, Site.VIP, Site.PORT);
    }

    @Override
    public void begin() {
        lookups.clear();
    }

    @Override
    public void willFind(int client) {
        add(client);
    }

    private int add(int client) {
        return table.add(
                lookups,
                Site.TCP,
                isWide ? Clients.hi(client) : 0,
                isWide ? Clients.lo(client) : client & 0xffffffffL,
                CLIENT_PORT,
                Site.VIP,
                Site.PORT);
    }

    @Override
    public void willReplace(int client, int by) {
        lookups.toBeRemoved(add(client));
        add(by);
        table.addOutbound(
                lookups,
                Site.TCP,
                Site.realAddress(real(by)),
                Site.PORT,
                isWide ? Clients.hi(by) : 0,
                isWide ? Clients.lo(by) : by & 0xffffffffL,
                CLIENT_PORT);
    }

    @Override
    public void fetch() {
        lookups.fetch();
    }

    @Override
    public int find(int number, int client) {
        return lookups.find(number);
    }

    @Override
    public void replace(int number, int client, int by) {
        table.remove(lookups.find(3 * number));
        insert(by);
    }

    @Override
    public void remove(int client) {
        table.remove(find(client));
    }

    private static int real(int client) {
        return client & (Site.REALS - 1);
    }
}
