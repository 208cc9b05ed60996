package holdfast.table;

import holdfast.conf.Protocol;
import holdfast.conn.Conn;
import holdfast.conn.ConnTable;
import holdfast.conn.SctpState;
import holdfast.conn.TcpState;
import holdfast.conn.Tracker;
import holdfast.persist.Template;
import holdfast.persist.TemplateTable;
import java.util.function.Supplier;

/// Makes room in a full table (ADR 0019): IPVS has no bound, and a flood fills the machine's memory instead.
///
/// A hand goes round each table, as in the clock algorithm for pages. Of the entries in a window before the hand, it
/// removes the one that was silent for longest, if no established client relies on it. The newcomer gets its slot,
/// which is then behind the hand. So in a flood the oldest handshake is removed first, and a new one has a whole round
/// of the hand to complete. If no entry of the window is removable, it checks as many random slots, and the hand
/// continues from there: a stretch of established clients does not stop it. Worker only.
public final class Victims {
    private static final int NONE = -1;

    // Ranks: whatever its age, an entry of a higher rank is removed before one of a lower rank.
    private static final int STAYS = 0;
    private static final int SECOND_BEST = 1;
    private static final int FIRST = 2;

    /// If one entry of four is removable, window and random slots miss it with a probability of 1 in 100 million.
    private static final int WINDOW = 32;

    /// The most connections that one packet may end until a template is free: a flood may give each template
    /// several. Each ends once, so on average no more end than begin.
    private static final int ENDED_MAX = 32;

    private static final long SECOND = 1_000_000_000L;

    private final Entries entries;
    private final ConnTable connections;
    private final TemplateTable templates;
    private final Counters counters;
    private final Supplier<Policy> policy;
    private final Conn conn;
    private final Template template;

    private int connectionHand;
    private int templateHand;
    private int random = 0x2545f491;

    private int found; // by the present search: the slot to remove, or NONE
    private int foundRank;
    private long foundSilentSince;

    Victims(
            Entries entries,
            ConnTable connections,
            TemplateTable templates,
            Counters counters,
            Supplier<Policy> policy) {
        this.entries = entries;
        this.connections = connections;
        this.templates = templates;
        this.counters = counters;
        this.policy = policy;
        conn = connections.view();
        template = templates.view();
    }

    /// Ends the least important connection: a half-open one, or if none is found, one in its last state. Its
    /// template stays.
    ///
    /// @return whether there is room now
    boolean makeRoomForConnection(long now) {
        search(Wanted.CONNECTION, WINDOW);
        if (found == NONE) {
            return false;
        }
        end(found, false, now);
        return true;
    }

    /// Removes the least important template. No established connection ever used it, and either nothing uses it
    /// now, or connections that were never established end with it.
    ///
    /// @return whether there is room now
    boolean makeRoomForTemplate(long now) {
        for (int ended = 0; ended < ENDED_MAX; ended++) {
            search(Wanted.TEMPLATE_OF_CONNECTION, WINDOW);
            int connection = found;
            boolean isItsLast = foundRank == FIRST;
            long silentSince = foundSilentSince;
            search(Wanted.UNUSED_TEMPLATE, connection == NONE ? WINDOW : 0); // in a flood there are hardly any
            if (found != NONE && (!isItsLast || foundSilentSince <= silentSince)) {
                counters.count(Counter.EVICTED_TEMPLATE);
                entries.dropTemplate(found, now);
                return true;
            }
            if (connection == NONE) {
                return false;
            }
            end(connection, true, now);
            if (isItsLast) {
                counters.count(Counter.EVICTED_TEMPLATE);
                return true;
            }
        }
        return false;
    }

    private void end(int slot, boolean byForce, long now) {
        counters.count(isHalfOpen(conn.at(slot)) ? Counter.EVICTED_HALF_OPEN : Counter.EVICTED_CLOSING);
        entries.end(slot, byForce, now);
    }

    private enum Wanted {
        CONNECTION,
        /// A connection whose end removes its template, or brings that closer.
        TEMPLATE_OF_CONNECTION,
        UNUSED_TEMPLATE
    }

    /// Searches the window first, and if it has no removable entry, as many random slots.
    private void search(Wanted wanted, int lots) {
        found = NONE;
        foundRank = STAYS;
        boolean isTemplate = wanted == Wanted.UNUSED_TEMPLATE;
        int high = isTemplate ? templates.high() : connections.high();
        if (high == 0) {
            return;
        }
        int slot = (isTemplate ? templateHand : connectionHand) % high;
        for (int look = 0; look < WINDOW; look++) {
            consider(wanted, slot);
            slot = slot + 1 == high ? 0 : slot + 1;
        }
        for (int look = 0; look < lots && found == NONE; look++) {
            consider(wanted, anySlot(high));
        }
        int hand = found == NONE ? slot : found + 1;
        if (isTemplate) {
            templateHand = hand;
        } else {
            connectionHand = hand;
        }
    }

    private void consider(Wanted wanted, int slot) {
        switch (wanted) {
            case CONNECTION -> {
                if (connections.isLive(slot)) {
                    considerConnection(slot, rank(conn.at(slot)));
                }
            }
            case TEMPLATE_OF_CONNECTION -> {
                if (connections.isLive(slot)) {
                    considerConnection(slot, rankOfTemplate(conn.at(slot)));
                }
            }
            case UNUSED_TEMPLATE -> {
                if (templates.isLive(slot) && isUnused(template.at(slot))) {
                    keepIfBetter(slot, FIRST, template.expiresAt() - template.timeoutS() * SECOND);
                }
            }
        }
    }

    private void considerConnection(int slot, int rank) {
        if (rank != STAYS) {
            keepIfBetter(slot, rank, conn.expiresAt() - policy.get().timeouts().of(conn.protocol(), conn.state()));
        }
    }

    private void keepIfBetter(int slot, int rank, long silentSince) {
        if (rank > foundRank || (rank == foundRank && silentSince < foundSilentSince)) {
            found = slot;
            foundRank = rank;
            foundSilentSince = silentSince;
        }
    }

    private static int rank(Conn conn) {
        if (isHalfOpen(conn)) {
            return FIRST;
        }
        return isOver(conn) ? SECOND_BEST : STAYS;
    }

    /// A refused connection counts too: its template would have been assured if it had ever been established.
    private int rankOfTemplate(Conn conn) {
        if (conn.template() == Conn.NO_TEMPLATE || rank(conn) == STAYS) {
            return STAYS;
        }
        template.at(conn.template());
        if (template.isAssured() || template.isPinned()) {
            return STAYS;
        }
        return template.controlled() == 1 ? FIRST : SECOND_BEST;
    }

    /// An invalid template is useless, because no new connection finds it.
    private static boolean isUnused(Template template) {
        return template.controlled() == 0 && !template.isPinned() && (!template.isAssured() || template.isInvalid());
    }

    private static boolean isOver(Conn conn) {
        return Tracker.isOver(conn.protocol(), conn.state(), conn.isNoOutput());
    }

    /// Whether the other end of a connection has not yet shown that it accepts it. A UDP flow of one packet counts:
    /// an answer, if there was one, has arrived by now.
    private static boolean isHalfOpen(Conn conn) {
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
