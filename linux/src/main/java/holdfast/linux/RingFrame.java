package holdfast.linux;

/// The header of one frame in a TPACKET_V2 ring (`struct tpacket2_hdr`). `mac` is the offset of the Ethernet header
/// from the start of the frame; the `virtio_net_hdr` lies right before it.
///
///     0        4     8         12    14    16    20     24    26     28      32
///     | status | len | snaplen | mac | net | sec | nsec | tci | tpid | zeros | sockaddr_ll
final class RingFrame {
    private static final int LEN = 4, SNAPLEN = 8, MAC = 12, TCI = 24, TPID = 26;

    private static final int KERNEL = 0;
    private static final int USER = 1;
    private static final int COPY = 2;
    private static final int VLAN_VALID = 0x10;
    private static final int VLAN_TPID_VALID = 0x40;

    private RingFrame() {}

    /// Whether the frame is ours to read; otherwise it is the kernel's to fill.
    static boolean isReady(int status) {
        return (status & USER) != 0;
    }

    /// Whether the frame waits whole in the socket's queue, because its place in the ring was too small.
    static boolean isCopied(int status) {
        return (status & COPY) != 0;
    }

    static boolean hasVlan(int status) {
        return (status & VLAN_VALID) != 0;
    }

    /// Whether the ring has only the beginning of the frame.
    static boolean isTruncated(long frame) {
        return Memory.getInt(frame + SNAPLEN) != Memory.getInt(frame + LEN);
    }

    /// Address of the `virtio_net_hdr`.
    static long address(long frame) {
        return frame + Short.toUnsignedInt(Memory.getShort(frame + MAC)) - PacketSocket.VIRTIO_NET_HDR_BYTES;
    }

    static int length(long frame) {
        return Memory.getInt(frame + LEN);
    }

    static short vlanControl(long frame) {
        return Memory.getShort(frame + TCI);
    }

    static short vlanProtocol(long frame) {
        return Memory.getShort(frame + TPID);
    }

    /// The tag protocol of a frame with this status: the kernel's value if it wrote one, else [VlanTag#DOT1Q].
    static short vlanProtocol(int status, short written) {
        return (status & VLAN_TPID_VALID) != 0 ? written : VlanTag.DOT1Q;
    }

    static void handBack(long frame) {
        Memory.putIntRelease(frame, KERNEL);
    }
}
