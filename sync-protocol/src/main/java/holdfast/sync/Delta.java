package holdfast.sync;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// A movable window onto one record of a [DeltaRing] or a [Batch]: one change of one connection or template, a
/// checkpoint, or a mark of a copy. Not thread-safe, and valid only until the ring passes the record to the other
/// side.
///
/// ```
///  0         8             16       20       24     28         32         36      40      42      44     46   48
///  | version | remainingMs | client | virtual| real | template | timeoutS | flags | cport | vport | rport | c  |
///  48            52   53         54       55      56
/// | templatePort | op | protocol | method | state | mark, or digest |
/// ```
/// c is whether the record is of a copy, which only the receiver sets. A record without a key uses some of these
/// fields for something else: a CHECKPOINT has its counts of connections and templates in client and virtual, and
/// its digest in the last field. A BUCKET has its number in client and its digest in the last field. COPY_BEGIN and
/// COPY_END have the kind of the copy in state, its ticket in timeoutS, and in flags whether another part follows.
public final class Delta {
    public static final int BYTES = 64;
    static final int WORDS = BYTES / Long.BYTES;

    /// [#templatePort] of a connection that no template controls.
    public static final int NO_TEMPLATE = -1;

    /// In the [#state] of a TEMPLATE: an operator gave it another real server. It is still the same template, with
    /// its connections.
    public static final int MOVED = 4;

    private static final int VERSION = 0, REMAINING = 8, CLIENT = 16, VIRTUAL = 20, REAL = 24, TEMPLATE = 28;
    private static final int TIMEOUT = 32, FLAGS = 36, CLIENT_PORT = 40, VIRTUAL_PORT = 42, REAL_PORT = 44;
    private static final int COPIED = 46, TEMPLATE_PORT = 48, OP = 52, PROTOCOL = 53, METHOD = 54, STATE = 55;
    private static final int DIGEST = 56, SERVICE_MARK = 56;

    /// The kind of a record. The standby must not depend on the order of records of *different* keys between two
    /// checkpoints. Within a batch, a newer record replaces an older one of the same key, at the older one's
    /// position. Records after an end, and records before and after a move, are all kept.
    public enum Op {
        /// A connection is new or has changed to the state in the record; its version decides, never the order
        /// of arrival.
        CONNECTION,
        /// The same for a persistence template; its client address is masked and its client port 0.
        TEMPLATE,
        /// A connection has ended as of the version.
        CONNECTION_END,
        /// A template has ended as of the version.
        TEMPLATE_END,
        /// A copy for one standby begins, as a [CopyOrder] asked for it. Up to COPY_END its records are mixed with
        /// live ones.
        COPY_BEGIN,
        /// After a copy of buckets, an entry in one of them that neither the copy nor a live record named since
        /// COPY_BEGIN does not exist on the active.
        COPY_END,
        /// The digest and the counts of the active's whole table as of the version.
        CHECKPOINT,
        /// Within a copy: a bucket whose entries follow, or the digest of a bucket as of the version.
        BUCKET;

        private static final List<Op> ALL = List.of(values());

        /// Its code in memory and on the wire: its position in this list, which only grows at its end.
        @SuppressWarnings("EnumOrdinal") // the order above is the format
        public int code() {
            return ordinal();
        }

        /// Whether no record may be moved across this one.
        boolean isBarrier() {
            return compareTo(TEMPLATE_END) > 0;
        }

        boolean isEnd() {
            return this == CONNECTION_END || this == TEMPLATE_END;
        }

        boolean isOfTemplate() {
            return this == TEMPLATE || this == TEMPLATE_END;
        }

        /// The op of a valid [#code].
        public static Op of(int code) {
            return ALL.get(code);
        }

        static int count() {
            return ALL.size();
        }
    }

    private final MemorySegment memory;
    private long base;

    Delta(MemorySegment memory) {
        this.memory = memory;
    }

    Delta at(long offset) {
        base = offset;
        return this;
    }

    void clear() {
        for (int offset = 0; offset < BYTES; offset += Long.BYTES) {
            memory.set(JAVA_LONG, base + offset, 0L);
        }
    }

    /// Copies every field of `other`; for a model or a copy between rings.
    public Delta copyOf(Delta other) {
        for (int offset = 0; offset < BYTES; offset += Long.BYTES) {
            memory.set(JAVA_LONG, base + offset, other.memory.get(JAVA_LONG, other.base + offset));
        }
        return this;
    }

    boolean isMove() {
        return op() == Op.TEMPLATE && (state() & MOVED) != 0;
    }

    boolean hasKeyOf(Delta other) {
        return op().isOfTemplate() == other.op().isOfTemplate()
                && protocol() == other.protocol()
                && clientAddress() == other.clientAddress()
                && virtualAddress() == other.virtualAddress()
                && clientPort() == other.clientPort()
                && virtualPort() == other.virtualPort();
    }

    int keyHash() {
        long mixed = (Integer.toUnsignedLong(clientAddress()) << 32 | clientPort() << 16 | virtualPort())
                * 0x9e3779b97f4a7c15L;
        mixed = (mixed ^ virtualAddress() ^ (protocol() << 1 | (op().isOfTemplate() ? 1 : 0))) * 0xbf58476d1ce4e5b9L;
        return (int) (mixed >>> 32);
    }

    public Op op() {
        return Op.of(memory.get(JAVA_BYTE, base + OP));
    }

    public Delta op(Op op) {
        memory.set(JAVA_BYTE, base + OP, (byte) op.code());
        return this;
    }

    /// The protocol number of the IP header: 6 for TCP, 17 for UDP, 132 for SCTP; 0 for a template of a mark.
    public int protocol() {
        return memory.get(JAVA_BYTE, base + PROTOCOL) & 0xff;
    }

    public Delta protocol(int protocol) {
        memory.set(JAVA_BYTE, base + PROTOCOL, (byte) protocol);
        return this;
    }

    /// Packed as by [Version].
    public long version() {
        return memory.get(JAVA_LONG, base + VERSION);
    }

    public Delta version(long version) {
        memory.set(JAVA_LONG, base + VERSION, version);
        return this;
    }

    public int clientAddress() {
        return memory.get(JAVA_INT, base + CLIENT);
    }

    public Delta clientAddress(int address) {
        memory.set(JAVA_INT, base + CLIENT, address);
        return this;
    }

    public int clientPort() {
        return memory.get(JAVA_SHORT, base + CLIENT_PORT) & 0xffff;
    }

    public Delta clientPort(int port) {
        memory.set(JAVA_SHORT, base + CLIENT_PORT, (short) port);
        return this;
    }

    public int virtualAddress() {
        return memory.get(JAVA_INT, base + VIRTUAL);
    }

    public Delta virtualAddress(int address) {
        memory.set(JAVA_INT, base + VIRTUAL, address);
        return this;
    }

    public int virtualPort() {
        return memory.get(JAVA_SHORT, base + VIRTUAL_PORT) & 0xffff;
    }

    public Delta virtualPort(int port) {
        memory.set(JAVA_SHORT, base + VIRTUAL_PORT, (short) port);
        return this;
    }

    public int realAddress() {
        return memory.get(JAVA_INT, base + REAL);
    }

    public Delta realAddress(int address) {
        memory.set(JAVA_INT, base + REAL, address);
        return this;
    }

    public int realPort() {
        return memory.get(JAVA_SHORT, base + REAL_PORT) & 0xffff;
    }

    public Delta realPort(int port) {
        memory.set(JAVA_SHORT, base + REAL_PORT, (short) port);
        return this;
    }

    /// The code of a [holdfast.conf.ForwardingMethod].
    public int method() {
        return memory.get(JAVA_BYTE, base + METHOD) & 0xff;
    }

    public Delta method(int code) {
        memory.set(JAVA_BYTE, base + METHOD, (byte) code);
        return this;
    }

    /// IPVS's state code, by protocol. For a template, 1 for assured plus 2 for pinned plus [#MOVED].
    public int state() {
        return memory.get(JAVA_BYTE, base + STATE) & 0xff;
    }

    public Delta state(int code) {
        memory.set(JAVA_BYTE, base + STATE, (byte) code);
        return this;
    }

    /// The connection flags of IPVS (IPVS-REF 4.2).
    public int flags() {
        return memory.get(JAVA_INT, base + FLAGS);
    }

    public Delta flags(int flags) {
        memory.set(JAVA_INT, base + FLAGS, flags);
        return this;
    }

    /// The entry's full timeout in seconds, an unsigned int.
    public int timeoutS() {
        return memory.get(JAVA_INT, base + TIMEOUT);
    }

    public Delta timeoutS(int seconds) {
        memory.set(JAVA_INT, base + TIMEOUT, seconds);
        return this;
    }

    /// The remaining time when the record was written, in ms; at least 0.
    public long remainingMs() {
        return memory.get(JAVA_LONG, base + REMAINING);
    }

    public Delta remainingMs(long ms) {
        memory.set(JAVA_LONG, base + REMAINING, ms);
        return this;
    }

    /// The masked client address of the template that controls this connection; undefined without [#templatePort].
    public int templateClient() {
        return memory.get(JAVA_INT, base + TEMPLATE);
    }

    public Delta templateClient(int address) {
        memory.set(JAVA_INT, base + TEMPLATE, address);
        return this;
    }

    /// The virtual port of the controlling template, or [#NO_TEMPLATE]. A claimed record starts with 0, so a
    /// connection without a template must set it.
    public int templatePort() {
        return memory.get(JAVA_INT, base + TEMPLATE_PORT);
    }

    public Delta templatePort(int port) {
        memory.set(JAVA_INT, base + TEMPLATE_PORT, port);
        return this;
    }

    /// The mark by which a connection's service was found, an unsigned int; 0 for none. A CHECKPOINT has none.
    public int serviceMark() {
        return memory.get(JAVA_INT, base + SERVICE_MARK);
    }

    public Delta serviceMark(int mark) {
        memory.set(JAVA_INT, base + SERVICE_MARK, mark);
        return this;
    }

    /// CHECKPOINT and BUCKET only.
    public long digest() {
        return memory.get(JAVA_LONG, base + DIGEST);
    }

    public Delta digest(long digest) {
        memory.set(JAVA_LONG, base + DIGEST, digest);
        return this;
    }

    /// CHECKPOINT only: connections in the table.
    public int connections() {
        return memory.get(JAVA_INT, base + CLIENT);
    }

    public Delta connections(int count) {
        memory.set(JAVA_INT, base + CLIENT, count);
        return this;
    }

    /// CHECKPOINT only: templates in the table.
    public int templates() {
        return memory.get(JAVA_INT, base + VIRTUAL);
    }

    public Delta templates(int count) {
        memory.set(JAVA_INT, base + VIRTUAL, count);
        return this;
    }

    /// BUCKET only: its number, less than [Buckets#COUNT].
    public int bucket() {
        return memory.get(JAVA_INT, base + CLIENT);
    }

    public Delta bucket(int number) {
        memory.set(JAVA_INT, base + CLIENT, number);
        return this;
    }

    /// Whether it came in a copy, so that its version does not tell that everything older has come.
    public boolean isCopied() {
        return memory.get(JAVA_BYTE, base + COPIED) != 0;
    }

    Delta copied(boolean isCopied) {
        memory.set(JAVA_BYTE, base + COPIED, (byte) (isCopied ? 1 : 0));
        return this;
    }

    /// COPY_BEGIN and COPY_END only.
    public CopyOrder.Kind copyKind() {
        return CopyOrder.Kind.of(state());
    }

    public Delta copyKind(CopyOrder.Kind kind) {
        return state(kind.code());
    }

    /// COPY_BEGIN and COPY_END only: [CopyOrder#ticket].
    public int ticket() {
        return timeoutS();
    }

    public Delta ticket(int ticket) {
        return timeoutS(ticket);
    }

    /// COPY_END only: whether another part of the same copy follows.
    public boolean isContinued() {
        return flags() != 0;
    }

    public Delta continued(boolean isContinued) {
        return flags(isContinued ? 1 : 0);
    }
}
