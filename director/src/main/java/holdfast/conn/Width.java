package holdfast.conn;

/// The width of the addresses of a table's clients. Only clients are ever 128 bits wide: virtual and real addresses are
/// few, and an IPv6 table stores 32-bit handles for them (ADR 0007).
public enum Width {
    /// 32 bits. In the 128-bit form the high half is 0, and so are the upper 32 bits of the low half.
    IPV4(0),
    /// 128 bits.
    IPV6(2 * Long.BYTES);

    private final int clientBytes;

    Width(int clientBytes) {
        this.clientBytes = clientBytes;
    }

    /// The growth of a record: 12 bytes of address, and 4 for alignment.
    int clientBytes() {
        return clientBytes;
    }

    boolean holds(long clientHi, long clientLo) {
        return this == IPV6 || (clientHi | clientLo >>> 32) == 0;
    }
}
