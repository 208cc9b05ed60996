package holdfast.conf;

/// An IPv4 address as the 32-bit number that the datapath, the tables and the wire use: the first octet is the highest
/// byte.
///
/// @param bits  the address in host order; 192.0.2.10 is 0xC000020A
public record Ipv4(int bits) implements Comparable<Ipv4> {
    /// Parses a dotted quad.
    ///
    /// @throws IllegalArgumentException if the text is not four decimal octets of 0 to 255 without leading zeros
    public static Ipv4 of(String text) {
        var octets = text.split("\\.", -1);
        int bits = 0;
        for (var octet : octets) {
            if (octets.length != 4 || !octet.matches("0|[1-9][0-9]{0,2}") || Integer.parseInt(octet) > 255) {
                throw new IllegalArgumentException("'" + text + "' is not an IPv4 address such as 192.0.2.10");
            }
            bits = bits << 8 | Integer.parseInt(octet);
        }
        return new Ipv4(bits);
    }

    /// The dotted quad of `bits`; for listings, not for the packet path.
    public static String text(int bits) {
        return (bits >>> 24) + "." + (bits >>> 16 & 0xff) + "." + (bits >>> 8 & 0xff) + "." + (bits & 0xff);
    }

    @Override
    public int compareTo(Ipv4 other) {
        return Integer.compareUnsigned(bits, other.bits);
    }

    @Override
    public String toString() {
        return text(bits);
    }
}
