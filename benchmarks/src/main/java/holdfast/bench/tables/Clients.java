package holdfast.bench.tables;

/// Client addresses without memory: the n-th is a mix of n, so that neighbouring numbers have unrelated addresses, and
/// no two are equal. Addresses from a table's size on are in no table.
final class Clients {
    private Clients() {}

    /// A bijection of 32 bits.
    static int client(int number) {
        int x = number + 0x7f4a7c15;
        x = (x ^ (x >>> 16)) * 0x21f0aaad;
        x = (x ^ (x >>> 15)) * 0x735a2d97;
        return x ^ (x >>> 15);
    }

    /// The high half of a wide client of a site whose clients differ in the low half, as IPv6 clients do.
    static long hi(int client) {
        return 0x2001_0db8_0000_0000L | (client & 0xffff);
    }

    static long lo(int client) {
        return (client & 0xffffffffL) * 0x1_0000_0001L;
    }
}
