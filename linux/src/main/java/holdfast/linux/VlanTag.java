package holdfast.linux;

import static holdfast.linux.PacketSocket.VIRTIO_NET_HDR_BYTES;

/// Restores the VLAN tag that the kernel removes from each frame before packet sockets see it. Without the tag a
/// director would send the frame to the wrong network.
final class VlanTag {
    static final int BYTES = 4;
    /// The usual tag protocol (IEEE 802.1Q).
    static final short DOT1Q = (short) 0x8100;

    private static final int MACS_BYTES = 12;
    private static final int FLAGS = 0, GSO_TYPE = 1, HDR_LEN = 2, CSUM_START = 6;
    private static final int NEEDS_CSUM = 1;

    private VlanTag() {}

    /// Moves the virtio header and the two MACs to the 4 bytes before them, and writes the tag behind. The 4 bytes
    /// before
    /// `address` must be writable. Offsets in the virtio header are adjusted.
    ///
    /// @param address   of the virtio header
    /// @param protocol  the tag's EtherType, such as 0x8100
    /// @param control   priority and VLAN number
    /// @return the new address of the virtio header
    static long insert(long address, short protocol, short control) {
        long moved = address - BYTES;
        Memory.copy(address, moved, VIRTIO_NET_HDR_BYTES + MACS_BYTES);
        long tag = moved + VIRTIO_NET_HDR_BYTES + MACS_BYTES;
        Memory.putShortBe(tag, protocol);
        Memory.putShortBe(tag + 2, control);
        if ((Memory.getByte(moved + FLAGS) & NEEDS_CSUM) != 0) {
            shift(moved + CSUM_START);
        }
        if (Memory.getByte(moved + GSO_TYPE) != 0) {
            shift(moved + HDR_LEN);
        }
        return moved;
    }

    private static void shift(long field) {
        Memory.putShort(field, (short) (Memory.getShort(field) + BYTES));
    }
}
