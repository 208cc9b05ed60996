package holdfast.schedule;

/// The bijection and the increment of SplitMix64: equal on every machine, and without a secret.
final class Mix {
    /// 2^64 divided by the golden ratio, odd: multiples of it visit every number before they repeat.
    static final long GOLDEN = 0x9e3779b97f4a7c15L;

    private Mix() {}

    /// Each bit of the input changes about half of the output.
    static long of(long x) {
        long y = (x ^ x >>> 30) * 0xbf58476d1ce4e5b9L;
        y = (y ^ y >>> 27) * 0x94d049bb133111ebL;
        return y ^ y >>> 31;
    }
}
