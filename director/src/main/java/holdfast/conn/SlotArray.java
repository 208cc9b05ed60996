package holdfast.conn;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// An array of small numbers that are not negative, such as slot numbers, of three bytes each as long as three are
/// enough: with four, a template would not fit into 48 bytes.
final class SlotArray {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment memory;
    private final int width;
    private final int mask;

    /// @param max     the largest number to be stored
    /// @param memory  gives zeroed memory
    SlotArray(int length, int max, SegmentAllocator memory) {
        width = max <= 0xffffff ? 3 : 4;
        mask = width == 3 ? 0xffffff : -1;
        this.memory = memory.allocate((long) length * width + 1, 4); // one more: a three-byte number is read as four
    }

    int get(int at) {
        return memory.get(INT, (long) at * width) & mask;
    }

    void set(int at, int value) {
        long offset = (long) at * width;
        if (width == 4) {
            memory.set(INT, offset, value);
        } else {
            memory.set(SHORT, offset, (short) value);
            memory.set(ValueLayout.JAVA_BYTE, offset + 2, (byte) (value >>> 16));
        }
    }

    long bytes() {
        return memory.byteSize();
    }
}
