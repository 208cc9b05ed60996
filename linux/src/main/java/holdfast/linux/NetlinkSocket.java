package holdfast.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A NETLINK_ROUTE socket: requests with their answers, and datagrams. Not thread-safe.
final class NetlinkSocket implements AutoCloseable {
    static final int NLM_F_REQUEST = 1, NLM_F_ACK = 4, NLM_F_REPLACE = 0x100;
    static final int NLM_F_DUMP = 0x300, NLM_F_CREATE = 0x400;

    private static final int AF_NETLINK = 16;
    private static final int NETLINK_ROUTE = 0;
    private static final int SOL_NETLINK = 270;
    private static final int NETLINK_ADD_MEMBERSHIP = 1;
    private static final int SO_RCVTIMEO = 20;
    private static final int HEADER_BYTES = 16;
    private static final int DATAGRAM_MAX = 1 << 16; // the kernel's own are at most 32 KiB
    private static final int DUMP_ATTEMPTS_MAX = 10;
    private static final long ANSWER_WITHIN_S = 5;

    private final Descriptor socket;
    private final MemorySegment buffer = Arena.ofAuto().allocate(DATAGRAM_MAX, 8);
    private int sequence;

    private NetlinkSocket(Descriptor socket) {
        this.socket = socket;
    }

    /// For requests. The kernel answers at once; a timeout keeps a bug from blocking the caller for ever.
    static NetlinkSocket forRequests() {
        var socket = Descriptor.socket(AF_NETLINK, Descriptor.SOCK_RAW, NETLINK_ROUTE, "asking the kernel by netlink");
        try (var arena = Arena.ofConfined()) {
            var limit = arena.allocateFrom(ValueLayout.JAVA_LONG, ANSWER_WITHIN_S, 0);
            socket.option(Descriptor.SOL_SOCKET, SO_RCVTIMEO, limit, "SO_RCVTIMEO");
            return new NetlinkSocket(socket);
        } catch (Throwable failure) {
            socket.close();
            throw failure;
        }
    }

    /// For notifications of these groups; [#take] does not wait.
    static NetlinkSocket forNotifications(int receiveBufferBytes, int... groups) {
        int type = Descriptor.SOCK_RAW | Descriptor.SOCK_NONBLOCK;
        var socket = Descriptor.socket(AF_NETLINK, type, NETLINK_ROUTE, "notifications by netlink");
        try {
            socket.receiveBuffer(receiveBufferBytes);
            bind(socket);
            for (int group : groups) {
                socket.option(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group, "NETLINK_ADD_MEMBERSHIP");
            }
            return new NetlinkSocket(socket);
        } catch (Throwable failure) {
            socket.close();
            throw failure;
        }
    }

    /// `struct sockaddr_nl` with a port of the kernel's choice. The kernel sends no notifications to a socket
    /// without a port, because port 0 is the kernel's own.
    ///
    ///     0        2     4      8        12
    ///     | family | pad | port | groups |
    private static void bind(Descriptor socket) {
        try (var arena = Arena.ofConfined()) {
            var address = arena.allocate(12, 4);
            Memory.putShort(address.address(), (short) AF_NETLINK);
            socket.bind(address);
        }
    }

    int fd() {
        return socket.fd();
    }

    /// The messages of one datagram, or the negative errno instead; EMSGSIZE if it is too long for the buffer.
    record Taken(long result, List<NetlinkMessage> messages) {}

    Taken take() {
        long received = socket.receive(buffer.address(), DATAGRAM_MAX, Descriptor.MSG_TRUNC);
        if (received > DATAGRAM_MAX) {
            return new Taken(-Errno.EMSGSIZE.number(), List.of());
        }
        return received < 0
                ? new Taken(received, List.of())
                : new Taken(received, NetlinkMessage.parse(Memory.bytes(buffer.address(), (int) received)));
    }

    /// Sends a request that the kernel acknowledges.
    ///
    /// @return the kernel's error, empty if it obeyed
    Optional<Integer> request(int type, int flags, ByteBuffer body) {
        send(type, NLM_F_REQUEST | NLM_F_ACK | flags, body);
        while (true) {
            for (var message : answer()) {
                if (message.type() == NetlinkMessage.NLMSG_ERROR) {
                    return message.error() == 0 ? Optional.empty() : Optional.of(message.error());
                }
            }
        }
    }

    /// A dump of all objects of one kind. The method repeats a dump that a change interrupted, because it may lack
    /// or repeat entries.
    ///
    /// @throws InterruptedDumpException if changes interrupted each attempt
    List<NetlinkMessage> dump(int type, ByteBuffer body) {
        for (int attempt = 0; attempt < DUMP_ATTEMPTS_MAX; attempt++) {
            var messages = new ArrayList<NetlinkMessage>();
            send(type, NLM_F_REQUEST | NLM_F_DUMP, body);
            if (collect(messages)) {
                return messages;
            }
        }
        throw new InterruptedDumpException("a list of the kernel changed during each of " + DUMP_ATTEMPTS_MAX
                + " attempts to read it (request type " + type + ")");
    }

    /// Reads until the end of a dump.
    ///
    /// @return whether the dump is consistent
    private boolean collect(List<NetlinkMessage> messages) {
        boolean consistent = true;
        while (true) {
            for (var message : answer()) {
                consistent &= (message.flags() & NetlinkMessage.NLM_F_DUMP_INTR) == 0;
                switch (message.type()) {
                    case NetlinkMessage.NLMSG_DONE -> {
                        return consistent;
                    }
                    case NetlinkMessage.NLMSG_ERROR -> throw socket.failure("netlink dump", -message.error());
                    default -> messages.add(message);
                }
            }
        }
    }

    /// The messages of the next datagram that answer our latest request; skips those of an abandoned request.
    private List<NetlinkMessage> answer() {
        var taken = take();
        if (Errno.EINTR.is(taken.result)) {
            return List.of();
        }
        socket.check("recv", taken.result);
        return taken.messages.stream()
                .filter(message -> message.sequence() == sequence)
                .toList();
    }

    private void send(int type, int flags, ByteBuffer body) {
        int length = HEADER_BYTES + body.remaining();
        var message = ByteBuffer.allocate(length).order(ByteOrder.nativeOrder());
        message.putInt(length).putShort((short) type).putShort((short) flags);
        message.putInt(++sequence).putInt(0).put(body.duplicate());
        try (var arena = Arena.ofConfined()) {
            var bytes = arena.allocateFrom(ValueLayout.JAVA_BYTE, message.array());
            socket.check("send", socket.send(bytes.address(), length, 0));
        }
    }

    SyscallException failure(String call, int errno) {
        return socket.failure(call, -errno);
    }

    @Override
    public void close() {
        socket.close();
    }
}
