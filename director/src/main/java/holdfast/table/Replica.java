package holdfast.table;

import holdfast.conf.ForwardingMethod;
import holdfast.conf.Protocol;
import holdfast.conn.Conn;
import holdfast.conn.ConnFlags;
import holdfast.conn.ConnTable;
import holdfast.conn.Lookups;
import holdfast.persist.Template;
import holdfast.persist.TemplateTable;
import holdfast.service.RealServerTable;
import holdfast.service.Services;
import holdfast.sync.Buckets;
import holdfast.sync.CopyOrder;
import holdfast.sync.Delta;
import holdfast.sync.DeltaRing;
import holdfast.sync.Equality;
import holdfast.sync.Version;
import java.util.BitSet;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The standby's side of the stream: applies the active's deltas to the tables.
///
/// The version decides whether a record is news, never the order of arrival. But an entry of ours from a term before
/// the stream's yields to any record: changes that we made as the active and that no other director received are
/// void. A copy of buckets is a mark and sweep: an entry in one of them that neither it nor a live delta named
/// between its begin and its end does not exist on the active. Worker only, except [#applied], [#equality] and
/// [#lacking].
public final class Replica {
    public static final int RING_RECORDS = 1 << 16;
    private static final int BATCH = 64;
    private static final int IN_PACKETS = 3; // of a connection that another director made (IPVS-REF 7.6)
    private static final long MS = 1_000_000;
    /// Slots swept in a turn; a removed entry counts as several. Some 15 µs in all.
    private static final int SWEEP_BUDGET = 1024;

    private static final int REMOVAL = 16; // slots that could be checked in the time of a removal
    private static final int FLAGS_TAKEN = ConnFlags.METHOD | ConnFlags.NO_OUTPUT | ConnFlags.INACTIVE;

    private final DeltaRing ring;
    private final Tables tables;
    private final ConnTable connections;
    private final TemplateTable templates;
    private final Lookups connectionLookups;
    private final Lookups templateLookups;
    private final int[] entryOf = new int[BATCH]; // the number of each record's lookup
    private final int[] controllerOf = new int[BATCH]; // and of the lookup of the template that it names
    private final Conn conn;
    private final Template template;

    private final Merge merge = new Merge();

    private int at; // index of the present record in the batch
    private volatile long applied;
    private volatile Equality equality = Equality.UNKNOWN;
    private long appliedVersion;
    private boolean compared;
    private volatile Buckets lacking = Buckets.NONE;
    private CopyOrder.Kind copyKind = CopyOrder.Kind.CHANGES;
    private final BitSet marked = new BitSet(Buckets.COUNT); // that the copy brings, or that differ
    private final BitSet unlinked = new BitSet(Buckets.COUNT); // with connections that may have got a template
    private final BitSet needed = new BitSet(Buckets.COUNT);
    private boolean hasNewTemplates; // by this copy
    private int epoch;
    private int sweptConnections; // slots that a sweep has checked
    private int sweptTemplates;
    private int streamTerm;

    public Replica(Tables tables) {
        this(tables, RING_RECORDS);
    }

    public Replica(Tables tables, int ringRecords) {
        this.tables = tables;
        ring = new DeltaRing(ringRecords);
        connections = tables.connections();
        templates = tables.templates();
        connectionLookups = connections.lookups(2 * BATCH); // in both indexes
        templateLookups = templates.lookups(BATCH);
        conn = connections.view();
        template = templates.view();
    }

    /// The ring of the active's deltas, which the sync thread writes.
    public DeltaRing ring() {
        return ring;
    }

    /// Records applied since the start. Any thread.
    public long applied() {
        return applied;
    }

    /// The last comparison of a mark. Any thread.
    public Equality equality() {
        return equality;
    }

    /// The buckets that copies have shown to be needed. Any thread.
    public Buckets lacking() {
        return lacking;
    }

    /// Version of the newest change applied.
    public long appliedVersion() {
        return appliedVersion;
    }

    /// Whether a checkpoint was compared since the last call.
    public boolean takeCompared() {
        boolean was = compared;
        compared = false;
        return was;
    }

    /// The fate of entries that we made while another director was active too.
    public Merge merge() {
        return merge;
    }

    /// We write the stream ourselves now; proofs about another director's stream are void.
    public void forget() {
        equality = Equality.UNKNOWN;
    }

    /// Applies records in batches, and reads everything ahead of its use. The end of a copy of buckets is applied
    /// once all entries that it did not name are removed, which takes several turns.
    ///
    /// @return 0 if there is no work
    public int apply(long now, int budget) {
        return apply(now, budget, SWEEP_BUDGET);
    }

    /// Applies everything that has arrived, for a promotion that waits for it. It does not search for entries that
    /// a copy did not name: they end by their own timers.
    public void catchUp(long now) {
        apply(now, Integer.MAX_VALUE, 0);
    }

    private int apply(long now, int budget, int sweepBudget) {
        int done = 0;
        boolean isSweeping = false;
        for (int count = lookUp(budget); count > 0 && !isSweeping; count = lookUp(budget - done)) {
            for (at = 0; at < count && !isSweeping; at++) {
                var delta = Objects.requireNonNull(ring.peek());
                isSweeping = delta.op() == Delta.Op.COPY_END && !sweep(sweepBudget);
                if (!isSweeping) {
                    apply(delta, now);
                    ring.release();
                    done++;
                }
            }
        }
        tell(done);
        return isSweeping ? done + 1 : done;
    }

    /// Begins the lookups of the next records.
    ///
    /// @return number of records
    private int lookUp(int max) {
        connectionLookups.clear();
        templateLookups.clear();
        int most = Math.min(max, BATCH);
        int count = 0;
        for (var delta = next(0, most); delta != null; delta = next(++count, most)) {
            beginLookups(delta, count);
        }
        connectionLookups.fetch();
        templateLookups.fetch();
        return count;
    }

    private void beginLookups(Delta delta, int number) {
        switch (delta.op()) {
            case CONNECTION -> {
                entryOf[number] = beginLookup(delta);
                beginOutboundLookup(delta);
                controllerOf[number] = beginControllerLookup(delta);
            }
            case CONNECTION_END -> {
                entryOf[number] = beginLookup(delta);
                connectionLookups.toBeRemoved(entryOf[number]);
            }
            case TEMPLATE -> entryOf[number] = beginTemplateLookup(delta);
            case TEMPLATE_END -> {
                entryOf[number] = beginTemplateLookup(delta);
                templateLookups.toBeRemoved(entryOf[number]);
            }
            case COPY_BEGIN, COPY_END, CHECKPOINT, BUCKET -> {}
        }
    }

    private int beginLookup(Delta delta) {
        return connections.add(
                connectionLookups,
                delta.protocol(),
                0,
                delta.clientAddress() & 0xffff_ffffL,
                delta.clientPort(),
                delta.virtualAddress(),
                delta.virtualPort());
    }

    /// Prefetches the outbound index bucket that inserting the connection will write.
    private void beginOutboundLookup(Delta delta) {
        boolean isNat = (delta.flags() & ConnFlags.METHOD) == ForwardingMethod.NAT.code();
        connections.addOutbound(
                connectionLookups,
                delta.protocol(),
                isNat ? delta.realAddress() : delta.virtualAddress(),
                isNat ? delta.realPort() : delta.virtualPort(),
                0,
                delta.clientAddress() & 0xffff_ffffL,
                delta.clientPort());
    }

    /// [Lookups#NONE] if the record names no template.
    private int beginControllerLookup(Delta delta) {
        if (delta.templatePort() == Delta.NO_TEMPLATE) {
            return Lookups.NONE;
        }
        int mark = delta.serviceMark();
        return templates.add(
                templateLookups,
                mark == 0 ? delta.protocol() : Protocol.MARK.number(),
                0,
                delta.templateClient() & 0xffff_ffffL,
                mark == 0 ? delta.virtualAddress() : mark,
                delta.templatePort());
    }

    private int beginTemplateLookup(Delta delta) {
        return templates.add(
                templateLookups,
                delta.protocol(),
                0,
                delta.clientAddress() & 0xffff_ffffL,
                delta.virtualAddress(),
                delta.virtualPort());
    }

    /// Drops records of a stream that is no longer followed.
    public void discard() {
        int dropped = 0;
        for (; ring.peek() != null; dropped++) {
            ring.release();
        }
        tell(dropped);
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer, the worker
    private void tell(int done) {
        if (done > 0) {
            applied += done;
        }
    }

    private @Nullable Delta next(int number, int most) {
        return number < most ? ring.peek(number) : null;
    }

    private void apply(Delta delta, long now) {
        streamTerm = Math.max(streamTerm, Version.term(delta.version()));
        switch (delta.op()) {
            case CONNECTION -> connection(delta, now);
            case CONNECTION_END -> connectionEnd(delta);
            case TEMPLATE -> template(delta, now);
            case TEMPLATE_END -> templateEnd(delta);
            case COPY_BEGIN -> beginCopy(delta.copyKind());
            case BUCKET -> bucket(delta);
            case COPY_END -> endCopy();
            case CHECKPOINT -> compare(delta, now);
        }
        if (!delta.isCopied()) {
            appliedVersion = Math.max(appliedVersion, delta.version());
        }
    }

    private void connection(Delta delta, long now) {
        int slot = connectionLookups.find(entryOf[at]);
        if (slot != ConnTable.MISSING && isNewer(conn.at(slot).version(), delta)) {
            conn.epoch(epoch);
            return;
        }
        if (slot != ConnTable.MISSING && !goesTo(delta)) {
            remove(slot);
            slot = ConnTable.MISSING;
        }
        if (!ForwardingMethod.isKnown(delta.flags() & ConnFlags.METHOD)) {
            if (slot != ConnTable.MISSING) {
                remove(slot);
            }
            tables.counters().count(Counter.UNKNOWN_METHOD);
            return;
        }
        long expiresAt = now + delta.remainingMs() * MS;
        if (slot == ConnTable.MISSING) {
            slot = insert(delta, expiresAt);
            if (slot == ConnTable.FULL) {
                tables.counters().count(Counter.COPY_WITHOUT_ROOM);
                return;
            }
            tables.entered(conn.at(slot).inPackets(IN_PACKETS), now);
        }
        conn.at(slot)
                .state(delta.state())
                .inactive((delta.flags() & ConnFlags.INACTIVE) != 0)
                .noOutput((delta.flags() & ConnFlags.NO_OUTPUT) != 0)
                .expiresAt(expiresAt)
                .toldAt(expiresAt)
                .version(delta.version())
                .epoch(epoch);
        linkTo(controller());
    }

    /// Slot of the template that the record names, or [Conn#NO_TEMPLATE].
    private int controller() {
        int lookup = controllerOf[at];
        int found = lookup == Lookups.NONE ? TemplateTable.MISSING : templateLookups.find(lookup);
        return found == TemplateTable.MISSING ? Conn.NO_TEMPLATE : found;
    }

    /// Corrects the link: a link that the active does not have would keep a template too long, and a missing one
    /// would end it too soon. A deposed active has both.
    private void linkTo(int controller) {
        int before = conn.template();
        if (before == controller) {
            return;
        }
        if (before != Conn.NO_TEMPLATE) {
            tables.persistence().release(before, false);
        }
        conn.template(controller);
        if (controller != Conn.NO_TEMPLATE) {
            tables.persistence().link(controller);
        }
    }

    private boolean isNewer(long ours, Delta delta) {
        return ours > delta.version() && Version.term(ours) == streamTerm;
    }

    private boolean goesTo(Delta delta) {
        return conn.realAddress() == delta.realAddress()
                && conn.realPort() == delta.realPort()
                && (conn.flags() & ConnFlags.METHOD) == (delta.flags() & ConnFlags.METHOD);
    }

    private int insert(Delta delta, long expiresAt) {
        var services = tables.services();
        int service = services.serviceOfConnection(
                delta.serviceMark(), delta.protocol(), delta.virtualAddress(), delta.virtualPort());
        return connections.insert(
                delta.protocol(),
                delta.clientAddress(),
                delta.clientPort(),
                delta.virtualAddress(),
                delta.virtualPort(),
                delta.realAddress(),
                delta.realPort(),
                (delta.flags() & FLAGS_TAKEN) | ConnFlags.SYNC,
                service,
                real(service, delta),
                expiresAt);
    }

    /// FTP data uses other ports of the real server than its own; its template knows the server (IPVS-REF 3.3).
    private int real(int service, Delta delta) {
        int real = tables.services().realOfConnection(service, delta.realAddress(), delta.realPort());
        int controller = real == RealServerTable.NONE ? controller() : Conn.NO_TEMPLATE;
        if (controller == Conn.NO_TEMPLATE) {
            return real;
        }
        int kept = template.at(controller).real();
        return tables.reals().address(kept) == delta.realAddress() ? kept : RealServerTable.NONE;
    }

    private void connectionEnd(Delta delta) {
        int slot = connectionLookups.find(entryOf[at]);
        if (slot != ConnTable.MISSING && !isNewer(conn.at(slot).version(), delta)) {
            remove(slot);
        }
    }

    private void remove(int slot) {
        int controller = conn.at(slot).template();
        tables.takeOut(conn);
        if (controller != Conn.NO_TEMPLATE) {
            tables.persistence().release(controller, false);
        }
    }

    private void template(Delta delta, long now) {
        int slot = templateLookups.find(entryOf[at]);
        if (slot != TemplateTable.MISSING && isNewer(template.at(slot).version(), delta)) {
            template.epoch(epoch);
            return;
        }
        int real = tables.services()
                .realOfTemplate(
                        delta.protocol(),
                        delta.virtualAddress(),
                        delta.virtualPort(),
                        delta.realAddress(),
                        delta.realPort());
        long timeoutS = Integer.toUnsignedLong(delta.timeoutS());
        long expiresAt = now + delta.remainingMs() * MS;
        if (real != RealServerTable.NONE && slot != TemplateTable.MISSING && template.real() != real) {
            boolean isMoved = (delta.state() & Delta.MOVED) != 0 && template.hasSameKey(real);
            if (isMoved || tables.reals().isAlike(template.real(), real)) { // alike if we forgot the former one
                template.real(real);
            } else { // it is another template, and the connections of the old one stay with that
                merge.moved(template.version(), template.client());
                tables.persistence().drop(slot);
                slot = TemplateTable.MISSING;
            }
        }
        if (real != RealServerTable.NONE && slot == TemplateTable.MISSING) {
            slot = templates.insert(delta.clientAddress(), real, timeoutS, expiresAt);
            hasNewTemplates = true;
        }
        if (real == RealServerTable.NONE || slot == TemplateTable.FULL) {
            tables.counters().count(Counter.COPY_WITHOUT_ROOM);
            return;
        }
        template.at(slot)
                .timeoutS(timeoutS)
                .assured((delta.state() & Changes.ASSURED) != 0)
                .pinned((delta.state() & Changes.PINNED) != 0)
                .expiresAt(expiresAt)
                .toldAt(expiresAt)
                .version(delta.version())
                .epoch(epoch);
    }

    private void templateEnd(Delta delta) {
        int slot = templateLookups.find(entryOf[at]);
        if (slot != TemplateTable.MISSING && !isNewer(template.at(slot).version(), delta)) {
            tables.persistence().drop(slot);
        }
    }

    private void beginCopy(CopyOrder.Kind kind) {
        copyKind = kind;
        hasNewTemplates = false;
        marked.clear();
        unlinked.clear();
        epoch = (epoch + 1) & 0xff;
        sweptConnections = 0;
        sweptTemplates = 0;
    }

    private void bucket(Delta delta) {
        boolean isDigest = copyKind == CopyOrder.Kind.DIGESTS;
        if (!isDigest || delta.digest() != tables.digest(delta.bucket())) {
            marked.set(delta.bucket());
        }
    }

    private void endCopy() {
        switch (copyKind) {
            case DIGESTS -> {
                needed.clear();
                needed.or(marked);
            }
            case BUCKETS -> {
                needed.andNot(marked);
                needed.or(unlinked);
            }
            case CHANGES -> {
                return;
            }
        }
        lacking = Buckets.of(needed);
    }

    /// Whether the connection could be one of a template that came after it: only its own record tells.
    private boolean mayHaveTemplate() {
        int service = conn.service();
        boolean isPersistent = service != Services.NONE && tables.services().isPersistent(service);
        return isPersistent
                && (conn.template() == Conn.NO_TEMPLATE
                        || template.at(conn.template()).isInvalid());
    }

    /// Continues to remove entries that the copy did not name.
    ///
    /// @param budget  0 for a promotion that has no time for it
    /// @return whether all are removed
    private boolean sweep(int budget) {
        if (copyKind != CopyOrder.Kind.BUCKETS) {
            return true;
        }
        int left = budget;
        for (; left > 0 && sweptConnections < connections.high(); left--) {
            int slot = sweptConnections++;
            if (!connections.isLive(slot)) {
                continue;
            }
            if (conn.at(slot).epoch() != epoch && marked.get(conn.bucket())) {
                remove(slot);
                left -= REMOVAL;
            } else if (hasNewTemplates && mayHaveTemplate()) {
                unlinked.set(conn.bucket());
            }
        }
        for (; left > 0 && sweptTemplates < templates.high(); left--) {
            int slot = sweptTemplates++;
            if (templates.isLive(slot) && template.at(slot).epoch() != epoch && marked.get(template.bucket())) {
                merge.forgotten(template.version(), template.client());
                tables.persistence().drop(slot);
                left -= REMOVAL;
            }
        }
        return budget == 0 || left > 0;
    }

    private void compare(Delta checkpoint, long now) {
        boolean isEqual = checkpoint.digest() == tables.digest();
        equality = new Equality(isEqual ? Equality.State.EQUAL : Equality.State.DIFFERENT, checkpoint.version(), now);
        compared = true;
    }
}
