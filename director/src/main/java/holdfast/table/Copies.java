package holdfast.table;

import holdfast.conn.Conn;
import holdfast.conn.ConnTable;
import holdfast.persist.Template;
import holdfast.persist.TemplateTable;
import holdfast.sync.Buckets;
import holdfast.sync.CopyCredit;
import holdfast.sync.CopyOrder;
import holdfast.sync.Delta;
import holdfast.sync.DeltaRing;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/// Writes copies for standbys into the stream, a budget's worth in a turn, and only while few records wait in the
/// ring, so that live changes behind a copy do not wait long.
///
/// A copy of buckets comes in parts of some [#PART_ENTRIES] entries, each with its own begin and end: what a
/// standby has got of it stays, whatever happens to the rest. Each part reads the whole table, so there are at most
/// [#PARTS_MAX].
final class Copies {
    private static final int BUDGET = 2048; // slots passed over in a turn
    private static final int RECORD_COST = 8; // as many slots could be passed over in the time of a record
    private static final int RING_RECORDS_MAX = 8192;
    private static final int PART_ENTRIES = 1 << 16;
    private static final int PARTS_MAX = 16;

    private enum Stage {
        NOTHING,
        BEGIN,
        BUCKETS,
        ENDS,
        TEMPLATES,
        CONNECTIONS,
        END
    }

    /// Writes single records of a copy into the stream.
    interface Writer {
        void mark(Delta.Op op, CopyOrder.Kind kind, int ticket, boolean isContinued);

        void bucket(int number);

        /// @param number  of an end in the list of ends
        void end(long number);

        void copy(Template template, long now);

        void copy(Conn conn, long now);

        void checkpoint(long now);
    }

    private final Writer changes;
    private final ConnTable connections;
    private final TemplateTable templates;
    private final Tombstones tombstones;
    private final DeltaRing ring;
    private final Conn conn;
    private final Template template;
    private final int ringRecordsMax;

    private volatile CopyCredit credit = CopyCredit.NONE;
    private int written; // records of the copy
    private @Nullable CopyOrder order;
    private CopyOrder.Kind kind = CopyOrder.Kind.DIGESTS;
    private Buckets part = Buckets.NONE;
    private Buckets rest = Buckets.NONE; // after this part
    private Stage stage = Stage.NOTHING;
    private long cursor;
    private long endsUntil;

    Copies(Writer changes, ConnTable connections, TemplateTable templates, Tombstones tombstones, DeltaRing ring) {
        this.changes = changes;
        this.connections = connections;
        this.templates = templates;
        this.tombstones = tombstones;
        this.ring = ring;
        conn = connections.view();
        template = templates.view();
        ringRecordsMax = Math.min(RING_RECORDS_MAX, ring.capacity() / 2);
    }

    /// Ends a copy that is under way, as at the beginning of a term.
    void stop() {
        stage = Stage.NOTHING;
        order = null;
        credit = CopyCredit.NONE;
    }

    /// Allows more of the copy. Any thread.
    void credit(CopyCredit now) {
        credit = now;
    }

    /// Begins a copy, in place of one under way.
    void order(CopyOrder wanted) {
        if (!wanted.equals(order)) {
            order = wanted;
            written = 0;
            kind = wanted.kind();
            rest = wanted.buckets();
            stage = Stage.BEGIN;
        }
    }

    /// @return whether there was work
    boolean write(long now) {
        int left = BUDGET;
        while (left > 0 && mayWrite()) {
            left -= step(left, now);
        }
        return left < BUDGET;
    }

    private boolean mayWrite() {
        var allowed = credit;
        return stage != Stage.NOTHING
                && allowed.ticket() == ticket()
                && written < allowed.records()
                && ring.size() < ringRecordsMax;
    }

    private int step(int budget, long now) {
        switch (stage) {
            case BEGIN -> beginPart();
            case BUCKETS -> nameBucket();
            case ENDS -> copyEnd();
            case TEMPLATES -> {
                return copyTemplates(budget, now);
            }
            case CONNECTIONS -> {
                return copyConnections(budget, now);
            }
            case END -> endPart(now);
            case NOTHING -> {}
        }
        return RECORD_COST;
    }

    private void beginPart() {
        if (kind == CopyOrder.Kind.CHANGES && !tombstones.knowsAllSince(since())) {
            kind = CopyOrder.Kind.DIGESTS;
        }
        written++;
        changes.mark(Delta.Op.COPY_BEGIN, kind, ticket(), false);
        switch (kind) {
            case CHANGES -> {
                cursor = tombstones.firstAfter(since());
                endsUntil = tombstones.count();
                stage = Stage.ENDS;
            }
            case DIGESTS -> {
                part = Buckets.ALL;
                rest = Buckets.NONE;
                cursor = 0;
                stage = Stage.BUCKETS;
            }
            case BUCKETS -> {
                part = first(rest, bucketsInPart());
                rest = rest.minus(part);
                cursor = 0;
                stage = Stage.BUCKETS;
            }
        }
    }

    private int bucketsInPart() {
        long entries = Math.max(1L, (long) connections.size() + templates.size());
        return Math.clamp(Buckets.COUNT * PART_ENTRIES / entries, Buckets.COUNT / PARTS_MAX, Buckets.COUNT);
    }

    private static Buckets first(Buckets of, int count) {
        var bits = new BitSet(Buckets.COUNT);
        int bucket = of.next(0);
        for (int taken = 0; bucket >= 0 && taken < count; taken++) {
            bits.set(bucket);
            bucket = of.next(bucket + 1);
        }
        return Buckets.of(bits);
    }

    private void nameBucket() {
        int bucket = part.next((int) cursor);
        if (bucket >= 0) {
            written++;
            changes.bucket(bucket);
            cursor = bucket + 1L;
            return;
        }
        cursor = 0;
        stage = kind == CopyOrder.Kind.DIGESTS ? Stage.END : Stage.TEMPLATES;
    }

    private void copyEnd() {
        if (cursor < tombstones.first()) { // the ring of ends turned over meanwhile
            stage = Stage.BEGIN;
        } else if (cursor < endsUntil) {
            written++;
            changes.end(cursor++);
        } else {
            cursor = 0;
            stage = Stage.TEMPLATES;
        }
    }

    /// Copies up to one template.
    ///
    /// @return the cost
    private int copyTemplates(int budget, long now) {
        int high = hasTemplates() ? templates.high() : 0;
        int passed = 0;
        while (passed < budget && cursor < high) {
            int slot = (int) cursor++;
            passed++;
            if (templates.isLive(slot) && !template.at(slot).isInvalid() && isWanted(template)) {
                written++;
                changes.copy(template, now);
                return passed + RECORD_COST;
            }
        }
        if (cursor >= high) {
            cursor = 0;
            stage = Stage.CONNECTIONS;
        }
        return passed;
    }

    private int copyConnections(int budget, long now) {
        int high = hasConnections() ? connections.high() : 0;
        int passed = 0;
        while (passed < budget && cursor < high) {
            int slot = (int) cursor++;
            passed++;
            if (connections.isLive(slot) && isWanted(conn.at(slot))) {
                written++;
                changes.copy(conn, now);
                return passed + RECORD_COST;
            }
        }
        if (cursor >= high) {
            stage = Stage.END;
        }
        return passed;
    }

    private boolean hasTemplates() {
        int first = part.next(0);
        return kind == CopyOrder.Kind.CHANGES || (first >= 0 && first < Buckets.FIRST_OF_CONNECTIONS);
    }

    private boolean hasConnections() {
        return kind == CopyOrder.Kind.CHANGES || part.next(Buckets.FIRST_OF_CONNECTIONS) >= 0;
    }

    private boolean isWanted(Template found) {
        return kind == CopyOrder.Kind.CHANGES ? found.version() > since() : part.contains(found.bucket());
    }

    private boolean isWanted(Conn found) {
        return kind == CopyOrder.Kind.CHANGES ? found.version() > since() : part.contains(found.bucket());
    }

    private void endPart(long now) {
        boolean isContinued = kind == CopyOrder.Kind.BUCKETS && !rest.isEmpty();
        written++;
        changes.mark(Delta.Op.COPY_END, kind, ticket(), isContinued);
        if (isContinued) {
            stage = Stage.BEGIN;
        } else {
            changes.checkpoint(now);
            stop();
        }
    }

    private long since() {
        return order == null ? 0 : order.since();
    }

    private int ticket() {
        return order == null ? 0 : order.ticket();
    }
}
