package holdfast.linux;

import static holdfast.linux.PacketSocket.VIRTIO_NET_HDR_BYTES;

/// The buffers for frames that do not fit their place in the ring, one for each frame of a batch, and the recv() that
/// fills them. The kernel flags such a frame in the ring and queues it whole on the socket. Queue and ring have the
/// same order, except that two CPUs which receive at the same time may queue two frames in reverse. So length and VLAN
/// tag come from the queued frame itself (PACKET_AUXDATA), never from its place in the ring.
///
///     msghdr  0      8         16    24       32        40            48      56
///             | name | namelen | iov | iovlen | control | control len | flags |
///     iovec   0      8     16
///             | base | len |
///     cmsghdr 0     8       12     16       20    24        28    30    32    34     36
///             | len | level | type | status | len | snaplen | mac | net | tci | tpid |
final class CopiedFrames implements AutoCloseable {
    /// A frame of 64 KiB with its headers, and headroom.
    private static final int BUFFER_BYTES = 67_584;
    /// Room for a VLAN tag; with it the IP header has an address that is a multiple of 8.
    private static final int HEADROOM = 8;

    private static final int CONTROL_BYTES = 64;
    private static final int IOVEC = 64, CONTROL = 128, SCRATCH_BYTES = CONTROL + CONTROL_BYTES;
    private static final int CONTROL_LENGTH = 40;
    private static final int AUX_STATUS = CONTROL + 16, AUX_TCI = CONTROL + 32, AUX_TPID = CONTROL + 34;
    private static final int FLAGS = Descriptor.MSG_DONTWAIT | Descriptor.MSG_TRUNC;

    enum Result {
        WHOLE,
        /// Larger than a buffer, and lost.
        TOO_LONG,
        /// The socket reported an error, or had no frame.
        NOTHING
    }

    private final long bytes;
    private long pool;
    private long scratch;
    private long address;
    private int length;

    CopiedFrames(int count) {
        bytes = (long) count * BUFFER_BYTES + SCRATCH_BYTES;
        pool = Memory.allocate(bytes);
        scratch = pool + (long) count * BUFFER_BYTES;
        Memory.putLong(scratch + 16, scratch + IOVEC);
        Memory.putLong(scratch + 24, 1);
        Memory.putLong(scratch + 32, scratch + CONTROL);
        Memory.putLong(scratch + IOVEC + 8, BUFFER_BYTES - HEADROOM);
    }

    /// Receives the oldest queued frame into a buffer.
    Result receive(int fd, int buffer) {
        long start = pool + (long) buffer * BUFFER_BYTES + HEADROOM;
        Memory.putLong(scratch + IOVEC, start);
        Memory.putLong(scratch + CONTROL_LENGTH, CONTROL_BYTES);
        Memory.putInt(scratch + AUX_STATUS, 0);
        long received = Libc.tryRecvmsg(fd, scratch, FLAGS);
        if (received == Libc.FAILED) {
            return Result.NOTHING;
        }
        if (received > BUFFER_BYTES - HEADROOM) {
            return Result.TOO_LONG;
        }
        address = start;
        length = (int) received - VIRTIO_NET_HDR_BYTES;
        int status = Memory.getInt(scratch + AUX_STATUS);
        if (RingFrame.hasVlan(status)) {
            short protocol = RingFrame.vlanProtocol(status, Memory.getShort(scratch + AUX_TPID));
            address = VlanTag.insert(start, protocol, Memory.getShort(scratch + AUX_TCI));
            length += VlanTag.BYTES;
        }
        return Result.WHOLE;
    }

    /// Address of the `virtio_net_hdr` of the last received frame.
    long address() {
        return address;
    }

    int length() {
        return length;
    }

    @Override
    public void close() {
        if (pool != 0) {
            Memory.free(pool, bytes);
            pool = 0;
        }
    }
}
