package holdfast.conn;

/// The fingerprint of one entry; a table keeps the sum of all. Two tables with equal sums hold the same entries, in any
/// order. It needs no key, because each director computes it from its own entries. It is a sum, not an XOR, so that an
/// entry counted twice does not cancel out.
///
/// It covers everything that a failover needs: the key, the real server and the version. It omits the remaining time,
/// in which two directors never agree to the millisecond.
public final class Digest {
    private Digest() {}

    /// @param clientHi        high half of the client; 0 for IPv4
    /// @param virtualAddress  or its handle
    /// @param ports           ports and protocol as [Key#ports] packs them
    /// @param realAddress     of the real server, or its handle
    /// @param version         of the last change
    public static long of(
            long clientHi, long clientLo, int virtualAddress, long ports, int realAddress, int realPort, long version) {
        long client = folded(clientHi ^ 0xa0761d6478bd642fL, clientLo ^ 0xe7037ed1a0b428dbL);
        long servers = folded(
                Key.addresses(virtualAddress, realAddress) ^ 0x8ebc6af09c88c6e3L,
                (ports | (long) realPort << 16) ^ 0x589965cc75374cc3L); // the port uses bits that a key leaves 0
        return mix(client + servers + version);
    }

    /// Of a key alone, for the bucket to which its entry belongs ([holdfast.sync.Buckets]).
    public static long ofKey(long clientHi, long clientLo, int virtualAddress, long ports) {
        long client = folded(clientHi ^ 0xa0761d6478bd642fL, clientLo ^ 0xe7037ed1a0b428dbL);
        return mix(client + (ports ^ Integer.toUnsignedLong(virtualAddress)));
    }

    /// Both halves of a product, so that every bit of either factor matters (Wang Yi's wyhash).
    private static long folded(long a, long b) {
        return a * b ^ Math.unsignedMultiplyHigh(a, b);
    }

    /// A bijection in which each bit of the input changes about half of the output (multiply, shift, three times).
    static long mix(long x) {
        long y = (x ^ x >>> 30) * 0xbf58476d1ce4e5b9L;
        y = (y ^ y >>> 27) * 0x94d049bb133111ebL;
        return (y ^ y >>> 31) * 0x9e3779b97f4a7c15L;
    }
}
