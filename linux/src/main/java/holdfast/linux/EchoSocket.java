package holdfast.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// A raw ICMP socket that sends echo requests and receives only echo replies. The kernel routes the requests and
/// chooses their source: its own address on the link that leads to the destination.
///
///     0      1      2          4            6          8
///     | type | code | checksum | identifier | sequence |
public final class EchoSocket implements Echoes {
    private static final int AF_INET = 2;
    private static final int IPPROTO_ICMP = 1;
    private static final int SOL_RAW = 255;
    private static final int ICMP_FILTER = 1;
    private static final int ECHO_REPLY = 0;
    private static final int ECHO_REQUEST = 8;
    private static final int ECHO_BYTES = 8;
    private static final int SOCKADDR_BYTES = 16;
    private static final int IP_SOURCE = 12;
    private static final int IP_HEADER_MAX = 60;

    private final Descriptor socket;
    private final Arena memory = Arena.ofAuto();
    private final MemorySegment request = memory.allocate(ECHO_BYTES, 4);
    private final MemorySegment destination = memory.allocate(SOCKADDR_BYTES, 4);
    private final MemorySegment reply = memory.allocate(IP_HEADER_MAX + ECHO_BYTES, 4);

    private EchoSocket(Descriptor socket) {
        this.socket = socket;
        Memory.putShort(destination.address(), (short) AF_INET);
    }

    /// @throws SyscallException EPERM without CAP_NET_RAW, EMFILE if no file descriptor is left
    public static EchoSocket open() {
        var socket =
                Descriptor.socket(AF_INET, Descriptor.SOCK_RAW | Descriptor.SOCK_NONBLOCK, IPPROTO_ICMP, "ICMP echoes");
        try {
            socket.option(SOL_RAW, ICMP_FILTER, ~(1 << ECHO_REPLY), "ICMP_FILTER");
            return new EchoSocket(socket);
        } catch (Throwable failure) {
            socket.close();
            throw failure;
        }
    }

    @Override
    public Optional<Integer> ask(int address, int identifier, int sequence) {
        Memory.putIntBe(destination.address() + 4, address);
        long at = request.address();
        Memory.putShortBe(at, (short) (ECHO_REQUEST << 8));
        Memory.putShortBe(at + 2, checksum(identifier, sequence));
        Memory.putShortBe(at + 4, (short) identifier);
        Memory.putShortBe(at + 6, (short) sequence);
        long sent = socket.sendTo(request, destination, Descriptor.MSG_DONTWAIT);
        return sent < 0 ? Optional.of((int) -sent) : Optional.empty();
    }

    /// Checksum of an echo request without data (RFC 1071).
    private static short checksum(int identifier, int sequence) {
        int sum = (ECHO_REQUEST << 8) + (identifier & 0xffff) + (sequence & 0xffff);
        int folded = (sum & 0xffff) + (sum >>> 16);
        return (short) ~(folded + (folded >>> 16));
    }

    @Override
    public Optional<Reply> receive() {
        while (true) {
            long received = socket.receive(reply.address(), reply.byteSize(), Descriptor.MSG_DONTWAIT);
            if (Errno.EAGAIN.is(received)) {
                return Optional.empty();
            }
            socket.check("recv", received);
            int header = (Memory.getByte(reply.address()) & 0xf) * 4;
            if (received >= header + ECHO_BYTES) { // a shorter packet is malformed
                long echo = reply.address() + header;
                return Optional.of(new Reply(
                        Memory.getIntBe(reply.address() + IP_SOURCE),
                        Short.toUnsignedInt(Memory.getShortBe(echo + 4)),
                        Short.toUnsignedInt(Memory.getShortBe(echo + 6))));
            }
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
