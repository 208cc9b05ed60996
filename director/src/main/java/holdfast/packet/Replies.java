package holdfast.packet;

import holdfast.linux.Memory;

/// Builds the director's own packets: ARP replies, ICMP echo replies, ICMP errors and TCP resets.
///
/// A reply overwrites its request in the ring's own memory. An error or a reset is built in a separate buffer that
/// lives as long as the worker, because the packet that caused it may still be needed.
public final class Replies {
    private static final int IP_BYTES = 20;
    private static final int ICMP_BYTES = 8;
    private static final int TCP_BYTES = 20;
    private static final int ARP_REQUEST = 1;
    private static final int ARP_REPLY = 2;
    private static final int ECHO_REPLY = 0;

    public static final int ECHO_REQUEST = 8;
    public static final int UNREACHABLE = 3;
    public static final int HOST_UNREACHABLE = 1;
    public static final int PROTOCOL_UNREACHABLE = 2;
    public static final int PORT_UNREACHABLE = 3;
    public static final int FRAGMENTATION_NEEDED = 4;
    public static final int TIME_EXCEEDED = 11;

    /// Quoted bytes of the offending packet: RFC 1812 §4.3.2.3 asks for as many as fit into 576.
    private static final int QUOTE_MAX = 576 - 2 * IP_BYTES - ICMP_BYTES;

    private static final int SLOT_BYTES = 1024;
    private static final int DONT_FRAGMENT = 0x4000;

    private final long slots;
    private final int slotsMax;
    private int nextSlot;

    /// @param slotsMax  most packets that wait for one flush
    public Replies(int slotsMax) {
        this.slotsMax = slotsMax;
        this.slots = Memory.allocate((long) slotsMax * SLOT_BYTES);
    }

    public static boolean isArpRequest(Frame frame) {
        return Memory.getShortBe(frame.network() + 6) == ARP_REQUEST;
    }

    public static int arpSenderAddress(Frame frame) {
        return Memory.getIntBe(frame.network() + 14);
    }

    public static long arpSenderMac(Frame frame) {
        return Mac.load(frame.network() + 8);
    }

    public static int arpTargetAddress(Frame frame) {
        return Memory.getIntBe(frame.network() + 24);
    }

    /// Turns an ARP request for an owned address into its reply (RFC 826).
    public static void answerArp(Frame frame, long mac) {
        long arp = frame.network();
        int asked = arpTargetAddress(frame);
        int asker = arpSenderAddress(frame);
        long askerMac = arpSenderMac(frame);
        Memory.putShortBe(arp + 6, (short) ARP_REPLY);
        Mac.store(arp + 8, mac);
        Memory.putIntBe(arp + 14, asked);
        Mac.store(arp + 18, askerMac);
        Memory.putIntBe(arp + 24, asker);
        frame.sendTo(mac, askerMac);
    }

    /// Turns an echo request to an owned address into its reply (RFC 792): addresses swapped, type 0, sums
    /// adjusted.
    public static void answerEcho(Frame frame, long mac) {
        long ip = frame.network();
        int source = Memory.getInt(ip + 12);
        Memory.putInt(ip + 12, Memory.getInt(ip + 16));
        Memory.putInt(ip + 16, source);
        int ttlBefore = Memory.getShort(ip + 8);
        Memory.putByte(ip + 8, (byte) 64);
        int ttlAfter = Memory.getShort(ip + 8);
        Memory.putShort(ip + 10, (short) Checksum.apply(Memory.getShort(ip + 10), Checksum.delta(ttlBefore, ttlAfter)));
        long icmp = frame.transport();
        int typeBefore = Memory.getShort(icmp);
        Memory.putByte(icmp, (byte) ECHO_REPLY);
        int typeAfter = Memory.getShort(icmp);
        Memory.putShort(
                icmp + 2, (short) Checksum.apply(Memory.getShort(icmp + 2), Checksum.delta(typeBefore, typeAfter)));
        frame.sendTo(mac, frame.sourceMac());
    }

    /// Builds an ICMP error about `frame` to its sender, and returns the address of its `virtio_net_hdr`.
    ///
    /// The packet stays valid until as many further packets were built as there are slots.
    ///
    /// @param from  source address: the owned address of the request, or the link's own
    /// @param mtu   for fragmentation needed, else 0
    public long error(Frame frame, int type, int code, int mtu, int from, long sourceMac) {
        int quoted = Math.min(frame.ipLength(), QUOTE_MAX);
        // precedence "internetwork control" (RFC 1812 §4.3.2.5)
        long at = packet(frame, 0xc0, 0, Frame.ICMP, ICMP_BYTES + quoted, from, sourceMac);
        long ip = at + Frame.VNET_BYTES + Frame.ETHERNET_BYTES;

        long icmp = ip + IP_BYTES;
        Memory.putByte(icmp, (byte) type);
        Memory.putByte(icmp + 1, (byte) code);
        Memory.putShort(icmp + 2, (short) 0);
        Memory.putIntBe(icmp + 4, mtu);
        Memory.copy(frame.network(), icmp + ICMP_BYTES, quoted);
        Memory.putShort(icmp + 2, (short) ~Checksum.fold(Checksum.sum(icmp, ICMP_BYTES + quoted)));
        return at;
    }

    /// Builds the segment that resets the connection of a client's segment (RFC 9293 §3.10.7.1), like [#error].
    public long reset(Frame frame, long sourceMac) {
        long asked = frame.transport();
        long at = packet(frame, 0, DONT_FRAGMENT, Frame.TCP, TCP_BYTES, frame.destination(), sourceMac);
        long ip = at + Frame.VNET_BYTES + Frame.ETHERNET_BYTES;
        long tcp = ip + IP_BYTES;
        boolean acknowledges = (frame.tcpFlags() & Frame.ACK) != 0;
        Memory.putShort(tcp, Memory.getShort(asked + 2));
        Memory.putShort(tcp + 2, Memory.getShort(asked));
        Memory.putIntBe(tcp + 4, acknowledges ? Memory.getIntBe(asked + 8) : 0);
        Memory.putIntBe(tcp + 8, acknowledges ? 0 : Memory.getIntBe(asked + 4) + frame.tcpSequenceLength());
        Memory.putByte(tcp + 12, (byte) (TCP_BYTES << 2));
        Memory.putByte(tcp + 13, (byte) (acknowledges ? Frame.RST : Frame.RST | Frame.ACK));
        Memory.putInt(tcp + 14, 0); // no window; the checksum follows later
        Memory.putShort(tcp + 18, (short) 0);
        long pseudoHeader = Checksum.sum(ip + 12, 8)
                + (Short.reverseBytes((short) Frame.TCP) & 0xffff)
                + (Short.reverseBytes((short) TCP_BYTES) & 0xffff);
        Memory.putShort(tcp + 16, (short) ~Checksum.fold(pseudoHeader + Checksum.sum(tcp, TCP_BYTES)));
        return at;
    }

    /// Begins a packet to the sender of `frame`, up to the end of its IPv4 header.
    private long packet(
            Frame frame, int typeOfService, int fragment, int protocol, int payload, int from, long sourceMac) {
        long at = slots + (long) nextSlot * SLOT_BYTES;
        nextSlot = nextSlot + 1 == slotsMax ? 0 : nextSlot + 1;
        long ip = at + Frame.VNET_BYTES + Frame.ETHERNET_BYTES;
        Memory.putLong(at, 0);
        Memory.putShort(at + 8, (short) 0);
        Mac.store(at + Frame.VNET_BYTES, frame.sourceMac());
        Mac.store(at + Frame.VNET_BYTES + 6, sourceMac);
        Memory.putShortBe(at + Frame.VNET_BYTES + 12, (short) Frame.ETHERTYPE_IPV4);

        Memory.putShortBe(ip, (short) (0x4500 | typeOfService)); // version 4, five words
        Memory.putShortBe(ip + 2, (short) (IP_BYTES + payload));
        Memory.putShort(ip + 4, (short) 0);
        Memory.putShortBe(ip + 6, (short) fragment);
        Memory.putByte(ip + 8, (byte) 64);
        Memory.putByte(ip + 9, (byte) protocol);
        Memory.putShort(ip + 10, (short) 0);
        Memory.putIntBe(ip + 12, from);
        Memory.putIntBe(ip + 16, frame.source());
        Memory.putShort(ip + 10, (short) ~Checksum.fold(Checksum.sum(ip, IP_BYTES)));
        return at;
    }

    /// Frame bytes of an error or a reset built here.
    public static int lengthOf(long packet) {
        long ip = packet + Frame.VNET_BYTES + Frame.ETHERNET_BYTES;
        return Frame.ETHERNET_BYTES + (Memory.getShortBe(ip + 2) & 0xffff);
    }
}
