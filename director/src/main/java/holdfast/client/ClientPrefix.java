package holdfast.client;

import holdfast.conf.Ipv4;

/// A network of clients, in the 128 bits of [holdfast.service.Flow]: an IPv4 address is in the low 32 bits. So a prefix
/// of IPv6 that covers `::/96` includes all of IPv4; in practice only `::/0` does.
///
/// @param hi      with `lo` its first address
/// @param length  0 to 128
public record ClientPrefix(long hi, long lo, int length) {
    private static final int V4_LENGTH = 96;

    public ClientPrefix {
        if (length < 0 || length > 128) {
            throw new IllegalArgumentException("a prefix of " + length + " bits is not within 0 to 128");
        }
        if (maskedHi(hi, length) != hi || maskedLo(lo, length) != lo) {
            throw new IllegalArgumentException(
                    "a prefix of " + length + " bits has bits set beyond them; give its first address");
        }
    }

    /// An IPv4 network.
    ///
    /// @param length  0 to 32
    public static ClientPrefix v4(Ipv4 first, int length) {
        return new ClientPrefix(0, first.bits() & 0xffff_ffffL, V4_LENGTH + length);
    }

    static long maskedHi(long hi, int length) {
        return length == 0 ? 0 : hi & (-1L << Math.max(0, 64 - length));
    }

    static long maskedLo(long lo, int length) {
        return length <= 64 ? 0 : lo & (-1L << (128 - length));
    }
}
