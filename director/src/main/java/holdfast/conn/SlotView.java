package holdfast.conn;

import holdfast.linux.Memory;
import java.util.Objects;

/// A movable window onto one entry of a [SlotTable]; its position is its only state. Not thread-safe: each user keeps a
/// view and moves it.
///
/// Both kinds of record begin with the low 32 bits of the client. A table of [Width#IPV6] has two words in front of
/// them, at negative offsets, so that all other fields have the same offsets as in a table of IPv4:
///
///     -16  | high 64 bits of the client                  |
///     -8   | low 64 bits of the client                   |
///     0    | low 32 bits of the client    | ... 32       |
public abstract class SlotView {
    private static final int CLIENT_HI = -16;
    private static final int CLIENT_LO = -8;
    private static final int CLIENT = 4;

    /// Address of the record, the base of its offsets.
    protected long base;

    private final SlotTable table;
    private final long records;
    private final int capacity;
    private final boolean isWide;
    private final int clientBytes;
    private final int stride;
    private int slot;

    protected SlotView(SlotTable table) {
        this.table = table;
        records = table.records.address();
        capacity = table.capacity();
        isWide = table.width == Width.IPV6;
        clientBytes = table.width.clientBytes();
        stride = table.recordBytes;
    }

    /// Moves to a slot. The slot number is checked, because the memory is read by address.
    public SlotView at(int slot) {
        this.slot = Objects.checkIndex(slot, capacity);
        base = records + (long) slot * stride + clientBytes;
        return this;
    }

    /// The slot at which the view is.
    public final int slot() {
        return slot;
    }

    /// The high half of the client's address; 0 for IPv4.
    public final long clientHi() {
        return isWide ? Memory.getLong(base + CLIENT_HI) : 0;
    }

    /// The low half of the client's address; an IPv4 address is in its low 32 bits.
    public final long clientLo() {
        return isWide ? Memory.getLong(base + CLIENT_LO) : Memory.getInt(base + CLIENT) & 0xffffffffL;
    }

    /// Monotonic ns.
    public abstract long expiresAt();

    /// Its part in the table's digest.
    protected abstract long digest();

    /// The bucket of its key, as [holdfast.sync.Buckets] numbers them.
    public abstract int bucket();

    protected abstract boolean isLive();

    /// Marks the slot as unused.
    protected abstract void clear(int nextFreed);

    /// The value passed to [#clear].
    protected abstract int nextFreed();

    protected final boolean hasClient(long clientHi, long clientLo) {
        return clientLo() == clientLo && clientHi() == clientHi;
    }

    /// The low 32 bits of the client, which are the whole client in a table of IPv4.
    protected final int clientLow() {
        return Memory.getInt(base + CLIENT);
    }

    /// Updates the table's digests after a change of the entry.
    ///
    /// @param before  [#digest] before the change; 0 if the entry is new
    protected final void changed(long before) {
        table.addDigest(bucket(), digest() - before);
    }

    /// Writes the client except its low 32 bits, which belong to the record.
    protected final void fillClient(long clientHi, long clientLo) {
        if (isWide) {
            Memory.putLong(base + CLIENT_HI, clientHi);
            Memory.putLong(base + CLIENT_LO, clientLo);
        }
    }
}
