package holdfast.worker;

import holdfast.linux.Memory;
import holdfast.packet.Checksum;
import holdfast.packet.Frame;
import holdfast.packet.Replies;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Makes the frames of a rehearsal, as they would arrive from a link, with `virtio_net_hdr` and correct checksums.
public final class RehearsedFrames {
    static final int SYN = 0x02;
    static final int ACK = 0x10;
    static final int FIN_ACK = 0x11;
    static final int SYN_ACK = 0x12;
    static final int RST = 0x04;

    private static final int IP_BYTES = 20;
    private static final int TTL = 64;
    private static final int TTL_AT = 8;
    private static final int NEEDS_CSUM = 1;
    private static final int TCP_SUPER_FRAME = 1;
    private static final int MORE_FRAGMENTS = 0x2000;
    private static final int FIRST_BYTES = 1480; // of a datagram, in its first fragment
    private static final int SCRATCH_BYTES = 4096;
    private static final long NEIGHBOUR_MAC = 0x02_00_00_00_00_99L;

    private RehearsedFrames() {}

    /// One end of a flow.
    record End(int address, int port) {}

    static byte[] tcp(End from, End to, int flags) {
        var packet = packet(Frame.TCP, from.address(), to.address(), 20);
        ports(packet, from, to).putInt(1).putInt(2).put((byte) 0x50).put((byte) flags);
        return frame(packet, Frame.ETHERTYPE_IPV4);
    }

    /// A segment of almost 64 KB, which the sending card still has to cut and sum.
    static byte[] superFrame(End from, End to) {
        var frame = tcp(from, to, ACK);
        frame[0] = NEEDS_CSUM;
        frame[1] = TCP_SUPER_FRAME;
        return frame;
    }

    static byte[] udp(End from, End to, String payload) {
        byte[] data = payload.getBytes(StandardCharsets.US_ASCII);
        var packet = packet(Frame.UDP, from.address(), to.address(), 8 + data.length);
        ports(packet, from, to)
                .putShort((short) (8 + data.length))
                .putShort((short) 0)
                .put(data);
        return frame(packet, Frame.ETHERTYPE_IPV4);
    }

    /// The first fragment of a datagram, and the later ones.
    static byte[][] fragments(End from, End to) {
        var first = packet(Frame.UDP, from.address(), to.address(), FIRST_BYTES);
        ports(first, from, to).putShort((short) (FIRST_BYTES + 8));
        first.putShort(6, (short) MORE_FRAGMENTS);
        var last = packet(Frame.UDP, from.address(), to.address(), 8).putShort(6, (short) (FIRST_BYTES / 8));
        return new byte[][] {frame(first, Frame.ETHERTYPE_IPV4), frame(last, Frame.ETHERTYPE_IPV4)};
    }

    /// @param chunk  its type; 1 is INIT
    static byte[] sctp(End from, End to, int chunk) {
        var packet = packet(Frame.SCTP, from.address(), to.address(), 16);
        ports(packet, from, to).putInt(99).putInt(0).put((byte) chunk).put((byte) 0);
        packet.putShort((short) 4);
        return frame(packet, Frame.ETHERTYPE_IPV4);
    }

    static byte[] echo(int from, int to) {
        var packet = packet(Frame.ICMP, from, to, 16).put((byte) Replies.ECHO_REQUEST);
        return frame(packet, Frame.ETHERTYPE_IPV4);
    }

    /// "Fragmentation needed" for a packet, as its sender would receive it.
    static byte[] icmpError(int from, byte[] quoted) {
        var about = ByteBuffer.wrap(quoted, Frame.VNET_BYTES + Frame.ETHERNET_BYTES, IP_BYTES + 8)
                .slice();
        var packet = packet(Frame.ICMP, from, about.getInt(12), 8 + about.remaining())
                .put((byte) Replies.UNREACHABLE)
                .put((byte) Replies.FRAGMENTATION_NEEDED)
                .putShort((short) 0)
                .putInt(1400)
                .put(about);
        return frame(packet, Frame.ETHERTYPE_IPV4);
    }

    /// ESP, which follows the key exchange of its two ends.
    static byte[] ipsec(int from, int to) {
        return frame(packet(50, from, to, 16), Frame.ETHERTYPE_IPV4);
    }

    static byte[] arpRequest(int sender, int target) {
        var packet = ByteBuffer.allocate(28)
                .putShort((short) 1)
                .putShort((short) Frame.ETHERTYPE_IPV4)
                .put((byte) 6)
                .put((byte) 4)
                .putShort((short) 1)
                .put(mac(NEIGHBOUR_MAC))
                .putInt(sender);
        return frame(packet.putInt(24, target), Frame.ETHERTYPE_ARP);
    }

    static byte[] other() {
        return frame(ByteBuffer.allocate(46), 0x88cc);
    }

    /// The same frame with its last TTL.
    static byte[] dying(byte[] frame) {
        byte[] dying = frame.clone();
        dying[Frame.VNET_BYTES + Frame.ETHERNET_BYTES + TTL_AT] = 1;
        return summed(dying);
    }

    /// The same frame with a wrong header checksum.
    static byte[] malformed(byte[] frame) {
        byte[] malformed = frame.clone();
        malformed[Frame.VNET_BYTES + Frame.ETHERNET_BYTES + TTL_AT]++;
        return malformed;
    }

    /// The same packet, too large for any link to send unsegmented, and not to be fragmented.
    static byte[] tooBig(byte[] frame) {
        byte[] big = Arrays.copyOf(frame, frame.length + 2000);
        int ip = Frame.VNET_BYTES + Frame.ETHERNET_BYTES;
        var view = ByteBuffer.wrap(big);
        view.putShort(ip + 2, (short) (big.length - ip)).putShort(ip + 6, (short) 0x4000);
        return summed(big);
    }

    private static ByteBuffer packet(int protocol, int source, int destination, int payloadBytes) {
        var packet = ByteBuffer.allocate(IP_BYTES + payloadBytes);
        return packet.put((byte) 0x45)
                .put((byte) 0)
                .putShort((short) packet.capacity())
                .putInt(7 << 16)
                .put((byte) TTL)
                .put((byte) protocol)
                .putShort((short) 0)
                .putInt(source)
                .putInt(destination);
    }

    private static ByteBuffer ports(ByteBuffer packet, End from, End to) {
        return packet.putShort((short) from.port()).putShort((short) to.port());
    }

    private static byte[] frame(ByteBuffer packet, int etherType) {
        return summed(ByteBuffer.allocate(Frame.VNET_BYTES + Frame.ETHERNET_BYTES + packet.capacity())
                .put(new byte[Frame.VNET_BYTES])
                .put(new byte[6]) // the link's, which whoever takes the frame knows
                .put(mac(NEIGHBOUR_MAC))
                .putShort((short) etherType)
                .put(packet.rewind())
                .array());
    }

    private static byte[] mac(long mac) {
        return Arrays.copyOfRange(ByteBuffer.allocate(8).putLong(mac).array(), 2, 8);
    }

    /// The same frame with the checksums that the datapath checks: of its header, and of ICMP.
    private static byte[] summed(byte[] frame) {
        int ip = Frame.VNET_BYTES + Frame.ETHERNET_BYTES;
        if (ByteBuffer.wrap(frame).getShort(ip - 2) != (short) Frame.ETHERTYPE_IPV4) {
            return frame;
        }
        long at = Memory.allocate(SCRATCH_BYTES);
        try {
            Memory.put(at, frame);
            Memory.putShort(at + ip + 10, (short) 0);
            Memory.putShort(at + ip + 10, (short) ~Checksum.fold(Checksum.sum(at + ip, IP_BYTES)));
            var view = new Frame();
            if (view.wrap(at, frame.length - Frame.VNET_BYTES) == Frame.Kind.ICMP) {
                view.sumIcmp();
            }
            return Memory.bytes(at, frame.length);
        } finally {
            Memory.free(at, SCRATCH_BYTES);
        }
    }
}
