package holdfast.forward;

import holdfast.conf.Protocol;
import holdfast.conn.Conn;
import holdfast.conn.ConnTable;
import holdfast.conn.SctpState;
import holdfast.conn.TcpState;
import holdfast.conn.Tracker;
import holdfast.persist.Template;
import holdfast.persist.TemplateTable;

/// Who makes room in a full table (ADR 0009): IPVS has no bound, and a flood fills the machine's memory instead.
///
/// Some entries are looked at, chosen at random. A half-open connection goes first (in a flood nearly all are), then
/// one in its last state; of templates, one that controls nothing and that no established connection ever used. What
/// clients rely on is never given up: then the newcomer is refused. Worker only.
final class Victims {
    /// What is answered where nobody may go.
    static final int NONE = -1;

    /// If one entry of four may go, a search misses with a probability of 1 in 10,000.
    private static final int LOOKS = 32;

    private final ConnTable connections;
    private final TemplateTable templates;
    private final Conn conn;
    private final Template template;
    private int random = 0x2545f491;

    Victims(ConnTable connections, TemplateTable templates) {
        this.connections = connections;
        this.templates = templates;
        conn = connections.view();
        template = templates.view();
    }

    /// Slot of the connection that goes, or [#NONE].
    int connection() {
        int closing = NONE;
        for (int look = 0; look < LOOKS; look++) {
            int slot = anySlot(connections.high());
            if (!connections.isLive(slot)) {
                continue;
            }
            if (isHalfOpen(conn.at(slot))) {
                return slot;
            }
            if (Tracker.isOver(conn.protocol(), conn.state(), conn.isNoOutput())) {
                closing = slot;
            }
        }
        return closing;
    }

    /// Slot of the template that goes, or [#NONE].
    ///
    /// @param expiresAt  of the newcomer, which is to have the slot
    int template(long expiresAt) {
        for (int look = 0; look < LOOKS; look++) {
            int slot = anySlot(templates.high());
            if (templates.isLive(slot)
                    && !template.at(slot).isPinned()
                    && !template.isAssured()
                    && template.controlled() == 0
                    && templates.canGiveWayTo(slot, expiresAt)) {
                return slot;
            }
        }
        return NONE;
    }

    /// Whether the other end of a connection has not shown yet that it wants it. A UDP flow of one packet counts: what
    /// answered it, if anything did, has done so by now.
    static boolean isHalfOpen(Conn conn) {
        return switch (Protocol.of(conn.protocol())) {
            case TCP ->
                conn.state() == TcpState.SYN_RECV.code()
                        || conn.state() == TcpState.SYNACK.code()
                        || conn.state() == TcpState.NONE.code();
            case SCTP ->
                conn.state() == SctpState.INIT1.code()
                        || conn.state() == SctpState.INIT.code()
                        || conn.state() == SctpState.NONE.code();
            case UDP, MARK -> conn.inPackets() <= 1;
        };
    }

    private int anySlot(int high) {
        random ^= random << 13; // xorshift (Marsaglia 2003)
        random ^= random >>> 17;
        random ^= random << 5;
        return (int) (Integer.toUnsignedLong(random) % high);
    }
}
