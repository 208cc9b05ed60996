package holdfast.bench.sync;

import holdfast.conf.Protocol;
import holdfast.conn.Conn;
import holdfast.conn.ConnTable;
import holdfast.conn.TcpState;
import holdfast.service.Flow;
import holdfast.table.Tables;

/// The changes that clients make in an active director's tables: each new connection of a known client is one, and
/// each end of an old one. On the worker's thread, except [#changes].
final class Load {
    static final int VIRTUAL = 0xc000_020a;
    static final int VIRTUAL_PORT = 80;

    private static final int CLIENTS = 0x0b00_0000;
    private static final int OPEN = 1000; // connections at a time
    private static final int PORTS = 50_000;
    private static final int TURN_MAX = 200; // changes
    private static final int FLAG_SYN = 0x02;
    private static final int TCP = Protocol.TCP.number();

    private final Tables tables;
    private final Flow flow = new Flow();
    private final Conn conn;
    private int clients;
    private int perSecond;
    private long since;
    private long made; // since then
    private long next; // connection
    private volatile long changes;

    Load(Tables tables) {
        this.tables = tables;
        conn = tables.connections().view();
    }

    /// Adds clients, each with a template.
    void fill(int count, long now) {
        for (int i = 0; i < count; i++) {
            open(clients, 1024, now);
            end(clients, 1024, now);
            clients++;
        }
    }

    void rate(int changesPerSecond, long now) {
        perSecond = changesPerSecond;
        since = now;
        made = 0;
    }

    /// Changes made at a rate so far.
    long changes() {
        return changes;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer, the worker
    boolean turn(long now) {
        long due = (now - since) / 1000 * perSecond / 1_000_000 - made;
        int count = (int) Math.min(due, TURN_MAX);
        for (int i = 0; i < count; i += 2, next++) {
            open(client(next), port(next), now);
            if (next >= OPEN) {
                end(client(next - OPEN), port(next - OPEN), now);
            }
        }
        if (count > 0) {
            made += count;
            changes += count;
        }
        return count > 0;
    }

    private int client(long number) {
        return (int) (number % clients);
    }

    private static int port(long number) {
        return 2000 + (int) (number % PORTS);
    }

    private void open(int client, int port, long now) {
        int slot = tables.connect(0, flow.v4(TCP, CLIENTS + client, port, VIRTUAL, VIRTUAL_PORT), now);
        if (slot < 0) {
            throw new IllegalStateException("no connection for client " + client + ": " + slot);
        }
        tables.follow(conn.at(slot), true, TcpState.event(FLAG_SYN), now);
    }

    private void end(int client, int port, long now) {
        int slot = tables.connections().find(TCP, CLIENTS + client, port, VIRTUAL, VIRTUAL_PORT);
        if (slot != ConnTable.MISSING) {
            tables.end(slot, false, now);
        }
    }
}
