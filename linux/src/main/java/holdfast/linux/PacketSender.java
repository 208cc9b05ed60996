package holdfast.linux;

import static holdfast.linux.PacketSocket.PACKET_VNET_HDR;
import static holdfast.linux.PacketSocket.SOL_PACKET;
import static holdfast.linux.PacketSocket.VIRTIO_NET_HDR_BYTES;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;

/// Sends frames out of one interface, in batches by sendmmsg() straight from their memory, each with its offload
/// metadata (`virtio_net_hdr`) in front. It never waits: it drops and counts frames that the kernel refuses, as a
/// router with a full queue would.
///
/// One thread owns [#add], [#flush] and [#close]; it keeps the frames unchanged until the flush. [#sendFrame] and
/// [#stats] are for any thread. Nothing is allocated by add and flush.
///
/// It bypasses no queueing discipline: with PACKET_QDISC_BYPASS a card that cannot segment refuses super-frames. It
/// survives its interface going down and up, but not its removal: then it drops every frame, and the owner opens
/// another sender for the new interface.
///
///     mmsghdr 0      8         16    24       32        40            48      56        64
///             | name | namelen | iov | iovlen | control | control len | flags | msg_len |
///     iovec   0      8     16
///             | base | len |
public final class PacketSender implements AutoCloseable {
    private static final int BATCH_MAX = 64;
    private static final int MMSGHDR_BYTES = 64;
    private static final int IOVEC_BYTES = 16;
    private static final int BATCH_BYTES = BATCH_MAX * (MMSGHDR_BYTES + IOVEC_BYTES);
    private static final int SEND_BUFFER_BYTES = 32 << 20;

    private final Descriptor batchSocket;
    private final Descriptor frameSocket; // without metadata; a socket of its own, so that two threads share no state
    private long messages;
    private long vectors;
    private int count;
    private volatile long sent;
    private volatile long dropped;
    private volatile int lastErrno;

    private PacketSender(Descriptor batchSocket, Descriptor frameSocket) {
        this.batchSocket = batchSocket;
        this.frameSocket = frameSocket;
        messages = Memory.allocate(BATCH_BYTES);
        vectors = messages + (long) BATCH_MAX * MMSGHDR_BYTES;
        for (int i = 0; i < BATCH_MAX; i++) {
            Memory.putLong(message(i) + 16, vector(i));
            Memory.putLong(message(i) + 24, 1);
        }
    }

    /// @throws SyscallException EPERM without CAP_NET_RAW, ENODEV without such an interface
    public static PacketSender open(int ifindex) {
        var purpose = "sending on interface " + ifindex;
        var batchSocket = PacketSocket.open(purpose);
        try {
            batchSocket.option(SOL_PACKET, PACKET_VNET_HDR, 1, "PACKET_VNET_HDR");
            batchSocket.sendBuffer(SEND_BUFFER_BYTES);
            PacketSocket.bind(batchSocket, ifindex, PacketSocket.NO_PROTOCOL);
            return open(ifindex, purpose, batchSocket);
        } catch (Throwable failure) {
            batchSocket.close();
            throw failure;
        }
    }

    private static PacketSender open(int ifindex, String purpose, Descriptor batchSocket) {
        var frameSocket = PacketSocket.open(purpose);
        try {
            PacketSocket.bind(frameSocket, ifindex, PacketSocket.NO_PROTOCOL);
            return new PacketSender(batchSocket, frameSocket);
        } catch (Throwable failure) {
            frameSocket.close();
            throw failure;
        }
    }

    private long message(int i) {
        return messages + (long) i * MMSGHDR_BYTES;
    }

    private long vector(int i) {
        return vectors + (long) i * IOVEC_BYTES;
    }

    /// Adds a frame to the batch. Returns false if the batch has 64 frames already: flush, then add again.
    ///
    /// @param address  of the `virtio_net_hdr`, 10 bytes before the Ethernet header
    /// @param length   bytes of the frame from the Ethernet header on, without these 10
    public boolean add(long address, int length) {
        requireOpen();
        if (count == BATCH_MAX) {
            return false;
        }
        long vector = vector(count++);
        Memory.putLong(vector, address);
        Memory.putLong(vector + 8, (long) length + VIRTIO_NET_HDR_BYTES);
        return true;
    }

    /// Frames in the batch.
    public int pending() {
        return count;
    }

    /// Empties the batch without sending it.
    public void clear() {
        count = 0;
    }

    /// Sends the batch and empties it. It skips a frame that the kernel refuses and sends the frames behind it.
    ///
    /// @return number of frames that the kernel accepted
    public int flush() {
        requireOpen();
        int taken = 0;
        int done = 0;
        while (done < count) {
            int now = count - done == 1 ? sendOne(done) : sendFrom(done);
            if (now == Libc.FAILED) {
                now = 1;
                taken += sendAgain(done);
            } else {
                taken += now;
            }
            done += now;
        }
        count(taken, count - taken);
        count = 0;
        return taken;
    }

    private int sendFrom(int first) {
        return Libc.trySendmmsg(batchSocket.fd(), message(first), count - first, Descriptor.MSG_DONTWAIT);
    }

    /// One plain send() is cheaper than a batch of one.
    private int sendOne(int i) {
        long address = Memory.getLong(vector(i));
        long length = Memory.getLong(vector(i) + 8);
        long result = Libc.trySend(batchSocket.fd(), address, length, Descriptor.MSG_DONTWAIT);
        return result == Libc.FAILED ? Libc.FAILED : 1;
    }

    /// The second and last attempt for a refused frame, which reports the reason. Returns the number of frames
    /// sent, 0 or 1.
    private int sendAgain(int i) {
        long address = Memory.getLong(vector(i));
        long length = Memory.getLong(vector(i) + 8);
        long result = batchSocket.send(address, length, Descriptor.MSG_DONTWAIT);
        if (result < 0) {
            lastErrno = (int) -result;
            return 0;
        }
        return 1;
    }

    /// Only the owner adds, so plain additions suffice; volatile lets other threads read.
    @SuppressWarnings("NonAtomicVolatileUpdate")
    private void count(int taken, int refused) {
        sent += taken;
        if (refused > 0) {
            dropped += refused;
        }
    }

    /// Sends one plain frame now, without offload metadata; for GARP and ARP. Any thread; it is not in [#stats].
    ///
    /// @throws SyscallException ENETDOWN, ENXIO or ENOBUFS, if the frame was not sent
    public synchronized void sendFrame(byte[] frame) {
        try (var arena = Arena.ofConfined()) {
            var bytes = arena.allocateFrom(ValueLayout.JAVA_BYTE, frame);
            frameSocket.check("send", frameSocket.send(bytes.address(), frame.length, Descriptor.MSG_DONTWAIT));
        }
    }

    /// Counts since open of frames added by [#add]. Any thread.
    public Stats stats() {
        return new Stats(sent, dropped);
    }

    /// Why the latest dropped frame was dropped: an errno for [Errno#text], or 0 if none was. Any thread.
    public int lastErrno() {
        return lastErrno;
    }

    private void requireOpen() {
        if (messages == 0) {
            throw new IllegalStateException("the packet sender is closed");
        }
    }

    @Override
    public synchronized void close() {
        batchSocket.close();
        frameSocket.close();
        if (messages != 0) {
            Memory.free(messages, BATCH_BYTES);
            messages = 0;
        }
    }

    /// @param sent     frames that the kernel accepted
    /// @param dropped  frames that it refused
    public record Stats(long sent, long dropped) {}
}
