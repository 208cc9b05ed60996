package holdfast.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/// An open file descriptor with the errno segment of the thread that owns it. Data calls return the kernel's convention
/// (negative errno); set-up calls throw.
///
/// A second close does nothing. A later call gets EBADF, because the number is then -1 and not a number that the kernel
/// may have given to another descriptor.
final class Descriptor implements AutoCloseable {
    static final int SOCK_RAW = 3;
    static final int SOCK_NONBLOCK = 0x800;
    static final int SOCK_CLOEXEC = 0x80000;
    static final int MSG_TRUNC = 0x20;
    static final int MSG_DONTWAIT = 0x40;

    static final int SOL_SOCKET = 1;
    private static final int SO_ERROR = 4;
    private static final int SO_SNDBUF = 7;
    private static final int SO_RCVBUF = 8;
    private static final int SO_SNDBUFFORCE = 32;
    private static final int SO_RCVBUFFORCE = 33;

    private final MemorySegment errno = Libc.errnoSegment();
    private final String purpose;
    private int fd = -1;

    private Descriptor(String purpose) {
        this.purpose = purpose;
    }

    /// A new socket, closed on exec.
    ///
    /// @param purpose  the rest of "... for", in error messages
    static Descriptor socket(int domain, int type, int protocol, String purpose) {
        var made = new Descriptor(purpose);
        made.fd = made.check("socket", Libc.socket(made.errno, domain, type | SOCK_CLOEXEC, protocol));
        return made;
    }

    /// A new non-blocking event counter, closed on exec.
    static Descriptor event(String purpose) {
        var made = new Descriptor(purpose);
        made.fd = made.check("eventfd", Libc.eventfd(made.errno, 0, SOCK_NONBLOCK | SOCK_CLOEXEC));
        return made;
    }

    /// The number, or -1 once closed.
    int fd() {
        return fd;
    }

    /// The result, unless it is an error: then throws an exception with a message for the operator.
    int check(String call, long result) {
        if (result < 0) {
            throw failure(call, result);
        }
        return (int) result;
    }

    SyscallException failure(String call, long result) {
        return new SyscallException(call, purpose, (int) -result);
    }

    void option(int level, int name, int value, String nameText) {
        try (var arena = Arena.ofConfined()) {
            option(level, name, arena.allocateFrom(ValueLayout.JAVA_INT, value), nameText);
        }
    }

    void option(int level, int name, MemorySegment value, String nameText) {
        check("setsockopt(" + nameText + ")", tryOption(level, name, value));
    }

    private int tryOption(int level, int name, MemorySegment value) {
        return Libc.setsockopt(errno, fd, level, name, value.address(), (int) value.byteSize());
    }

    /// Requests a receive buffer, above the system's limit if permitted. An unprivileged user namespace has no
    /// permission and gets as much as the limit allows.
    void receiveBuffer(int bytes) {
        buffer(SO_RCVBUFFORCE, SO_RCVBUF, bytes, "SO_RCVBUF");
    }

    /// As [#receiveBuffer], for sending.
    void sendBuffer(int bytes) {
        buffer(SO_SNDBUFFORCE, SO_SNDBUF, bytes, "SO_SNDBUF");
    }

    private void buffer(int force, int plain, int bytes, String name) {
        try (var arena = Arena.ofConfined()) {
            var value = arena.allocateFrom(ValueLayout.JAVA_INT, bytes);
            int forced = tryOption(SOL_SOCKET, force, value);
            if (Errno.EPERM.is(forced)) {
                option(SOL_SOCKET, plain, value, name);
            } else {
                check("setsockopt(" + name + "FORCE)", forced);
            }
        }
    }

    /// The size of the receive buffer. The kernel doubles the requested size, to have room for its own data.
    int receiveBufferBytes() {
        return check("getsockopt(SO_RCVBUF)", option(SO_RCVBUF)) / 2;
    }

    /// The pending error of a socket, positive, or 0; reading it clears it.
    int pendingError() {
        return Math.abs(option(SO_ERROR));
    }

    /// The value of an option of the socket, or a negative errno.
    private int option(int name) {
        try (var arena = Arena.ofConfined()) {
            var value = arena.allocateFrom(ValueLayout.JAVA_INT, 0);
            var length = arena.allocateFrom(ValueLayout.JAVA_INT, 4);
            int result = Libc.getsockopt(errno, fd, SOL_SOCKET, name, value.address(), length.address());
            return result < 0 ? result : value.get(ValueLayout.JAVA_INT, 0);
        }
    }

    void bind(MemorySegment address) {
        check("bind", Libc.bind(errno, fd, address.address(), (int) address.byteSize()));
    }

    /// The index of a network interface, or throws ENODEV.
    int interfaceIndex(String name) {
        try (var arena = Arena.ofConfined()) {
            var text = arena.allocateFrom(name, StandardCharsets.US_ASCII);
            return check("if_nametoindex(" + name + ")", Libc.nameToIndex(errno, text.address()));
        }
    }

    /// Maps the first `length` bytes of the descriptor, shared with the kernel and filled with pages at once.
    long map(long length) {
        int readWrite = 3;
        int sharedPopulated = 0x8001;
        long address = Libc.mmap(errno, 0, length, readWrite, sharedPopulated, fd, 0);
        if (address < 0) {
            throw failure("mmap", address);
        }
        return address;
    }

    long send(long address, long length, int flags) {
        return Libc.send(errno, fd, address, length, flags);
    }

    long sendTo(MemorySegment payload, MemorySegment destination, int flags) {
        return Libc.sendto(errno, fd, payload.address(), payload.byteSize(), flags, destination.address(), (int)
                destination.byteSize());
    }

    long receive(long address, long length, int flags) {
        return Libc.recv(errno, fd, address, length, flags);
    }

    @Override
    public void close() {
        if (fd >= 0) {
            int closing = fd;
            fd = -1;
            // Linux has released the number whatever close reports, so there is nothing to repeat.
            int _ = Libc.close(errno, closing);
        }
    }
}
