package holdfast.conn;

/// The position of an entry in an index: a hash of two or four 64-bit words under a secret key.
///
/// Clients choose their addresses and ports, so they must not be able to choose which of them collide. The hash is
/// multilinear: the sum, modulo 2^64, of every 32-bit piece times a random 64-bit number. With secret numbers, two
/// different messages have equal sums with a probability of at most 2^-33, whatever the messages are: the factors of
/// the numbers differ somewhere, by less than 2^32 (after Lemire and Kaser, "Strongly universal string hashing is
/// fast", 2014). A bijection after it spreads all other sums, and the even steps of neighbouring addresses.
///
/// SipHash promises more, namely against an attacker who sees hashes, but no client sees them here. The table used it
/// before. It took as long as the rest of a lookup in the caches: too long for a CPU to overlap two lookups, so that
/// each waited for its memory alone (`bin/bench tables`). It still derives this hash's numbers from the key.
public final class FlowHash {
    private static final int PIECES_MAX = 8;

    // Fields of their own: an array would have a bounds check for each.
    private final long number0, number1, number2, number3, number4, number5, number6, number7, start;

    /// @param key0  with `key1` 128 random bits, fresh at each start and kept secret
    public FlowHash(long key0, long key1) {
        var numbers = new long[PIECES_MAX + 1];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = sipHash(key0, key1, i, 8L << 56);
        }
        number0 = numbers[0];
        number1 = numbers[1];
        number2 = numbers[2];
        number3 = numbers[3];
        number4 = numbers[4];
        number5 = numbers[5];
        number6 = numbers[6];
        number7 = numbers[7];
        start = numbers[8];
    }

    /// All 64 bits are of good quality.
    public long of(long first, long second) {
        return Digest.mix(start + sum(number0, first, number1) + sum(number2, second, number3));
    }

    /// Likewise of four words.
    public long of(long first, long second, long third, long fourth) {
        return Digest.mix(start
                + sum(number0, first, number1)
                + sum(number2, second, number3)
                + sum(number4, third, number5)
                + sum(number6, fourth, number7));
    }

    private static long sum(long high, long word, long low) {
        return high * (word >>> 32) + low * (word & 0xffff_ffffL);
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
