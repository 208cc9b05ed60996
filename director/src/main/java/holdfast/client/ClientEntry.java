package holdfast.client;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// A movable window onto one entry of [ClientEntries]; its position is its only state. For the datapath thread.
///
///     0      8      16       24      28        32     36     40         44
///     | hi   | lo   | window | scope | counted | most | next | previous | reserved |
///
/// `counted` are the connections that the entry accounts for: the client has at least so many, and at most `most`.
/// `next` and `previous` link the resting entries.
final class ClientEntry {
    static final int BYTES = 48;

    private static final int HI = 0, LO = 8, WINDOW = 16;
    private static final int SCOPE = 24, COUNTED = 28, MOST = 32, NEXT = 36, PREVIOUS = 40;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment records;
    private int slot;
    private long base;

    ClientEntry(MemorySegment records) {
        this.records = records;
    }

    ClientEntry at(int slot) {
        this.slot = slot;
        base = (long) slot * BYTES;
        return this;
    }

    int slot() {
        return slot;
    }

    void fill(long hi, long lo, int scope, int most) {
        records.set(LONG, base + HI, hi);
        records.set(LONG, base + LO, lo);
        begin(scope, most);
    }

    long hi() {
        return records.get(LONG, base + HI);
    }

    long lo() {
        return records.get(LONG, base + LO);
    }

    /// The service, [Clients#ALL_SERVICES], or [ClientEntries#VACANT].
    int scope() {
        return get(SCOPE);
    }

    void vacate() {
        begin(ClientEntries.VACANT, 0);
    }

    int counted() {
        return get(COUNTED);
    }

    void counted(int counted) {
        put(COUNTED, counted);
    }

    int most() {
        return get(MOST);
    }

    void most(int most) {
        put(MOST, most);
    }

    /// Its new connections, a [Window].
    long window() {
        return records.get(LONG, base + WINDOW);
    }

    void count(int second) {
        records.set(LONG, base + WINDOW, Window.added(window(), second));
    }

    int perSecond(int second, int nanos) {
        return Window.perSecond(window(), second, nanos);
    }

    /// The entry's claim to its place: open connections, and recent new ones.
    int claim(int second) {
        return most() + Window.both(window(), second);
    }

    int next() {
        return get(NEXT);
    }

    void next(int slot) {
        put(NEXT, slot);
    }

    int previous() {
        return get(PREVIOUS);
    }

    void previous(int slot) {
        put(PREVIOUS, slot);
    }

    private void begin(int scope, int most) {
        records.set(LONG, base + WINDOW, 0);
        put(SCOPE, scope);
        put(COUNTED, 0);
        put(MOST, most);
    }

    private int get(int offset) {
        return records.get(INT, base + offset);
    }

    private void put(int offset, int value) {
        records.set(INT, base + offset, value);
    }
}
