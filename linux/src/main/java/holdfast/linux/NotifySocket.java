package holdfast.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/// The datagram socket on which a service manager hears of its service (sd_notify(3)). Not thread-safe.
public final class NotifySocket implements AutoCloseable {
    static final int AF_UNIX = 1;
    static final int SOCK_DGRAM = 2;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int NAME_BYTES_MAX = 107;
    private static final int NAME_AT = 2;

    private final Arena memory = Arena.ofShared();
    private final Descriptor socket;
    private final MemorySegment destination;

    private NotifySocket(Descriptor socket, byte[] name) {
        this.socket = socket;
        destination = address(memory, name);
    }

    /// @param name  an absolute path, or `@` and a name that is in no file system
    /// @throws IllegalArgumentException if it is neither
    /// @throws SyscallException EMFILE if no file descriptor is left
    public static NotifySocket open(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        boolean isKnown = (name.startsWith("/") || name.startsWith("@")) && bytes.length > 1;
        if (!isKnown || bytes.length > NAME_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "'" + name + "' is no socket of a service manager: it is an absolute path,"
                            + " or @ and a name, of at most " + NAME_BYTES_MAX + " bytes");
        }
        return new NotifySocket(
                Descriptor.socket(AF_UNIX, SOCK_DGRAM | Descriptor.SOCK_NONBLOCK, 0, "the service manager"), bytes);
    }

    /// `struct sockaddr_un`. The length of an address ends an abstract name; a path ends with a NUL.
    ///
    ///     0        2
    ///     | family | name |
    static MemorySegment address(Arena memory, byte[] name) {
        boolean isAbstract = name[0] == '@';
        var made = memory.allocate(NAME_AT + name.length + (isAbstract ? 0 : 1), 2);
        Memory.putShort(made.address(), (short) AF_UNIX);
        MemorySegment.copy(name, 0, made, ValueLayout.JAVA_BYTE, NAME_AT, name.length);
        if (isAbstract) {
            made.set(ValueLayout.JAVA_BYTE, NAME_AT, (byte) 0);
        }
        return made;
    }

    /// Sends one message; does not wait for a manager that does not read.
    ///
    /// @throws SyscallException ENOENT or ECONNREFUSED without a manager, EAGAIN if its queue is full
    public void send(String message) {
        try (var arena = Arena.ofConfined()) {
            var bytes = arena.allocateFrom(ValueLayout.JAVA_BYTE, message.getBytes(StandardCharsets.UTF_8));
            socket.check("sendto", socket.sendTo(bytes, destination, Descriptor.MSG_DONTWAIT | MSG_NOSIGNAL));
        }
    }

    @Override
    public void close() {
        socket.close();
        memory.close();
    }
}
