package holdfast.conn;

/// SipHash-1-3 of two or four 64-bit words under a secret key: where an entry stands in an index.
///
/// Clients choose their addresses and ports, so they must not be able to guess which of them meet in one place;
/// the same family guards the hash tables of kernels and languages for the same reason. A plain multiply-mix
/// would be faster, but several of that kind, though keyed, fell to inputs that collide under every key; and
/// the difference is some nanoseconds of a packet's two thousand.
public final class FlowHash {
    private final long key0;
    private final long key1;

    /// @param key0  with `key1` 128 random bits, fresh at each start and never told to anyone
    public FlowHash(long key0, long key1) {
        this.key0 = key0;
        this.key1 = key1;
    }

    /// All 64 bits are good. The length that SipHash appends is left out, because a table has messages of one length.
    public long of(long first, long second) {
        return sipHash(key0, key1, first, second, 1, 3);
    }

    /// Likewise of four words.
    public long of(long first, long second, long third, long fourth) {
        return sipHash(key0, key1, first, second, third, fourth, 4, 1, 3);
    }

    /// SipHash of the message whose last block, with the length in its highest byte, is `last`.
    static long sipHash(long key0, long key1, long first, long last, int compressions, int finalisations) {
        return sipHash(key0, key1, first, last, 0, 0, 2, compressions, finalisations);
    }

    /// SipHash of the first `words` of the words given, of which the last one has the length in its highest byte.
    static long sipHash(
            long key0,
            long key1,
            long first,
            long second,
            long third,
            long fourth,
            int words,
            int compressions,
            int finalisations) {
        long v0 = key0 ^ 0x736f6d6570736575L;
        long v1 = key1 ^ 0x646f72616e646f6dL;
        long v2 = key0 ^ 0x6c7967656e657261L;
        long v3 = key1 ^ 0x7465646279746573L ^ first;
        long message = first;
        int absorbed = 0;
        int rounds = words * compressions + finalisations;
        for (int round = 1; round <= rounds; round++) {
            v0 += v1;
            v2 += v3;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v1;
            v0 += v3;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 = Long.rotateLeft(v2, 32);
            if (absorbed < words && round == (absorbed + 1) * compressions) {
                v0 ^= message;
                absorbed++;
                if (absorbed == words) {
                    v2 ^= 0xff;
                } else {
                    message = absorbed == 1 ? second : absorbed == 2 ? third : fourth;
                    v3 ^= message;
                }
            }
        }
        return v0 ^ v1 ^ v2 ^ v3;
    }
}
