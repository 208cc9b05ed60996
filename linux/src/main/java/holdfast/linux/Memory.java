package holdfast.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static java.nio.ByteOrder.BIG_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/// The whole address space as one segment, read and written by absolute address. Any thread, any alignment (except that
/// acquire and release need alignment); allocates nothing. An access to an unmapped address ends the process: callers
/// use only addresses of memory that they own.
///
/// Accessors without a suffix use the machine's byte order, those with `Be` the network's.
public final class Memory {
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    private static final ValueLayout.OfShort SHORT_BE = JAVA_SHORT_UNALIGNED.withOrder(BIG_ENDIAN);
    private static final ValueLayout.OfInt INT_BE = JAVA_INT_UNALIGNED.withOrder(BIG_ENDIAN);
    private static final VarHandle INT = JAVA_INT.varHandle().withInvokeExactBehavior();

    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
    private static final int MADV_HUGEPAGE = 14;
    private static final long HUGE_PAGE = 2L << 20;

    private Memory() {}

    public static byte getByte(long address) {
        return ALL.get(JAVA_BYTE, address);
    }

    public static void putByte(long address, byte value) {
        ALL.set(JAVA_BYTE, address, value);
    }

    public static short getShort(long address) {
        return ALL.get(JAVA_SHORT_UNALIGNED, address);
    }

    public static void putShort(long address, short value) {
        ALL.set(JAVA_SHORT_UNALIGNED, address, value);
    }

    public static short getShortBe(long address) {
        return ALL.get(SHORT_BE, address);
    }

    public static void putShortBe(long address, short value) {
        ALL.set(SHORT_BE, address, value);
    }

    public static int getInt(long address) {
        return ALL.get(JAVA_INT_UNALIGNED, address);
    }

    public static void putInt(long address, int value) {
        ALL.set(JAVA_INT_UNALIGNED, address, value);
    }

    public static int getIntBe(long address) {
        return ALL.get(INT_BE, address);
    }

    public static void putIntBe(long address, int value) {
        ALL.set(INT_BE, address, value);
    }

    public static long getLong(long address) {
        return ALL.get(JAVA_LONG_UNALIGNED, address);
    }

    public static void putLong(long address, long value) {
        ALL.set(JAVA_LONG_UNALIGNED, address, value);
    }

    /// Reads an aligned word; no later read is moved before it.
    public static int getIntAcquire(long address) {
        return (int) INT.getAcquire(ALL, address);
    }

    /// Writes an aligned word; no earlier access is moved behind it.
    public static void putIntRelease(long address, int value) {
        INT.setRelease(ALL, address, value);
    }

    /// Copies as if through a buffer: the two ranges may overlap.
    public static void copy(long source, long destination, long length) {
        MemorySegment.copy(ALL, source, ALL, destination, length);
    }

    /// Copies a whole array to an address.
    public static void put(long address, byte[] source) {
        MemorySegment.copy(source, 0, ALL, JAVA_BYTE, address, source.length);
    }

    /// A new array with the bytes at an address; for control paths and tests.
    public static byte[] bytes(long address, int length) {
        var bytes = new byte[length];
        MemorySegment.copy(ALL, JAVA_BYTE, address, bytes, 0, length);
        return bytes;
    }

    /// Sets a range to zero.
    public static void clear(long address, long length) {
        ALL.asSlice(address, length).fill((byte) 0);
    }

    /// Zeroed memory on pages of its own, starting at a page. It stays until [#free] is called with the same
    /// length.
    ///
    /// Large memory requests huge pages: without them a table that is read at random misses the TLB with each read,
    /// which costs a lookup among 8 million entries an eighth to a quarter (`bin/bench tables`).
    ///
    /// @throws SyscallException if the kernel has no memory left
    public static long allocate(long bytes) {
        if (bytes <= 0) {
            throw new IllegalArgumentException("cannot allocate " + bytes + " bytes");
        }
        long address = Libc.mmap(Libc.errnoSegment(), 0, bytes, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);
        if (address < 0) {
            throw new SyscallException("mmap", bytes + " bytes of memory", (int) -address);
        }
        if (bytes >= HUGE_PAGE) {
            Libc.madvise(Libc.errnoSegment(), address, bytes, MADV_HUGEPAGE); // may refuse: no harm
        }
        return address;
    }

    /// Frees memory of [#allocate]; the caller must not use the addresses afterwards.
    public static void free(long address, long bytes) {
        int result = Libc.munmap(Libc.errnoSegment(), address, bytes);
        if (result < 0) {
            throw new SyscallException("munmap", "giving back " + bytes + " bytes of memory", -result);
        }
    }
}
