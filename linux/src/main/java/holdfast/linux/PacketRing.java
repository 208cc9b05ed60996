package holdfast.linux;

import static holdfast.linux.PacketSocket.PACKET_AUXDATA;
import static holdfast.linux.PacketSocket.PACKET_COPY_THRESH;
import static holdfast.linux.PacketSocket.PACKET_IGNORE_OUTGOING;
import static holdfast.linux.PacketSocket.PACKET_RX_RING;
import static holdfast.linux.PacketSocket.PACKET_STATISTICS;
import static holdfast.linux.PacketSocket.PACKET_VERSION;
import static holdfast.linux.PacketSocket.PACKET_VNET_HDR;
import static holdfast.linux.PacketSocket.SOL_PACKET;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// All frames that arrive on one interface. The kernel fills a ring (TPACKET_V2) from which frames are read in place; a
/// frame larger than its 2 KiB place is received by recv() into a buffer of our own. The kernel's offload metadata
/// (`virtio_net_hdr`) precedes each frame, so that 64 KB super-frames and partial checksums pass whole.
///
/// One thread owns a ring: it alone calls [#next], [#release], [#discardAll] and [#close]. [#stats] is for any thread.
/// Nothing is allocated per packet.
///
/// A turn: `while (ring.next()) { use address() and length(); }`, flush the senders, then `release()`. The addresses of
/// a turn stay valid until the release.
///
/// **When the interface goes down or disappears**, the descriptor polls as failed, and [#dead] is true from then on; so
/// it is for a ring that was opened while the interface was down. Its remaining frames can still be read. Once netlink
/// reports the interface up, the owner closes the ring and opens another, with the index that netlink reports. The
/// kernel itself resumes a ring when the same interface comes up again, but not after a removal; one rule for both is
/// simpler.
public final class PacketRing implements AutoCloseable {
    private static final int FRAME_BYTES = 2048;
    private static final int BLOCK_BYTES_MAX = 1 << 20;
    private static final int FRAMES_MIN = 32; // one page of aarch64 with 64 KiB pages: a block is whole pages
    private static final int FRAMES_MAX = 1 << 16;
    private static final int RECEIVE_BUFFER_BYTES = 32 << 20; // bounds the large frames that wait for recv()
    private static final int TPACKET_V2 = 1;

    private final int frames;
    private final int batchMax;
    private final Descriptor socket;
    private final CopiedFrames copies;
    private final StatsReader statsReader;
    private long base;

    private int head; // the frame to read next
    private int held; // frames before head that were not released
    private int taken; // of these, the frames that the caller saw
    private int seen; // frames from head on that isNearlyFull has checked
    private long seenBytes; // bytes of the large frames among them
    private long copiesMax; // bytes of large frames for which there is room
    private long address;
    private int length;
    private long truncated;
    private boolean dead;

    private PacketRing(int ifindex, int frames, int batchMax) {
        this.frames = frames;
        this.batchMax = batchMax;
        copies = new CopiedFrames(batchMax);
        socket = socket(ifindex, copies);
        statsReader = new StatsReader();
        try {
            configure(ifindex);
        } catch (Throwable failure) {
            close();
            throw failure;
        }
    }

    /// Starts to receive on an interface.
    ///
    /// @param frames    places of 2 KiB in the ring, a power of two from 32 to 65536; 2048 is usual
    /// @param batchMax  frames between two releases at most, 1 to `frames`; 64 is usual
    /// @throws SyscallException EPERM without CAP_NET_RAW, ENODEV without such an interface
    public static PacketRing open(int ifindex, int frames, int batchMax) {
        if (frames < FRAMES_MIN || frames > FRAMES_MAX || Integer.bitCount(frames) != 1) {
            throw new IllegalArgumentException("a ring has a power of two from 32 to 65536 frames, not " + frames);
        }
        if (batchMax < 1 || batchMax > frames) {
            throw new IllegalArgumentException("a batch has 1 to " + frames + " frames, not " + batchMax);
        }
        return new PacketRing(ifindex, frames, batchMax);
    }

    private static Descriptor socket(int ifindex, CopiedFrames copies) {
        try {
            return PacketSocket.open("the packet ring of interface " + ifindex);
        } catch (SyscallException failure) {
            copies.close();
            throw failure;
        }
    }

    /// The order matters: the kernel refuses metadata and version once there is a ring, and a socket that is bound
    /// before it has its ring queues packets that nobody reads.
    private void configure(int ifindex) {
        socket.option(SOL_PACKET, PACKET_VNET_HDR, 1, "PACKET_VNET_HDR");
        socket.option(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1, "PACKET_IGNORE_OUTGOING");
        socket.option(SOL_PACKET, PACKET_VERSION, TPACKET_V2, "PACKET_VERSION");
        socket.option(SOL_PACKET, PACKET_COPY_THRESH, 1, "PACKET_COPY_THRESH");
        socket.option(SOL_PACKET, PACKET_AUXDATA, 1, "PACKET_AUXDATA");
        socket.receiveBuffer(RECEIVE_BUFFER_BYTES);
        copiesMax = socket.receiveBufferBytes();
        try (var arena = Arena.ofConfined()) {
            socket.option(SOL_PACKET, PACKET_RX_RING, ringRequest(arena), "PACKET_RX_RING");
        }
        base = socket.map(ringBytes());
        PacketSocket.bind(socket, ifindex, PacketSocket.ETH_P_ALL);
    }

    /// `struct tpacket_req`. The frames fill the blocks without a remainder, so they are contiguous.
    ///
    ///     0            4        8            12       16
    ///     | block size | blocks | frame size | frames |
    private MemorySegment ringRequest(Arena arena) {
        int blockBytes = (int) Math.min(BLOCK_BYTES_MAX, ringBytes());
        var request = arena.allocate(16, 4);
        Memory.putInt(request.address(), blockBytes);
        Memory.putInt(request.address() + 4, (int) (ringBytes() / blockBytes));
        Memory.putInt(request.address() + 8, FRAME_BYTES);
        Memory.putInt(request.address() + 12, frames);
        return request;
    }

    private long ringBytes() {
        return (long) frames * FRAME_BYTES;
    }

    /// For [Poller]; readable when a frame waits, failed when the ring is dead.
    public int fd() {
        return socket.fd();
    }

    /// Moves to the next waiting frame. Returns false if there is none, or if the batch is full and needs a
    /// [#release].
    public boolean next() {
        requireOpen();
        while (taken < batchMax && held < frames) {
            long frame = base + (long) head * FRAME_BYTES;
            int status = Memory.getIntAcquire(frame);
            if (!RingFrame.isReady(status)) {
                return false;
            }
            head = (head + 1) & (frames - 1);
            held++;
            if (RingFrame.isCopied(status) ? takeCopy() : takeInPlace(frame, status)) {
                taken++;
                return true;
            }
            truncated++;
        }
        return false;
    }

    private boolean takeInPlace(long frame, int status) {
        if (RingFrame.isTruncated(frame)) {
            return false;
        }
        address = RingFrame.address(frame);
        length = RingFrame.length(frame);
        if (RingFrame.hasVlan(status)) {
            short protocol = RingFrame.vlanProtocol(status, RingFrame.vlanProtocol(frame));
            address = VlanTag.insert(address, protocol, RingFrame.vlanControl(frame));
            length += VlanTag.BYTES;
        }
        return true;
    }

    private boolean takeCopy() {
        var result = copies.receive(socket.fd(), taken);
        if (result == CopiedFrames.Result.NOTHING) {
            // A socket whose interface went down reports it once, before the data that it still holds.
            result = copies.receive(socket.fd(), taken);
            dead = dead || result != CopiedFrames.Result.NOTHING;
        }
        address = copies.address();
        length = copies.length();
        return result == CopiedFrames.Result.WHOLE;
    }

    /// Address of the `virtio_net_hdr` of the current frame; the Ethernet header follows 10 bytes further.
    /// Writable.
    public long address() {
        return address;
    }

    /// Length of the whole current frame in bytes, from the Ethernet header on, including its VLAN tag.
    public int length() {
        return length;
    }

    /// Returns all frames read since the last release to the kernel; their addresses become invalid.
    public void release() {
        requireOpen();
        for (int i = held; i > 0; i--) {
            RingFrame.handBack(base + (long) ((head - i) & (frames - 1)) * FRAME_BYTES);
        }
        held = 0;
        taken = 0;
        seen = 0;
        seenBytes = 0;
    }

    /// Whether the waiting frames fill three quarters of the ring, or of the buffer for frames that do not fit
    /// their place. It checks each frame once and makes no system call. An owner that leaves frames waiting calls
    /// it instead of [#next].
    public boolean isNearlyFull() {
        requireOpen();
        while (held + seen < frames) {
            long frame = base + (long) (head + seen & frames - 1) * FRAME_BYTES;
            int status = Memory.getIntAcquire(frame);
            if (!RingFrame.isReady(status)) {
                break;
            }
            seen++;
            seenBytes += RingFrame.isCopied(status) ? RingFrame.length(frame) : 0;
        }
        return held + seen >= frames / 4 * 3 || seenBytes >= copiesMax / 4 * 3;
    }

    /// Whether a quarter of the ring waits behind the frames that were read. One read of memory: the kernel fills
    /// the places in order.
    public boolean isBehind() {
        requireOpen();
        int last = head + frames / 4 - 1 & frames - 1;
        return RingFrame.isReady(Memory.getIntAcquire(base + (long) last * FRAME_BYTES));
    }

    /// Drops the frames that are queued at this moment, at most one ringful, so that a flood cannot keep the owner
    /// here. It also releases the frames that were read before.
    ///
    /// @return number of dropped frames
    public int discardAll() {
        release();
        for (int i = 0; i < frames; i++) {
            long frame = base + (long) head * FRAME_BYTES;
            int status = Memory.getIntAcquire(frame);
            if (!RingFrame.isReady(status)) {
                return i;
            }
            if (RingFrame.isCopied(status)) {
                boolean _ = takeCopy();
            }
            RingFrame.handBack(frame);
            head = (head + 1) & (frames - 1);
        }
        return frames;
    }

    /// Whether the interface is or was down, or was removed. The call also clears the failed state of the
    /// descriptor, so that a poll waits again. It makes a system call and allocates: call it when [Poller#failed]
    /// is true, not per packet.
    public boolean dead() {
        boolean fails = socket.pendingError() != 0;
        dead = dead || fails;
        return dead;
    }

    /// Counts since open. Any thread.
    public Stats stats() {
        return statsReader.read();
    }

    private void requireOpen() {
        if (base == 0) {
            throw new IllegalStateException("the packet ring is closed");
        }
    }

    @Override
    public void close() {
        statsReader.close();
        socket.close();
        copies.close();
        if (base != 0) {
            Memory.free(base, ringBytes());
            base = 0;
        }
    }

    /// @param received     frames that arrived in the ring
    /// @param kernelDrops  frames that found no room in it
    /// @param truncated    frames skipped because a part was missing: the receive buffer for large frames was full,
    ///     or the frame was larger than 66 KiB
    public record Stats(long received, long kernelDrops, long truncated) {}

    /// The kernel's counters since open. The kernel clears them at each reading, so this class sums them, under a
    /// lock of its own that also keeps close() from closing the descriptor meanwhile.
    private final class StatsReader {
        private final MemorySegment errno = Libc.errnoSegment();
        private final MemorySegment answer = Arena.ofAuto().allocate(12, 4); // and its size
        private long received;
        private long drops;

        /// `struct tpacket_stats`: packets u32 (including dropped ones), drops u32. Zeroes if the kernel
        /// refuses, because a missing counter must not end a director.
        synchronized Stats read() {
            if (socket.fd() >= 0) {
                long counters = answer.fill((byte) 0).address();
                Memory.putInt(counters + 8, 8);
                int _ = Libc.getsockopt(errno, socket.fd(), SOL_PACKET, PACKET_STATISTICS, counters, counters + 8);
                long dropped = Integer.toUnsignedLong(Memory.getInt(counters + 4));
                received += Integer.toUnsignedLong(Memory.getInt(counters)) - dropped;
                drops += dropped;
            }
            return new Stats(received, drops, truncated);
        }

        synchronized void close() {
            if (socket.fd() >= 0) {
                Stats _ = read();
                socket.close();
            }
        }
    }
}
