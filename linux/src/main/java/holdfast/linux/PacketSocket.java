package holdfast.linux;

import java.lang.foreign.Arena;

/// The common parts of receiving and sending packet sockets (`packet(7)`, `linux/if_packet.h`).
final class PacketSocket {
    static final int SOL_PACKET = 263;
    static final int PACKET_RX_RING = 5;
    static final int PACKET_STATISTICS = 6;
    static final int PACKET_COPY_THRESH = 7;
    static final int PACKET_AUXDATA = 8;
    static final int PACKET_VERSION = 10;
    static final int PACKET_VNET_HDR = 15;
    static final int PACKET_IGNORE_OUTGOING = 23;

    /// Every protocol, in the byte order of the socket address.
    static final int ETH_P_ALL = 3;
    /// A socket with this protocol receives nothing.
    static final int NO_PROTOCOL = 0;
    /// `struct virtio_net_hdr`, in front of every frame: flags u8, gso_type u8, hdr_len, gso_size, csum_start,
    /// csum_offset u16, in the machine's byte order.
    static final int VIRTIO_NET_HDR_BYTES = 10;

    private static final int AF_PACKET = 17;
    private static final int SOCKADDR_LL_BYTES = 20;

    private PacketSocket() {}

    /// A raw packet socket that receives nothing before [#bind].
    static Descriptor open(String purpose) {
        return Descriptor.socket(AF_PACKET, Descriptor.SOCK_RAW, NO_PROTOCOL, purpose);
    }

    /// Binds the socket to one interface.
    ///
    ///     0        2          4         8       20
    ///     | family | protocol | ifindex | unused |
    static void bind(Descriptor socket, int ifindex, int protocol) {
        try (var arena = Arena.ofConfined()) {
            var address = arena.allocate(SOCKADDR_LL_BYTES, 4);
            long at = address.address();
            Memory.putShort(at, (short) AF_PACKET);
            Memory.putShortBe(at + 2, (short) protocol);
            Memory.putInt(at + 4, ifindex);
            socket.bind(address);
        }
    }
}
