package holdfast.table;

import holdfast.conn.Conn;
import holdfast.persist.Template;
import holdfast.sync.Delta;
import holdfast.sync.Version;
import java.util.Arrays;

/// The latest ends of entries in the present term, by version: a standby that missed a part of the stream is told
/// of them. A ring of 24 bytes for each end; a new one overwrites the oldest. Allocates nothing after the
/// constructor.
final class Tombstones {
    private static final int TEMPLATE = 1 << 8; // beside the protocol
    private static final int WORDS = 3;

    private final long[] words;
    private final int size;
    private long count; // since the term began
    private long forgotten; // the newest version that is no longer here

    /// @param size  ends that it remembers
    Tombstones(int size) {
        this.size = size;
        words = new long[size * WORDS];
    }

    /// A new term begins; ends of earlier terms are not known in it.
    void begin(int term) {
        count = 0;
        forgotten = Version.of(term, 0);
        Arrays.fill(words, 0);
    }

    void add(Conn conn, long version) {
        add(
                version,
                conn.clientAddress(),
                conn.virtualAddress(),
                conn.clientPort() << 16 | conn.virtualPort(),
                conn.protocol());
    }

    void add(Template template, long version) {
        add(
                version,
                template.client(),
                template.virtualAddress(),
                template.virtualPort(),
                template.protocol() | TEMPLATE);
    }

    private void add(long version, int client, int virtual, int ports, int kind) {
        int at = at(count);
        if (count >= size) {
            forgotten = words[at];
        }
        words[at] = version;
        words[at + 1] = (long) client << 32 | Integer.toUnsignedLong(virtual);
        words[at + 2] = (long) kind << 32 | Integer.toUnsignedLong(ports);
        count++;
    }

    /// Whether it knows every end after this version of the present term.
    boolean knowsAllSince(long version) {
        return version >= forgotten;
    }

    /// The number of the first end after `version` that it still knows; [#count] if there is none.
    long firstAfter(long version) {
        long low = first();
        long high = count;
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (words[at(middle)] > version) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /// The number of the oldest end that it still knows.
    long first() {
        return Math.max(0, count - size);
    }

    /// Ends in the present term.
    long count() {
        return count;
    }

    /// Writes the end with this number, which it still knows.
    void write(long number, Delta delta) {
        int at = at(number);
        long addresses = words[at + 1];
        int ports = (int) words[at + 2];
        int kind = (int) (words[at + 2] >>> 32);
        delta.op((kind & TEMPLATE) != 0 ? Delta.Op.TEMPLATE_END : Delta.Op.CONNECTION_END)
                .version(words[at])
                .protocol(kind & 0xff)
                .clientAddress((int) (addresses >>> 32))
                .virtualAddress((int) addresses)
                .clientPort(ports >>> 16)
                .virtualPort(ports & 0xffff)
                .templatePort(Delta.NO_TEMPLATE);
    }

    private int at(long number) {
        return (int) (number % size) * WORDS;
    }
}
