package holdfast.lab;

import java.nio.ByteBuffer;

/// Recomputes the checksums of a frame off the wire: IPv4 header, TCP and UDP.
///
/// On a veth pair a frame whose checksum is left to a network card arrives unchanged: the field then holds the sum of
/// the pseudo-header alone, folded and not complemented (packet-io 5.2), and this class checks that sum.
public final class Checksums {
    private static final int ETHERNET_BYTES = 14;
    private static final int IPV4 = 0x0800;
    private static final int IPV4_HEADER_BYTES = 20;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int TCP_CHECKSUM = 16;
    private static final int UDP_CHECKSUM = 6;
    private static final int TCP_HEADER_BYTES = 20;
    private static final int UDP_HEADER_BYTES = 8;
    private static final int FRAGMENT = 0x3fff;

    private Checksums() {}

    /// The verdict on a frame.
    public enum Verdict {
        /// It has no TCP or UDP over IPv4.
        NONE,
        /// Every checksum is present and correct.
        COMPLETE,
        /// The header's checksum is correct, and the other one is a correct partial sum.
        PARTIAL,
        /// UDP without a checksum, as its sender wanted.
        ABSENT,
        WRONG_HEADER,
        WRONG
    }

    /// Judges one frame, from its Ethernet header on.
    ///
    /// @param frame    all of it, big-endian
    /// @param partial  whether it was marked as left to the card
    public static Verdict of(ByteBuffer frame, boolean partial) {
        if (frame.limit() < ETHERNET_BYTES + IPV4_HEADER_BYTES || Short.toUnsignedInt(frame.getShort(12)) != IPV4) {
            return Verdict.NONE;
        }
        int headerBytes = (frame.get(ETHERNET_BYTES) & 0x0f) * 4;
        int totalBytes = Short.toUnsignedInt(frame.getShort(ETHERNET_BYTES + 2));
        if (headerBytes < IPV4_HEADER_BYTES
                || totalBytes < headerBytes
                || ETHERNET_BYTES + totalBytes > frame.limit()) {
            return Verdict.WRONG_HEADER;
        }
        if (fold(sum(frame, ETHERNET_BYTES, headerBytes)) != 0xffff) {
            return Verdict.WRONG_HEADER;
        }
        int protocol = frame.get(ETHERNET_BYTES + 9);
        if (totalBytes - headerBytes < (protocol == TCP ? TCP_HEADER_BYTES : protocol == UDP ? UDP_HEADER_BYTES : 0)) {
            return Verdict.WRONG;
        }
        boolean fragment = (frame.getShort(ETHERNET_BYTES + 6) & FRAGMENT) != 0;
        return fragment || (protocol != TCP && protocol != UDP)
                ? Verdict.NONE
                : transport(frame, protocol, headerBytes, totalBytes, partial);
    }

    private static Verdict transport(ByteBuffer frame, int protocol, int headerBytes, int totalBytes, boolean partial) {
        int at = ETHERNET_BYTES + headerBytes;
        int bytes = totalBytes - headerBytes;
        int field = Short.toUnsignedInt(frame.getShort(at + (protocol == TCP ? TCP_CHECKSUM : UDP_CHECKSUM)));
        long pseudo = sum(frame, ETHERNET_BYTES + 12, 8) + protocol + bytes;
        if (partial) {
            return field == fold(pseudo) ? Verdict.PARTIAL : Verdict.WRONG;
        }
        if (protocol == UDP && field == 0) {
            return Verdict.ABSENT;
        }
        return fold(pseudo + sum(frame, at, bytes)) == 0xffff ? Verdict.COMPLETE : Verdict.WRONG;
    }

    /// The sum of 16-bit words; an odd last byte is padded with a zero.
    private static long sum(ByteBuffer frame, int from, int bytes) {
        long sum = 0;
        int end = from + (bytes & ~1);
        for (int at = from; at < end; at += 2) {
            sum += Short.toUnsignedInt(frame.getShort(at));
        }
        return (bytes & 1) == 0 ? sum : sum + (Byte.toUnsignedInt(frame.get(end)) << 8);
    }

    private static int fold(long sum) {
        long folded = sum;
        while (folded >>> 16 != 0) {
            folded = (folded & 0xffff) + (folded >>> 16);
        }
        return (int) folded;
    }
}
