package holdfast.table;

import holdfast.conn.Conn;
import holdfast.conn.ConnTable;
import holdfast.persist.Template;
import holdfast.persist.TemplateTable;
import holdfast.service.RealServerTable;
import holdfast.service.Services;
import holdfast.sync.Buckets;
import holdfast.sync.CopyCredit;
import holdfast.sync.CopyOrder;
import holdfast.sync.Delta;
import holdfast.sync.DeltaRing;
import holdfast.sync.Version;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The worker's side of the stream: assigns a version to every change and writes the change as a delta.
///
/// While this director is active, each change has a version even if the ring has no room for it: a gap in the
/// sequence shows the sync side that a delta was lost. Allocates nothing.
public final class Changes {
    private static final int TOMBSTONES_MAX = 1 << 18;
    private static final long MS = 1_000_000;
    private static final long SECOND = 1_000_000_000;
    static final int ASSURED = 1;
    static final int PINNED = 2;

    private final DeltaRing ring;
    private final ConnTable connections;
    private final TemplateTable templates;
    private final RealServerTable reals;
    private final Counters counters;
    private final Supplier<Policy> policy; // the present one
    private final boolean replicated;
    private final Tombstones tombstones;
    private final Copies copies;
    private final Template controller;

    private int term;
    private long sequence;
    private boolean isOpen;
    private boolean written;

    /// @param replicated   whether a sync thread reads the ring
    /// @param ringRecords  a power of two
    Changes(
            ConnTable connections,
            TemplateTable templates,
            RealServerTable reals,
            Counters counters,
            Supplier<Policy> policy,
            boolean replicated,
            int ringRecords) {
        this.connections = connections;
        this.templates = templates;
        this.reals = reals;
        this.policy = policy;
        this.counters = counters;
        this.replicated = replicated;
        ring = new DeltaRing(ringRecords);
        tombstones = new Tombstones(Math.min(TOMBSTONES_MAX, connections.capacity() + templates.capacity()));
        copies = new Copies(new OfCopies(), connections, templates, tombstones, ring);
        controller = templates.view();
    }

    /// The ring of deltas, which the sync thread reads.
    public DeltaRing ring() {
        return ring;
    }

    void begin(int term, long now) {
        this.term = term;
        sequence = 0;
        isOpen = true;
        copies.stop();
        tombstones.begin(term);
        checkpoint(now);
    }

    void end() {
        isOpen = false;
    }

    /// Whether the ring is more than half full, so that changes that can wait leave the rest to those that cannot.
    public boolean isCrowded() {
        return ring.size() > ring.capacity() / 2;
    }

    /// The version of the last change.
    public long version() {
        return Version.of(term, sequence);
    }

    long digest() {
        return connections.digest() * 31 + templates.digest();
    }

    long digest(int bucket) {
        return bucket < Buckets.FIRST_OF_CONNECTIONS ? templates.digest(bucket) : connections.digest(bucket);
    }

    /// Whether anything was written since the last call.
    public boolean takeWritten() {
        boolean was = written;
        written = false;
        return was;
    }

    /// Assigns a new version to a connection and writes it to the stream.
    public void connection(Conn conn, long now) {
        long version = next();
        conn.version(version);
        conn.toldAt(conn.expiresAt());
        write(conn, version, Delta.Op.CONNECTION, now);
    }

    void connectionEnd(Conn conn, long now) {
        long version = next();
        tombstones.add(conn, version);
        write(conn, version, Delta.Op.CONNECTION_END, now);
    }

    void template(Template template, long now) {
        template(template, 0, now);
    }

    /// It is the same template, with its connections, although its real server changes.
    void templateMoved(Template template, long now) {
        template(template, Delta.MOVED, now);
    }

    private void template(Template template, int flags, long now) {
        long version = next();
        template.version(version);
        template.toldAt(template.expiresAt());
        write(template, version, Delta.Op.TEMPLATE, flags, now);
    }

    void templateEnd(Template template, long now) {
        long version = next();
        tombstones.add(template, version);
        write(template, version, Delta.Op.TEMPLATE_END, 0, now);
    }

    /// Writes the digest as of now into the stream.
    public void checkpoint(long now) {
        var delta = claim();
        if (delta != null) {
            delta.op(Delta.Op.CHECKPOINT)
                    .version(version())
                    .digest(digest())
                    .connections(connections.size())
                    .templates(templates.size());
            publish();
        }
    }

    /// Starts a copy, in place of one under way.
    public void copy(CopyOrder order) {
        if (isOpen) {
            copies.order(order);
        }
    }

    /// Allows more of the copy. Any thread.
    public void credit(CopyCredit credit) {
        copies.credit(credit);
    }

    /// Continues the copy, as far as its credit, a budget and the ring allow.
    ///
    /// @return whether there was work
    public boolean writeCopies(long now) {
        return isOpen && copies.write(now);
    }

    private final class OfCopies implements Copies.Writer {
        @Override
        public void copy(Template template, long now) {
            write(template, template.version(), Delta.Op.TEMPLATE, 0, now);
        }

        @Override
        public void copy(Conn conn, long now) {
            write(conn, conn.version(), Delta.Op.CONNECTION, now);
        }

        @Override
        public void mark(Delta.Op op, CopyOrder.Kind kind, int ticket, boolean isContinued) {
            var delta = claim();
            if (delta != null) {
                delta.op(op).version(version()).copyKind(kind).ticket(ticket).continued(isContinued);
                publish();
            }
        }

        @Override
        public void bucket(int number) {
            var delta = claim();
            if (delta != null) {
                delta.op(Delta.Op.BUCKET).version(version()).bucket(number).digest(digest(number));
                publish();
            }
        }

        @Override
        public void end(long number) {
            var delta = claim();
            if (delta != null) {
                tombstones.write(number, delta);
                publish();
            }
        }

        @Override
        public void checkpoint(long now) {
            Changes.this.checkpoint(now);
        }
    }

    /// The full timeout of a connection in its present state, in seconds.
    long timeoutS(Conn conn) {
        return policy.get().timeouts().of(conn.protocol(), conn.state()) / SECOND;
    }

    private long next() {
        sequence++;
        return version();
    }

    private void write(Conn conn, long version, Delta.Op op, long now) {
        var delta = claim();
        if (delta == null) {
            return;
        }
        delta.op(op)
                .version(version)
                .protocol(conn.protocol())
                .clientAddress(conn.clientAddress())
                .clientPort(conn.clientPort())
                .virtualAddress(conn.virtualAddress())
                .virtualPort(conn.virtualPort())
                .realAddress(conn.realAddress())
                .realPort(conn.realPort())
                .method(conn.method().code())
                .state(conn.state())
                .flags(conn.flags())
                .timeoutS((int) timeoutS(conn))
                .remainingMs(Math.max(0, (conn.expiresAt() - now) / MS))
                .serviceMark(
                        conn.service() == Services.NONE
                                ? 0
                                : policy.get().services().key(conn.service()).mark())
                .templatePort(Delta.NO_TEMPLATE);
        if (conn.template() != Conn.NO_TEMPLATE) {
            controller.at(conn.template());
            if (!controller.isInvalid()) {
                delta.templateClient(controller.client()).templatePort(controller.virtualPort());
            }
        }
        publish();
    }

    private void write(Template template, long version, Delta.Op op, int flags, long now) {
        var delta = claim();
        if (delta == null) {
            return;
        }
        int real = template.real();
        delta.op(op)
                .version(version)
                .protocol(template.protocol())
                .clientAddress(template.client())
                .virtualAddress(template.virtualAddress())
                .virtualPort(template.virtualPort())
                .realAddress(reals.address(real))
                .realPort(reals.port(real))
                .method(reals.method(real).code())
                .state(flags | (template.isAssured() ? ASSURED : 0) | (template.isPinned() ? PINNED : 0))
                .timeoutS((int) template.timeoutS())
                .remainingMs(Math.max(0, (template.expiresAt() - now) / MS))
                .templatePort(Delta.NO_TEMPLATE);
        publish();
    }

    private @Nullable Delta claim() {
        if (!isOpen || !replicated) {
            return null;
        }
        var delta = ring.claim();
        if (delta == null) {
            counters.count(Counter.LOST_DELTA);
        }
        return delta;
    }

    private void publish() {
        ring.publish();
        written = true;
    }
}
