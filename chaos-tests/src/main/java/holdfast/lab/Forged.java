package holdfast.lab;

import holdfast.conf.Ipv4;
import java.nio.ByteBuffer;
import java.util.List;

/// A stranger's frames, byte for byte. They use none of the product's code, so that an error cannot be on both sides.
public final class Forged {
    private static final long BROADCAST = 0xffff_ffff_ffffL;
    private static final long VRRP_MAC = 0x0100_5e00_0012L;
    private static final int VRRP_GROUP = 0xe000_0012;
    private static final int VRRP = 112;
    private static final int ETHERNET_BYTES = 14;
    private static final int IPV4_BYTES = 20;
    private static final int ARP_BYTES = 28;
    private static final int TCP = 6;
    private static final int TCP_BYTES = 20;
    private static final int SYN = 0x02;
    private static final int IPV4_SUM = ETHERNET_BYTES + 10;
    private static final int SOURCE = ETHERNET_BYTES + 12;
    private static final int TCP_SUM = ETHERNET_BYTES + IPV4_BYTES + 16;
    private static final int TTL = 255;

    private Forged() {}

    /// A VRRPv3 advert with the checksum of RFC 9568, which omits the pseudo-header.
    ///
    /// @param sourceMac     48 bits
    /// @param priority      0 resigns
    /// @param centiseconds  the advertised interval, 0 to 4095
    /// @param vips          the advertised addresses
    public static byte[] advert(
            long sourceMac, Ipv4 source, int vrid, int priority, int centiseconds, List<Ipv4> vips) {
        int length = 8 + 4 * vips.size();
        var frame = ByteBuffer.allocate(ETHERNET_BYTES + IPV4_BYTES + length);
        ethernet(frame, VRRP_MAC, sourceMac, 0x0800);
        frame.put((byte) 0x45).put((byte) 0xc0).putShort((short) (IPV4_BYTES + length));
        frame.putInt(0).put((byte) TTL).put((byte) VRRP).putShort((short) 0);
        frame.putInt(source.bits()).putInt(VRRP_GROUP);
        frame.putShort(ETHERNET_BYTES + 10, checksum(frame, ETHERNET_BYTES, IPV4_BYTES));
        int message = frame.position();
        frame.put((byte) 0x31).put((byte) vrid).put((byte) priority).put((byte) vips.size());
        frame.putShort((short) centiseconds).putShort((short) 0);
        vips.forEach(vip -> frame.putInt(vip.bits()));
        frame.putShort(message + 6, checksum(frame, message, length));
        return frame.array();
    }

    /// A gratuitous ARP that claims an address for this MAC.
    public static byte[] gratuitousArp(long mac, Ipv4 address) {
        var frame = ByteBuffer.allocate(ETHERNET_BYTES + ARP_BYTES);
        ethernet(frame, BROADCAST, mac, 0x0806);
        frame.putShort((short) 1)
                .putShort((short) 0x0800)
                .put((byte) 6)
                .put((byte) 4)
                .putShort((short) 1);
        putMac(frame, mac);
        frame.putInt(address.bits());
        putMac(frame, 0);
        frame.putInt(address.bits());
        return frame.array();
    }

    /// A SYN from port 1025.
    ///
    /// @param destinationMac  48 bits, likewise `sourceMac`
    public static byte[] syn(long destinationMac, long sourceMac, Ipv4 source, Ipv4 destination, int port) {
        var frame = ByteBuffer.allocate(ETHERNET_BYTES + IPV4_BYTES + TCP_BYTES);
        ethernet(frame, destinationMac, sourceMac, 0x0800);
        frame.put((byte) 0x45).put((byte) 0).putShort((short) (IPV4_BYTES + TCP_BYTES));
        frame.putInt(0).put((byte) TTL).put((byte) TCP).putShort((short) 0);
        frame.putInt(0).putInt(destination.bits());
        frame.putShort((short) 1025).putShort((short) port).putInt(1).putInt(0);
        frame.put((byte) 0x50).put((byte) SYN).putShort((short) 0xffff).putInt(0);
        return from(source, frame.array());
    }

    /// The same TCP segment from another source; it is changed in place.
    static byte[] from(Ipv4 source, byte[] segment) {
        var frame = ByteBuffer.wrap(segment);
        frame.putInt(SOURCE, source.bits());
        frame.putShort(IPV4_SUM, (short) 0).putShort(IPV4_SUM, checksum(frame, ETHERNET_BYTES, IPV4_BYTES));
        // The pseudo-header: the addresses before the segment, its protocol and its length.
        int length = segment.length - ETHERNET_BYTES - IPV4_BYTES;
        frame.putShort(TCP_SUM, (short) 0);
        int sum = sum(frame, SOURCE, 8 + length) + TCP + length;
        frame.putShort(TCP_SUM, folded(sum));
        return segment;
    }

    private static void ethernet(ByteBuffer frame, long destination, long source, int type) {
        putMac(frame, destination);
        putMac(frame, source);
        frame.putShort((short) type);
    }

    private static void putMac(ByteBuffer frame, long mac) {
        frame.putShort((short) (mac >> 32)).putInt((int) mac);
    }

    private static short checksum(ByteBuffer frame, int from, int bytes) {
        return folded(sum(frame, from, bytes));
    }

    private static int sum(ByteBuffer frame, int from, int bytes) {
        int sum = 0;
        for (int at = from; at < from + bytes; at += 2) {
            sum += Short.toUnsignedInt(frame.getShort(at));
        }
        return sum;
    }

    private static short folded(int sum) {
        int folded = (sum & 0xffff) + (sum >> 16);
        return (short) ~((folded & 0xffff) + (folded >> 16));
    }
}
