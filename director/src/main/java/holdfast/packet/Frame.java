package holdfast.packet;

import holdfast.conn.SctpState;
import holdfast.conn.TcpState;
import holdfast.linux.Memory;

/// A movable window onto one received Ethernet frame, with the offload metadata in front of it; its position is its
/// only state.
///
/// Not thread-safe: each worker keeps one. [#wrap] checks that every field lies inside the frame, so the getters are
/// plain loads.
///
///     address             +10              +24            +24+IHL
///     | virtio_net_hdr 10 | Ethernet 14    | IPv4 header  | TCP, UDP, SCTP or ICMP ...
public final class Frame {
    /// The kind of a frame, as the datapath distinguishes it.
    public enum Kind {
        /// TCP, UDP or SCTP over IPv4, whole or the first fragment of TCP or UDP, with its ports readable.
        FLOW,
        /// ICMP over IPv4, whole, header readable.
        ICMP,
        /// ESP or AH over IPv4, which IPVS forwards along the UDP connection of their key exchange (IPVS-REF
        /// 1.14).
        IPSEC,
        /// ARP for IPv4 over Ethernet.
        ARP,
        /// Any other IPv4 fragment.
        FRAGMENT,
        /// IPv4 with contradictory lengths, version or header checksum.
        MALFORMED,
        /// Anything else: not ours.
        OTHER
    }

    public static final int VNET_BYTES = 10;
    public static final int ETHERNET_BYTES = 14;
    public static final int ETHERTYPE_IPV4 = 0x0800;
    public static final int ETHERTYPE_ARP = 0x0806;
    public static final int TCP = 6;
    public static final int UDP = 17;
    public static final int SCTP = 132;
    public static final int ICMP = 1;
    public static final int FIN = 0x01, SYN = 0x02, RST = 0x04, ACK = 0x10; // of TCP

    private static final int MORE_FRAGMENTS = 0x2000;
    private static final int FRAGMENT_OFFSET = 0x1fff;
    private static final int ESP = 50;
    private static final int AH = 51;
    private static final int SCTP_HEADER_BYTES = 12;

    private static final int NEEDS_CSUM = 1;
    private static final int DATA_VALID = 2;
    private static final int GSO_TYPE = 1, GSO_SIZE = 4; // of virtio_net_hdr
    private static final int GSO_NONE = 0, GSO_TCPV4 = 1, GSO_UDP_L4 = 5, GSO_ECN = 0x80;
    private static final int UDP_HEADER_BYTES = 8;
    private static final int ARP_BYTES = 28;

    private long vnet;
    private int length;
    private long ip;
    private long transport;
    private int ipLength;
    private int protocol;
    private boolean isFirstFragment;

    /// Moves the window to a frame and determines its kind.
    ///
    /// @param address  of the `virtio_net_hdr`; the Ethernet header follows
    /// @param frameLength  bytes from the Ethernet header on
    public Kind wrap(long address, int frameLength) {
        vnet = address;
        length = frameLength;
        if (frameLength < ETHERNET_BYTES) {
            return Kind.OTHER;
        }
        ip = address + VNET_BYTES + ETHERNET_BYTES;
        return switch (etherType()) {
            case ETHERTYPE_IPV4 -> wrapIpv4(frameLength - ETHERNET_BYTES);
            case ETHERTYPE_ARP -> wrapArp(frameLength - ETHERNET_BYTES);
            default -> Kind.OTHER;
        };
    }

    private Kind wrapArp(int room) {
        boolean ipv4OverEthernet = room >= ARP_BYTES
                && Memory.getShortBe(ip) == 1
                && (Memory.getShortBe(ip + 2) & 0xffff) == ETHERTYPE_IPV4
                && Memory.getByte(ip + 4) == 6
                && Memory.getByte(ip + 5) == 4;
        return ipv4OverEthernet ? Kind.ARP : Kind.OTHER;
    }

    private Kind wrapIpv4(int room) {
        if (room < 20) {
            return Kind.MALFORMED;
        }
        int versionAndLength = Memory.getByte(ip) & 0xff;
        int headerBytes = (versionAndLength & 0x0f) * 4;
        ipLength = Memory.getShortBe(ip + 2) & 0xffff;
        if (versionAndLength >>> 4 != 4 || headerBytes < 20 || ipLength < headerBytes || ipLength > room) {
            return Kind.MALFORMED;
        }
        if (Checksum.fold(Checksum.sum(ip, headerBytes)) != 0xffff) {
            return Kind.MALFORMED;
        }
        protocol = Memory.getByte(ip + 9) & 0xff;
        transport = ip + headerBytes;
        int fragment = Memory.getShortBe(ip + 6) & (MORE_FRAGMENTS | FRAGMENT_OFFSET);
        isFirstFragment = fragment == MORE_FRAGMENTS;
        boolean hasPorts = isFirstFragment && (protocol == TCP || protocol == UDP);
        if (fragment != 0 && !hasPorts) {
            return Kind.FRAGMENT;
        }
        int payload = ipLength - headerBytes;
        return switch (protocol) {
            case TCP -> payload >= 20 ? Kind.FLOW : Kind.MALFORMED;
            case UDP -> payload >= 8 ? Kind.FLOW : Kind.MALFORMED;
            case SCTP -> payload >= SCTP_HEADER_BYTES + 4 ? Kind.FLOW : Kind.MALFORMED;
            case ICMP -> payload >= 8 ? Kind.ICMP : Kind.MALFORMED;
            case ESP, AH -> Kind.IPSEC;
            default -> Kind.OTHER;
        };
    }

    /// Address of the `virtio_net_hdr`; the Ethernet header follows 10 bytes further.
    public long address() {
        return vnet;
    }

    /// Bytes from the Ethernet header on.
    public int length() {
        return length;
    }

    /// Address of the IPv4 or ARP header.
    long network() {
        return ip;
    }

    /// Address of the TCP, UDP, SCTP or ICMP header.
    public long transport() {
        return transport;
    }

    int etherType() {
        return Memory.getShortBe(vnet + VNET_BYTES + 12) & 0xffff;
    }

    /// The receiver's MAC, 48 bits in the low end.
    public long destinationMac() {
        return Mac.load(vnet + VNET_BYTES);
    }

    /// The sender's MAC, 48 bits in the low end.
    long sourceMac() {
        return Mac.load(vnet + VNET_BYTES + 6);
    }

    /// Bytes of the IPv4 packet including its header, as IPVS counts them (IPVS-REF 4.12).
    public int ipLength() {
        return ipLength;
    }

    public int protocol() {
        return protocol;
    }

    /// Whether later fragments without ports follow.
    public boolean isFirstFragment() {
        return isFirstFragment;
    }

    /// Whether it is a fragment of a datagram, but not the first one.
    public boolean isLaterFragment() {
        return (Memory.getShortBe(ip + 6) & FRAGMENT_OFFSET) != 0;
    }

    /// The identification common to the fragments of a datagram.
    public int identification() {
        return Memory.getShortBe(ip + 4) & 0xffff;
    }

    /// The TTL, 0 to 255.
    public int ttl() {
        return Memory.getByte(ip + 8) & 0xff;
    }

    /// Whether the packet must not be fragmented (DF).
    public boolean mayNotFragment() {
        return (Memory.getByte(ip + 6) & 0x40) != 0;
    }

    /// Bytes of the largest IPv4 packet that leaves for this frame: the whole packet, or the largest packet that
    /// the egress link cuts from a super-frame (`skb_gso_network_seglen` of the kernel). The sender chose that size
    /// by a path MTU that may be out of date.
    public int largestPacket() {
        int type = Memory.getByte(vnet + GSO_TYPE) & ~GSO_ECN;
        if (type == GSO_NONE) {
            return ipLength;
        }
        int transportHeader = switch (type) {
            case GSO_TCPV4 -> (Memory.getByte(transport + 12) & 0xf0) >>> 2;
            case GSO_UDP_L4 -> UDP_HEADER_BYTES;
            default -> 0; // GSO_UDP cuts fragments, and its size includes the header of the first one
        };
        int payload = Memory.getShort(vnet + GSO_SIZE) & 0xffff;
        return Math.min(ipLength, (int) (transport - ip) + transportHeader + payload);
    }

    /// Source address, in host order.
    public int source() {
        return Memory.getIntBe(ip + 12);
    }

    /// Destination address, in host order.
    public int destination() {
        return Memory.getIntBe(ip + 16);
    }

    public int sourcePort() {
        return Memory.getShortBe(transport) & 0xffff;
    }

    public int destinationPort() {
        return Memory.getShortBe(transport + 2) & 0xffff;
    }

    /// The flag byte of a TCP header: [#FIN], [#SYN], [#RST], [#ACK] and others.
    public int tcpFlags() {
        return Memory.getByte(transport + 13) & 0xff;
    }

    /// The number of sequence numbers that a TCP segment occupies: its data, SYN and FIN (RFC 9293 §3.4).
    int tcpSequenceLength() {
        int header = (Memory.getByte(transport + 12) & 0xf0) >>> 2;
        int flags = tcpFlags();
        return transportBytes() - header + ((flags & SYN) != 0 ? 1 : 0) + ((flags & FIN) != 0 ? 1 : 0);
    }

    /// The packet's event for its connection, as [holdfast.conn.Tracker#follow] expects it.
    public int event() {
        return switch (protocol) {
            case TCP -> TcpState.event(tcpFlags());
            case SCTP -> sctpEvent();
            default -> 0;
        };
    }

    /// Whether the packet can be the first one of a connection: a SYN, or an INIT (IPVS-REF 0.2).
    public boolean begins() {
        return switch (protocol) {
            case TCP -> (tcpFlags() & SYN) != 0;
            case SCTP -> SctpState.isInit(event());
            default -> false;
        };
    }

    private int sctpEvent() {
        long first = transport + SCTP_HEADER_BYTES;
        int chunk = Memory.getByte(first) & 0xff;
        int chunkBytes = Memory.getShortBe(first + 2) & 0xffff;
        long second = first + ((chunkBytes + 3) & ~3);
        boolean hasSecond = chunkBytes >= 4 && second + 4 <= ip + ipLength;
        return SctpState.event(chunk, hasSecond ? Memory.getByte(second) & 0xff : chunk);
    }

    /// Type of the ICMP message.
    public int icmpType() {
        return Memory.getByte(transport) & 0xff;
    }

    /// Replaces the packet's destination by a real server (NAT, client to server; IPVS-REF 6.2).
    public void rewriteDestination(int address, int port) {
        rewrite(ip + 16, address, transport + 2, port);
    }

    /// Replaces the packet's source by the virtual service (NAT, server to client; IPVS-REF 6.2).
    public void rewriteSource(int address, int port) {
        rewrite(ip + 12, address, transport, port);
    }

    /// Changes one end of the flow and updates every checksum.
    ///
    /// A partial transport checksum covers only the pseudo-header, so the address changes it and the port does not:
    /// the card adds the port later, when it completes the field (packet-io 2, rules 1 to 3).
    private void rewrite(long addressAt, int address, long portAt, int port) {
        short portBefore = Memory.getShort(portAt);
        short portAfter = Short.reverseBytes((short) port);
        Memory.putShort(portAt, portAfter);
        long addressDelta = rewriteAddress(ip, addressAt, address);
        if (protocol == SCTP) {
            sumSctp();
            return;
        }
        long sumAt = transport + (protocol == TCP ? 16 : 6);
        int sum = Memory.getShort(sumAt) & 0xffff;
        if ((Memory.getByte(vnet) & NEEDS_CSUM) != 0) {
            Memory.putShort(sumAt, (short) Checksum.applyPartial(sum, addressDelta));
        } else if (protocol == TCP || sum != 0) { // a UDP sum of 0 means "none" and stays so
            int after = Checksum.apply(sum, addressDelta + Checksum.delta(portBefore, portAfter));
            Memory.putShort(sumAt, (short) (protocol == UDP && after == 0 ? 0xffff : after));
        }
    }

    /// Replaces the destination of a packet without ports by a real server.
    public void rewriteDestinationAddress(int address) {
        rewriteAddress(ip, ip + 16, address);
    }

    /// Replaces the source of a packet without ports by the virtual address.
    public void rewriteSourceAddress(int address) {
        rewriteAddress(ip, ip + 12, address);
    }

    /// Whether the checksum of an ICMP message is correct.
    public boolean hasRightIcmpSum() {
        return Checksum.fold(Checksum.sum(transport, transportBytes())) == 0xffff;
    }

    /// Recomputes the checksum of an ICMP message.
    public void sumIcmp() {
        Memory.putShort(transport + 2, (short) 0);
        Memory.putShort(transport + 2, (short) ~Checksum.fold(Checksum.sum(transport, transportBytes())));
    }

    /// Bytes of the IPv4 packet behind its header.
    public int transportBytes() {
        return ipLength - (int) (transport - ip);
    }

    /// @return the change caused by the address, for the other sums
    static long rewriteAddress(long header, long addressAt, int address) {
        int before = Memory.getInt(addressAt);
        int after = Integer.reverseBytes(address);
        Memory.putInt(addressAt, after);
        long delta = Checksum.delta32(before, after);
        Memory.putShort(header + 10, (short) Checksum.apply(Memory.getShort(header + 10), delta));
        return delta;
    }

    /// SCTP's checksum covers its own packet alone and cannot be adjusted (RFC 9260 §6.8). If a card will complete
    /// it, nothing has to be done.
    private void sumSctp() {
        if ((Memory.getByte(vnet) & NEEDS_CSUM) == 0) {
            Memory.putInt(transport + 8, 0);
            Memory.putInt(transport + 8, Checksum.crc32c(transport, transportBytes()));
        }
    }

    /// Decrements the TTL; the caller has checked that it is above one.
    public void decrementTtl() {
        int before = Memory.getShort(ip + 8); // TTL and protocol share a word of the sum
        Memory.putByte(ip + 8, (byte) (ttl() - 1));
        int after = Memory.getShort(ip + 8);
        Memory.putShort(ip + 10, (short) Checksum.apply(Memory.getShort(ip + 10), Checksum.delta(before, after)));
    }

    /// Writes the MACs for the next hop and prepares the offload metadata for sending: the receiving card's
    /// verification is not passed on.
    public void sendTo(long sourceMac, long destinationMac) {
        Mac.store(vnet + VNET_BYTES, destinationMac);
        Mac.store(vnet + VNET_BYTES + 6, sourceMac);
        Memory.putByte(vnet, (byte) (Memory.getByte(vnet) & ~DATA_VALID));
    }
}
