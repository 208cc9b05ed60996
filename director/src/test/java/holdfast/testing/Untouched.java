package holdfast.testing;

import holdfast.linux.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/// Zeroed memory as a director allocates it for its tables: its pages exist only once they are used, so that a test may
/// make a table of any size. It is freed when the arena is closed.
public record Untouched(Arena arena) implements SegmentAllocator {
    @Override
    public MemorySegment allocate(long bytes, long alignment) {
        long address = Memory.allocate(bytes);
        return MemorySegment.ofAddress(address).reinterpret(bytes, arena, _ -> Memory.free(address, bytes));
    }
}
