package holdfast.conn;

import holdfast.linux.Memory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/// An array of small numbers that are not negative, such as slot numbers, of three bytes each as long as three are
/// enough: with four, a template would not fit into 48 bytes.
final class SlotArray {
    private final MemorySegment memory; // keeps it as long as it is used by address
    private final long address;
    private final int width;
    private final int mask;

    /// @param max     the largest number to be stored
    /// @param memory  gives zeroed memory
    SlotArray(int length, int max, SegmentAllocator memory) {
        width = max <= 0xffffff ? 3 : 4;
        mask = width == 3 ? 0xffffff : -1;
        this.memory = memory.allocate((long) length * width + 1, 4); // one more: a three-byte number is read as four
        address = this.memory.address();
    }

    int get(int at) {
        return Memory.getInt(address + (long) at * width) & mask;
    }

    void set(int at, int value) {
        long place = address + (long) at * width;
        if (width == 4) {
            Memory.putInt(place, value);
        } else {
            Memory.putShort(place, (short) value);
            Memory.putByte(place + 2, (byte) (value >>> 16));
        }
    }

    long bytes() {
        return memory.byteSize();
    }
}
