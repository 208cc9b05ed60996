package holdfast.bench.tables;

import holdfast.conn.LookAhead;
import holdfast.conn.Width;
import holdfast.persist.Template;
import holdfast.persist.TemplateTable;

/// The director's template table.
final class OurTemplates implements Subject {
    private static final long TIMEOUT_S = 3600;

    private final TemplateTable table;
    private final boolean isWide;
    private final LookAhead ahead;

    private OurTemplates(Width width, int entries) {
        isWide = width == Width.IPV6;
        table = new TemplateTable(width, entries, Site.reals(), Site.hashes(), 0, Site::memory);
        ahead = new LookAhead(table, Lookup.BATCH);
    }

    static OurTemplates ipv4(int entries) {
        return new OurTemplates(Width.IPV4, entries);
    }

    static OurTemplates ipv6(int entries) {
        return new OurTemplates(Width.IPV6, entries);
    }

    @Override
    public void insert(int client) {
        int real = client & (Site.REALS - 1);
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
    public void expect(int client) {
        if (!isWide) {
            table.expect(ahead, Site.TCP, client, Site.VIP, Site.PORT);
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

    TemplateTable table() {
        return table;
    }

    Template view() {
        return table.view();
    }
}
