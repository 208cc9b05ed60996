package holdfast.schedule;

/// The kernel's `hash_32`: a multiplication by 2^32 times (1 - 1 / golden ratio), of which the top bits are good.
final class GoldenHash {
    private static final int MULTIPLIER = 0x61c88647;

    private GoldenHash() {}

    /// A hash of that many bits.
    static int of(int value, int bits) {
        return (value * MULTIPLIER) >>> (Integer.SIZE - bits);
    }
}
