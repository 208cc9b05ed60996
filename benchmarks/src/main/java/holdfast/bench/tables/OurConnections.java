package holdfast.bench.tables;

import holdfast.conf.ForwardingMethod;
import holdfast.conn.ConnFlags;
import holdfast.conn.ConnTable;
import holdfast.conn.LookAhead;
import holdfast.conn.Width;

/// The director's connection table, one NAT connection to a client; looked up as packets from clients are.
final class OurConnections implements Subject {
    private static final int CLIENT_PORT = 40_000;
    private static final int FLAGS = ConnFlags.initial(ForwardingMethod.NAT);

    private final ConnTable table;
    private final boolean isWide;
    private final LookAhead ahead;

    private OurConnections(Width width, int entries) {
        isWide = width == Width.IPV6;
        table = new ConnTable(width, entries, Site.reals(), Site.hashes(), 0, Site::memory);
        ahead = new LookAhead(table, Lookup.BATCH);
    }

    static OurConnections ipv4(int entries) {
        return new OurConnections(Width.IPV4, entries);
    }

    static OurConnections ipv6(int entries) {
        return new OurConnections(Width.IPV6, entries);
    }

    @Override
    public void insert(int client) {
        int real = client & (Site.REALS - 1);
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
    public void expect(int client) {
        if (!isWide) {
            table.expect(ahead, Site.TCP, client, CLIENT_PORT, Site.VIP, Site.PORT);
        }
    }

    @Override
    public void fetch() {
        ahead.fetch();
    }

    @Override
    public void remove(int client) {
        table.remove(find(client));
    }
}
