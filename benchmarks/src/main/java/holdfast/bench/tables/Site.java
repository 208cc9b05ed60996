package holdfast.bench.tables;

import holdfast.conn.FlowHash;
import holdfast.linux.Memory;
import holdfast.service.RealServerTable;
import java.lang.foreign.MemorySegment;

/// The surroundings of our tables: one TCP service with sixteen real servers, a secret key, and the director's memory.
final class Site {
    static final int TCP = 6;
    static final int VIP = 0xc000020a;
    static final int PORT = 443;
    static final int REALS = 16;
    static final long SECOND = 1_000_000_000L;

    private Site() {}

    static RealServerTable reals() {
        var reals = new RealServerTable(4096);
        for (int i = 0; i < REALS; i++) {
            reals.intern(TCP, VIP, PORT, realAddress(i), PORT);
        }
        return reals;
    }

    static int realAddress(int real) {
        return 0x0a00000b + real;
    }

    static FlowHash hashes() {
        return new FlowHash(0x0123456789abcdefL, 0xfedcba9876543210L);
    }

    /// As a director allocates it for its tables.
    static MemorySegment memory(long bytes, long alignment) {
        return MemorySegment.ofAddress(Memory.allocate(bytes)).reinterpret(bytes);
    }
}
