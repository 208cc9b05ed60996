package holdfast.packet;

import holdfast.linux.Memory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Builds frames for packet tests and checks them with checksums computed the slow, obvious way.
public final class TestPacket {
    public static final long CLIENT_MAC = 0x02_00_00_00_00_99L;
    public static final long DIRECTOR_MAC = 0x02_00_00_00_00_01L;

    private static final long BUFFER = Memory.allocate(1 << 17);
    private static int next;

    private TestPacket() {}

    /// A TCP or UDP frame with complete checksums, with its `virtio_net_hdr`, in flat memory.
    public static long flow(
            int protocol,
            int source,
            int sourcePort,
            int destination,
            int destinationPort,
            int tcpFlags,
            String payload) {
        byte[] data = payload.getBytes(StandardCharsets.US_ASCII);
        int header = protocol == Frame.TCP ? 20 : 8;
        var packet = ByteBuffer.allocate(20 + header + data.length);
        ipv4(packet, protocol, source, destination);
        packet.putShort((short) sourcePort).putShort((short) destinationPort);
        if (protocol == Frame.TCP) {
            packet.putInt(1)
                    .putInt(2)
                    .put((byte) 0x50)
                    .put((byte) tcpFlags)
                    .putShort((short) 1000)
                    .putInt(0);
        } else {
            packet.putShort((short) (8 + data.length)).putShort((short) 0);
        }
        packet.put(data);
        packet.putShort(20 + (protocol == Frame.TCP ? 16 : 6), (short) transportSum(packet.array(), true));
        return frame(packet.array());
    }

    /// An SCTP frame with these chunks, each empty.
    public static long sctp(int source, int sourcePort, int destination, int destinationPort, int... chunks) {
        var packet = ByteBuffer.allocate(32 + 4 * chunks.length);
        ipv4(packet, Frame.SCTP, source, destination);
        packet.putShort((short) sourcePort)
                .putShort((short) destinationPort)
                .putInt(99)
                .putInt(0);
        for (int chunk : chunks) {
            packet.put((byte) chunk).put((byte) 0).putShort((short) 4);
        }
        packet.putInt(28, Integer.reverseBytes(crc32c(packet.array())));
        return frame(packet.array());
    }

    /// The sum of the SCTP packet by the JDK's own CRC32C.
    private static int crc32c(byte[] packet) {
        var crc = new java.util.zip.CRC32C();
        crc.update(packet, 20, packet.length - 20);
        return (int) crc.getValue();
    }

    /// Whether the CRC32c of a sent SCTP frame is right.
    public static boolean sctpSumIsRight(byte[] frame) {
        var packet = java.util.Arrays.copyOfRange(frame, 24, frame.length);
        int stored = Integer.reverseBytes(ByteBuffer.wrap(packet).getInt(28));
        java.util.Arrays.fill(packet, 28, 32, (byte) 0);
        return crc32c(packet) == stored;
    }

    /// An ICMP error that quotes the IPv4 packet of another frame.
    public static long icmpError(int type, int code, int source, int destination, long quoted) {
        byte[] quote = load(quoted + 24, Math.min(length(quoted) - 14, 28));
        var packet = ByteBuffer.allocate(28 + quote.length);
        ipv4(packet, Frame.ICMP, source, destination);
        packet.put((byte) type)
                .put((byte) code)
                .putShort((short) 0)
                .putInt(1400)
                .put(quote);
        packet.putShort(22, (short) ~sum(packet.array(), 20, packet.capacity() - 20));
        return frame(packet.array());
    }

    public static long icmpEcho(int source, int destination, String payload) {
        byte[] data = payload.getBytes(StandardCharsets.US_ASCII);
        var packet = ByteBuffer.allocate(28 + data.length);
        ipv4(packet, Frame.ICMP, source, destination);
        packet.put((byte) 8)
                .put((byte) 0)
                .putShort((short) 0)
                .putShort((short) 77)
                .putShort((short) 1)
                .put(data);
        packet.putShort(22, (short) ~sum(packet.array(), 20, packet.capacity() - 20));
        return frame(packet.array());
    }

    public static long arpRequest(int sender, int target) {
        var packet = ByteBuffer.allocate(28);
        packet.putShort((short) 1)
                .putShort((short) 0x800)
                .put((byte) 6)
                .put((byte) 4)
                .putShort((short) 1);
        packet.put(mac(CLIENT_MAC)).putInt(sender).put(new byte[6]).putInt(target);
        return frame(packet.array(), 0x806, 0xffff_ffff_ffffL);
    }

    @SuppressWarnings("ByteBufferBackingArray") // allocated by the callers
    private static void ipv4(ByteBuffer packet, int protocol, int source, int destination) {
        packet.put((byte) 0x45)
                .put((byte) 0)
                .putShort((short) packet.capacity())
                .putShort((short) 7)
                .putShort((short) 0x4000);
        packet.put((byte) 64)
                .put((byte) protocol)
                .putShort((short) 0)
                .putInt(source)
                .putInt(destination);
        packet.putShort(10, (short) ~sum(packet.array(), 0, 20));
    }

    private static long frame(byte[] packet) {
        return frame(packet, 0x800, DIRECTOR_MAC);
    }

    private static long frame(byte[] packet, int etherType, long destination) {
        long at = BUFFER + (next++ % 32) * 4096L;
        var bytes = ByteBuffer.allocate(24 + packet.length);
        bytes.put(new byte[10])
                .put(mac(destination))
                .put(mac(CLIENT_MAC))
                .putShort((short) etherType)
                .put(packet);
        store(at, bytes.array());
        return at;
    }

    private static byte[] mac(long mac) {
        var bytes = ByteBuffer.allocate(8).putLong(mac).array();
        return java.util.Arrays.copyOfRange(bytes, 2, 8);
    }

    public static void store(long at, byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
            Memory.putByte(at + i, bytes[i]);
        }
    }

    public static byte[] load(long at, int length) {
        var bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = Memory.getByte(at + i);
        }
        return bytes;
    }

    /// Bytes of a frame built here, from the Ethernet header on.
    public static int length(long frame) {
        boolean ipv4 = (Memory.getShortBe(frame + 22) & 0xffff) == 0x800;
        return 14 + (ipv4 ? Memory.getShortBe(frame + 26) & 0xffff : 28);
    }

    /// Whether every checksum of the IPv4 packet in the frame is right.
    public static boolean sumsAreRight(long frame) {
        var packet = load(frame + 24, length(frame) - 14);
        return sum(packet, 0, 20) == 0xffff && transportSumHolds(packet);
    }

    private static boolean transportSumHolds(byte[] packet) {
        return packet[9] == Frame.ICMP
                ? sum(packet, 20, packet.length - 20) == 0xffff
                : transportSum(packet, false) == 0;
    }

    /// The transport checksum to be stored, or 0 where the one that is there is right.
    private static int transportSum(byte[] packet, boolean toStore) {
        var pseudo = ByteBuffer.allocate(12 + packet.length - 20);
        pseudo.put(packet, 12, 8).put((byte) 0).put(packet[9]).putShort((short) (packet.length - 20));
        pseudo.put(packet, 20, packet.length - 20);
        int sum = ~sum(pseudo.array(), 0, pseudo.capacity()) & 0xffff;
        return toStore && packet[9] == Frame.UDP && sum == 0 ? 0xffff : sum;
    }

    public static int sum(byte[] bytes, int from, int length) {
        int sum = 0;
        for (int i = 0; i < length; i += 2) {
            int low = i + 1 < length ? bytes[from + i + 1] & 0xff : 0;
            sum += (bytes[from + i] & 0xff) << 8 | low;
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return sum;
    }
}
