package holdfast.conn;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// A movable window onto one entry of a [SlotTable]; its only state is where it stands.
/// Not thread-safe: each user keeps a view and moves it.
///
/// Both kinds of record begin with the low 32 bits of the client. A table of [Width#IPV6] has two words in front of
/// them, at negative offsets, so that all other fields are where they are in a table of IPv4:
///
///     -16  | high 64 bits of the client                  |
///     -8   | low 64 bits of the client                   |
///     0    | low 32 bits of the client    | ... 32       |
public abstract class SlotView {
    protected static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
    protected static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
    protected static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN);
    protected static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

    private static final int CLIENT_HI = -16;
    private static final int CLIENT_LO = -8;
    private static final int CLIENT = 4;

    protected final MemorySegment records;

    /// Where the record begins, of which the offsets are counted.
    protected long base;

    private final SlotTable table;
    private final boolean isWide;
    private final int clientBytes;
    private final int stride;
    private int slot;

    /// @param bytes  of a record without what [Width#IPV6] adds
    protected SlotView(SlotTable table, int bytes) {
        this.table = table;
        records = table.records;
        isWide = table.width == Width.IPV6;
        clientBytes = table.width.clientBytes();
        stride = clientBytes + bytes;
    }

    /// Moves to a slot.
    public SlotView at(int slot) {
        this.slot = slot;
        base = (long) slot * stride + clientBytes;
        return this;
    }

    public final int slot() {
        return slot;
    }

    /// The high half of the client's address; 0 for IPv4.
    public final long clientHi() {
        return isWide ? records.get(LONG, base + CLIENT_HI) : 0;
    }

    /// The low half of the client's address; for IPv4 that address in its low 32 bits.
    public final long clientLo() {
        return isWide ? records.get(LONG, base + CLIENT_LO) : records.get(INT, base + CLIENT) & 0xffffffffL;
    }

    /// Monotonic ns.
    public abstract long expiresAt();

    /// Its part in the table's digest.
    protected abstract long digest();

    protected abstract boolean isLive();

    /// Makes the slot one that is not in use.
    protected abstract void clear(int nextFreed);

    /// What [#clear] was given.
    protected abstract int nextFreed();

    protected final boolean hasClient(long clientHi, long clientLo) {
        return clientLo() == clientLo && clientHi() == clientHi;
    }

    /// The low 32 bits of the client, which is all of it in a table of IPv4.
    protected final int clientLow() {
        return records.get(INT, base + CLIENT);
    }

    protected final void addDigest(long change) {
        table.addDigest(change);
    }

    /// Writes the client but for its low 32 bits, which are the record's.
    protected final void fillClient(long clientHi, long clientLo) {
        if (isWide) {
            records.set(LONG, base + CLIENT_HI, clientHi);
            records.set(LONG, base + CLIENT_LO, clientLo);
        }
    }
}
