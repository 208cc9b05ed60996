package holdfast.conn;

/// Where an entry stands in an index: a hash of two or four 64-bit words under a secret key.
///
/// Clients choose their addresses and ports, so they must not be able to choose which of them meet in one place. Each
/// half of the hash is a multilinear one: the sum of every 32-bit piece times a random 64-bit number, of which the high
/// half counts. Under a key that nobody knows, two different messages agree in such a half with a probability of 2^-32,
/// whatever the messages are (Lemire and Kaser, "Strongly universal string hashing is fast", 2014). A bijection behind
/// it breaks up the even steps that neighbouring addresses would make otherwise.
///
/// SipHash promises more, namely against somebody who sees hashes, which nobody does here. It was used before, and took
/// as long as everything else of a lookup that the caches hold: too long for a CPU to have two lookups under way, so
/// that each waited for its memory alone (`bin/bench tables`). It makes this hash's numbers of the key.
public final class FlowHash {
    private static final int PIECES_MAX = 8;

    // By half and piece, in fields of their own, because an array's bounds would be checked for each of them.
    private final long high0, high1, high2, high3, high4, high5, high6, high7, highPlus;
    private final long low0, low1, low2, low3, low4, low5, low6, low7, lowPlus;

    /// @param key0  with `key1` 128 random bits, fresh at each start and never told to anyone
    public FlowHash(long key0, long key1) {
        var numbers = new long[2 * (PIECES_MAX + 1)];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = sipHash(key0, key1, i, 8L << 56);
        }
        high0 = numbers[0];
        high1 = numbers[1];
        high2 = numbers[2];
        high3 = numbers[3];
        high4 = numbers[4];
        high5 = numbers[5];
        high6 = numbers[6];
        high7 = numbers[7];
        highPlus = numbers[8];
        low0 = numbers[9];
        low1 = numbers[10];
        low2 = numbers[11];
        low3 = numbers[12];
        low4 = numbers[13];
        low5 = numbers[14];
        low6 = numbers[15];
        low7 = numbers[16];
        lowPlus = numbers[17];
    }

    /// All 64 bits are good.
    public long of(long first, long second) {
        long a = first >>> 32, b = first & 0xffff_ffffL, c = second >>> 32, d = second & 0xffff_ffffL;
        return halves(
                highPlus + high0 * a + high1 * b + high2 * c + high3 * d,
                lowPlus + low0 * a + low1 * b + low2 * c + low3 * d);
    }

    /// Likewise of four words.
    public long of(long first, long second, long third, long fourth) {
        long a = first >>> 32, b = first & 0xffff_ffffL, c = second >>> 32, d = second & 0xffff_ffffL;
        long e = third >>> 32, f = third & 0xffff_ffffL, g = fourth >>> 32, h = fourth & 0xffff_ffffL;
        return halves(
                highPlus + high0 * a + high1 * b + high2 * c + high3 * d + high4 * e + high5 * f + high6 * g
                        + high7 * h,
                lowPlus + low0 * a + low1 * b + low2 * c + low3 * d + low4 * e + low5 * f + low6 * g + low7 * h);
    }

    private static long halves(long high, long low) {
        return (long) scattered((int) (high >>> 32)) << 32 | (scattered((int) (low >>> 32)) & 0xffff_ffffL);
    }

    /// A bijection of 32 bits (the finaliser of MurmurHash3).
    private static int scattered(int value) {
        int x = (value ^ value >>> 16) * 0x85ebca6b;
        x = (x ^ x >>> 13) * 0xc2b2ae35;
        return x ^ x >>> 16;
    }

    /// SipHash-2-4 of the message whose last block, with the length in its highest byte, is `last`.
    static long sipHash(long key0, long key1, long first, long last) {
        long v0 = key0 ^ 0x736f6d6570736575L;
        long v1 = key1 ^ 0x646f72616e646f6dL;
        long v2 = key0 ^ 0x6c7967656e657261L;
        long v3 = key1 ^ 0x7465646279746573L ^ first;
        for (int round = 1; round <= 8; round++) {
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
            if (round == 2) {
                v0 ^= first;
                v3 ^= last;
            } else if (round == 4) {
                v0 ^= last;
                v2 ^= 0xff;
            }
        }
        return v0 ^ v1 ^ v2 ^ v3;
    }
}
