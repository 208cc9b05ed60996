package holdfast.table;

import holdfast.conf.Protocol;
import holdfast.conn.Conn;
import holdfast.conn.ConnTable;
import holdfast.conn.SctpState;
import holdfast.conn.TcpState;
import holdfast.persist.Template;
import holdfast.persist.TemplateTable;
import holdfast.service.RealServerTable;
import holdfast.service.Services;
import java.util.function.Supplier;

/// Removes entries for other reasons than a packet or a timer, a few per turn: entries of real servers that are drained
/// or removed (IPVS-REF 1.7), and entries that the defence removes (4.10).
///
/// It checks the real servers once a second and whenever the configuration changes. It finds their entries by the
/// servers' own lists, so it costs only the entries that it removes. Entries of a forgotten real server are void
/// already, so they wait while the stream to the standbys is more than half full. Worker only.
public final class Sweeper {
    private static final int DEFENCE_PARTS = 32;
    private static final long IDLE = 60_000_000_000L;

    private final Entries entries;
    private final ConnTable connections;
    private final TemplateTable templates;
    private final RealServerTable reals;
    private final Changes changes;
    private final Counters counters;
    private final Supplier<Policy> policy;
    private final Defence defence;
    private final Conn conn;
    private final Template template;

    private int sweptReal; // the real servers from here on are still to be checked
    private boolean isHeldUp; // a forgotten real server waits for room in the stream
    private int cursor = TemplateTable.MISSING; // its template to check next
    private int connectionsToJudge;
    private int templatesToJudge;
    private int random = 1;

    Sweeper(
            Entries entries,
            ConnTable connections,
            TemplateTable templates,
            RealServerTable reals,
            Changes changes,
            Counters counters,
            Supplier<Policy> policy,
            Defence defence) {
        this.entries = entries;
        this.connections = connections;
        this.templates = templates;
        this.reals = reals;
        this.changes = changes;
        this.counters = counters;
        this.policy = policy;
        this.defence = defence;
        conn = connections.view();
        template = templates.view();
        sweptReal = reals.max();
    }

    /// Starts to check all real servers anew.
    void lookAtRealServers() {
        sweptReal = 0;
    }

    /// Call it once a second.
    void step() {
        lookAtRealServers();
        if (defence.dropsEntries()) {
            connectionsToJudge = connections.high() / DEFENCE_PARTS + 1;
            templatesToJudge = templates.high() / DEFENCE_PARTS + 1;
        }
    }

    /// @return number of entries and real servers checked
    int run(long now, int budget) {
        int left = budget;
        if (isHeldUp && !changes.isCrowded()) {
            isHeldUp = false;
            lookAtRealServers();
        }
        while (left > 0 && sweptReal < reals.size()) {
            left -= sweep(sweptReal, now, left);
        }
        for (; left > 0 && connectionsToJudge > 0; left--, connectionsToJudge--) {
            judgeConnection(anySlot(connections.high()), now);
        }
        for (; left > 0 && templatesToJudge > 0; left--, templatesToJudge--) {
            judgeTemplate(anySlot(templates.high()), now);
        }
        return budget - left;
    }

    private int anySlot(int high) {
        random ^= random << 13; // xorshift (Marsaglia 2003)
        random ^= random >>> 17;
        random ^= random << 5;
        return high == 0 ? 0 : (int) (Integer.toUnsignedLong(random) % high);
    }

    /// Continues with one real server, and with the next one when none of its entries has to be removed any more.
    private int sweep(int real, long now, int budget) {
        boolean isForgotten = reals.isForgotten(real);
        boolean isSwept = isForgotten || reals.isToBeEmptied(real, now);
        int looked = 1;
        boolean isDone = true;
        if (isForgotten && changes.isCrowded()) {
            isHeldUp = true;
        } else if (isSwept) {
            looked += endConnections(real, budget - looked, now);
            isDone = connections.firstOf(real) == ConnTable.MISSING;
            if (isDone) {
                looked += dropTemplates(real, isForgotten, budget - looked, now);
                isDone = cursor == TemplateTable.MISSING;
            }
        }
        if (isDone) {
            sweptReal = real + 1;
        }
        return looked;
    }

    private int endConnections(int real, int budget, long now) {
        int ended = 0;
        for (; ended < budget && connections.firstOf(real) != ConnTable.MISSING; ended++) {
            entries.end(connections.firstOf(real), true, now);
        }
        return ended;
    }

    /// Keeps pinned templates of a drained real server: an operator pinned them, and a flush ends them.
    ///
    /// @return number of templates checked
    private int dropTemplates(int real, boolean arePinnedToo, int budget, long now) {
        int looked = 0;
        int slot = templates.resumed(real, cursor);
        for (; slot != TemplateTable.MISSING && looked < budget; looked++) {
            int next = templates.nextOf(slot);
            if (arePinnedToo || !template.at(slot).isPinned()) {
                entries.dropTemplate(slot, now);
            }
            slot = next;
        }
        cursor = slot;
        return looked;
    }

    private void judgeConnection(int slot, long now) {
        if (slot >= connections.high() || !connections.isLive(slot)) {
            return;
        }
        conn.at(slot);
        boolean goes = switch (Protocol.of(conn.protocol())) {
            case TCP -> losesTcp(now);
            case SCTP -> losesSctp(now);
            case UDP, MARK -> losesLottery(now);
        };
        if (goes) {
            counters.count(Counter.EVICTED_BY_DEFENCE);
            entries.end(slot, true, now);
        }
    }

    private boolean losesTcp(long now) {
        var state = TcpState.of(conn.state());
        return state == TcpState.SYN_RECV
                || state == TcpState.SYNACK
                || (state == TcpState.ESTABLISHED && losesLottery(now));
    }

    private boolean losesSctp(long now) {
        var state = SctpState.of(conn.state());
        return state == SctpState.INIT1
                || state == SctpState.INIT
                || (state == SctpState.ESTABLISHED && losesLottery(now));
    }

    private boolean losesLottery(long now) {
        long idle = policy.get().timeouts().of(conn.protocol(), conn.state()) - (conn.expiresAt() - now);
        return idle >= IDLE && defence.loses(conn.inPackets());
    }

    /// Templates of one-packet services have no connections that could assure them; they are removed after a minute
    /// without use (IPVS draws lots, by a count of packets for which our templates have no room).
    private void judgeTemplate(int slot, long now) {
        if (slot >= templates.high() || !templates.isLive(slot)) {
            return;
        }
        template.at(slot);
        int service = template.service();
        boolean isOfDatagrams = service != Services.NONE
                && policy.get().services().configured(service).onePacket();
        boolean isIdle = template.expiresAt() - now <= template.timeoutS() * 1_000_000_000L - IDLE;
        boolean goes =
                template.controlled() == 0 && !template.isPinned() && (isOfDatagrams ? isIdle : !template.isAssured());
        if (goes) {
            counters.count(Counter.EVICTED_BY_DEFENCE);
            entries.dropTemplate(slot, now);
        }
    }
}
