package holdfast.schedule;

/// SipHash-1-3 of one 32-bit word under a key whose halves are equal, cut to 32 bits: the kernel's `hsiphash` on
/// little-endian 64-bit machines.
final class SipHash {
    private static final long LENGTH = (long) Integer.BYTES << 56;
    private static final int ROUNDS = 4; // one for the word, three to finish

    private SipHash() {}

    static int of(int key, int word) {
        long half = key & 0xffff_ffffL;
        long message = LENGTH | (word & 0xffff_ffffL);
        long v0 = half ^ 0x736f6d6570736575L;
        long v1 = half ^ 0x646f72616e646f6dL;
        long v2 = half ^ 0x6c7967656e657261L;
        long v3 = half ^ 0x7465646279746573L ^ message;
        for (int round = 1; round <= ROUNDS; round++) {
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
            if (round == 1) {
                v0 ^= message;
                v2 ^= 0xff;
            }
        }
        return (int) (v0 ^ v1 ^ v2 ^ v3);
    }
}
