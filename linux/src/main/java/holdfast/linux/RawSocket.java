package holdfast.linux;

import static holdfast.linux.Descriptor.SOL_SOCKET;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// A socket for one IP protocol on one interface, for VRRP adverts: TTL 255, precedence "internetwork control" (RFC
/// 9568 5.1.1.3; TOS 0xC0), without a loop of its own multicasts, non-blocking. Not thread-safe. Addresses are in host
/// order.
public final class RawSocket implements AutoCloseable {
    private static final int AF_INET = 2;
    private static final int SO_BINDTODEVICE = 25;
    private static final int IPPROTO_IP = 0;
    private static final int IP_TOS = 1;
    private static final int IP_TTL = 2;
    private static final int IP_MULTICAST_IF = 32;
    private static final int IP_MULTICAST_TTL = 33;
    private static final int IP_MULTICAST_LOOP = 34;
    private static final int IP_ADD_MEMBERSHIP = 35;
    private static final int IP_MULTICAST_ALL = 49;

    private static final int TOS_INTERNETWORK_CONTROL = 0xc0;
    private static final int TTL = 255;
    private static final int PACKET_MAX = 4096; // adverts have tens of bytes
    private static final int RECEIVE_FLAGS = Descriptor.MSG_DONTWAIT | Descriptor.MSG_TRUNC;

    private final Descriptor socket;
    private final MemorySegment buffer = Arena.ofAuto().allocate(PACKET_MAX);

    private RawSocket(Descriptor socket) {
        this.socket = socket;
    }

    /// @param protocol        IP protocol number; VRRP is 112
    /// @param localAddress    the source address of sent packets, an address of the interface
    /// @param multicastGroup  the group to join, or 0 for unicast only
    /// @throws SyscallException EPERM without CAP_NET_RAW, ENODEV without such an interface, EADDRNOTAVAIL if the
    ///     interface does not have the local address (unicast only)
    public static RawSocket open(int protocol, String interfaceName, int localAddress, int multicastGroup) {
        var purpose = "IP protocol " + protocol + " on " + interfaceName;
        var socket = Descriptor.socket(AF_INET, Descriptor.SOCK_RAW | Descriptor.SOCK_NONBLOCK, protocol, purpose);
        try (var arena = Arena.ofConfined()) {
            var device = arena.allocateFrom(interfaceName, StandardCharsets.US_ASCII);
            socket.option(SOL_SOCKET, SO_BINDTODEVICE, device, "SO_BINDTODEVICE");
            socket.option(IPPROTO_IP, IP_TOS, TOS_INTERNETWORK_CONTROL, "IP_TOS");
            socket.option(IPPROTO_IP, IP_TTL, TTL, "IP_TTL");
            int ifindex = socket.interfaceIndex(interfaceName);
            if (multicastGroup == 0) {
                socket.bind(socketAddress(arena, localAddress));
            } else {
                join(socket, arena, multicastGroup, localAddress, ifindex);
            }
            return new RawSocket(socket);
        } catch (Throwable failure) {
            socket.close();
            throw failure;
        }
    }

    /// The socket stays unbound: bound to the local address it would receive no multicast.
    private static void join(Descriptor socket, Arena arena, int group, int localAddress, int ifindex) {
        socket.option(IPPROTO_IP, IP_MULTICAST_TTL, TTL, "IP_MULTICAST_TTL");
        socket.option(IPPROTO_IP, IP_MULTICAST_LOOP, 0, "IP_MULTICAST_LOOP");
        socket.option(IPPROTO_IP, IP_MULTICAST_ALL, 0, "IP_MULTICAST_ALL");
        socket.option(IPPROTO_IP, IP_MULTICAST_IF, membership(arena, 0, localAddress, ifindex), "IP_MULTICAST_IF");
        socket.option(
                IPPROTO_IP, IP_ADD_MEMBERSHIP, membership(arena, group, localAddress, ifindex), "IP_ADD_MEMBERSHIP");
    }

    /// `struct ip_mreqn`.
    ///
    ///     0       4         8         12
    ///     | group | address | ifindex |
    private static MemorySegment membership(Arena arena, int group, int address, int ifindex) {
        var request = arena.allocate(12, 4);
        Memory.putIntBe(request.address(), group);
        Memory.putIntBe(request.address() + 4, address);
        Memory.putInt(request.address() + 8, ifindex);
        return request;
    }

    /// `struct sockaddr_in`, without a port.
    ///
    ///     0        2      4         8       16
    ///     | family | port | address | zeros |
    private static MemorySegment socketAddress(Arena arena, int address) {
        var made = arena.allocate(16, 4);
        Memory.putShort(made.address(), (short) AF_INET);
        Memory.putIntBe(made.address() + 4, address);
        return made;
    }

    /// For [Poller].
    public int fd() {
        return socket.fd();
    }

    /// Sends one packet; the kernel writes its IP header.
    ///
    /// @throws SyscallException ENETDOWN, ENETUNREACH, ENOBUFS or EAGAIN, if it was not sent
    public void send(int destination, byte[] payload) {
        try (var arena = Arena.ofConfined()) {
            var bytes = arena.allocateFrom(ValueLayout.JAVA_BYTE, payload);
            socket.check("sendto", socket.sendTo(bytes, socketAddress(arena, destination), Descriptor.MSG_DONTWAIT));
        }
    }

    /// The oldest waiting packet, if any. Skips packets over 4096 bytes: no advert is that long.
    public Optional<Datagram> receive() {
        while (true) {
            long received = socket.receive(buffer.address(), PACKET_MAX, RECEIVE_FLAGS);
            if (Errno.EAGAIN.is(received)) {
                return Optional.empty();
            }
            socket.check("recv", received);
            if (received <= PACKET_MAX) {
                return Optional.of(new Datagram(Memory.bytes(buffer.address(), (int) received)));
            }
        }
    }

    @Override
    public void close() {
        socket.close();
    }

    /// @param ipPacket  the whole packet including its IP header; not copied
    @SuppressWarnings("ArrayRecordComponent")
    public record Datagram(byte[] ipPacket) {}
}
