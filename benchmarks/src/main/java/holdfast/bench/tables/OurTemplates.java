package holdfast.bench.tables;

import holdfast.conn.Lookups;
import holdfast.conn.Width;
import holdfast.persist.Template;
import holdfast.persist.TemplateTable;

/// The director's template table.
final class OurTemplates implements Subject {
    private static final long TIMEOUT_S = 3600;

    private final TemplateTable table;
    private final boolean isWide;
    private final Lookups lookups;

    private OurTemplates(Width width, int entries) {
        isWide = width == Width.IPV6;
        table = new TemplateTable(width, entries, Site.reals(), Site.hashes(), 0, Site::memory);
        lookups = table.lookups(2 * Lookup.BATCH);
    }

    static OurTemplates ipv4(int entries) {
        return new OurTemplates(Width.IPV4, entries);
    }

    static OurTemplates ipv6(int entries) {
        return new OurTemplates(Width.IPV6, entries);
    }

    @Override
    public void insert(int client) {
        int real = real(client);
        long expiresAt = TIMEOUT_S * Site.SECOND;
        int slot = isWide
                ? table.insert(Clients.hi(client), Clients.lo(client), real, TIMEOUT_S, expiresAt)
                : table.insert(client, real, TIMEOUT_S, expiresAt);
        if (slot == TemplateTable.FULL) {
            throw new IllegalStateException("the table is full");
        }
    }

    @Override
    public int find(int client) {
        return isWide
                ? table.find(Site.TCP, Clients.hi(client), Clients.lo(client), Site.VIP, Site.PORT)
                : table.find(Site.TCP, client, Site.VIP, Site.PORT);
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
                Site.VIP,
                Site.PORT);
    }

    @Override
    public void willReplace(int client, int by) {
        lookups.toBeRemoved(add(client));
        add(by);
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
        table.remove(lookups.find(2 * number));
        insert(by);
    }

    @Override
    public void remove(int client) {
        table.remove(find(client));
    }

    TemplateTable table() {
        return table;
    }

    Template view() {
        return table.view();
    }

    private static int real(int client) {
        return client & (Site.REALS - 1);
    }
}
