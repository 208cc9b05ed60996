package holdfast.conn;

/// Packs a key of either table into two words, with the client's side always on the left. Of a wide client they hold
/// the low 32 bits, and its own two words come with them.
///
///     addresses   | client 32 | other 32 |
///     ports       | client 16 | other 16 | 0 16 | protocol 8 | 0 8 |
public final class Key {
    private Key() {}

    /// Packs the two addresses of a key: the client in the high 32 bits, the other address in the low 32.
    public static long addresses(int client, int other) {
        return (long) client << 32 | (other & 0xffffffffL);
    }

    /// @param protocol  not 0 for a connection, so no key of a connection is 0
    public static long ports(int protocol, int clientPort, int otherPort) {
        return (long) clientPort << 48 | (long) otherPort << 32 | (long) protocol << 8;
    }
}
