package holdfast.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteOrder;

/// The functions of the C library that this module calls. Each returns its result or a negative errno, as the kernel
/// does. Pointers are `long`: both supported machines pass them in the same registers, and a call makes no
/// [MemorySegment].
///
/// The first argument of most functions is an errno segment ([#errnoSegment]) that no other thread uses at the same
/// time. The functions of the packet path, whose names begin with `try`, have none and report a failure as [#FAILED].
/// To fetch errno, the linker slices that segment at each call; if the compiler does not inline the whole call, the
/// slice is 40 bytes of garbage each time (`AllocationLabIT` found it). A caller that needs the reason repeats the call
/// with errno.
final class Libc {
    /// The result of a failed `try` function.
    static final int FAILED = -1;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");
    private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
    private static final long ERRNO_AT = STATE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));

    static {
        var machine = System.getProperty("os.arch", "");
        boolean known = machine.equals("amd64") || machine.equals("aarch64");
        if (!known
                || ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN
                || !"Linux".equals(System.getProperty("os.name"))) {
            throw new ExceptionInInitializerError("Holdfast's packet path runs on Linux on x86-64 and little-endian"
                    + " aarch64; this is " + System.getProperty("os.name") + " on " + machine);
        }
    }

    // @formatter:off
    private static final ValueLayout I = JAVA_INT;
    private static final ValueLayout L = JAVA_LONG;   // also a pointer, size_t, ssize_t, nfds_t or off_t

    private static final MethodHandle SOCKET        = function("socket", I, I, I, I);
    private static final MethodHandle CLOSE         = function("close", I, I);
    private static final MethodHandle BIND          = function("bind", I, I, L, I);
    private static final MethodHandle SETSOCKOPT    = function("setsockopt", I, I, I, I, L, I);
    private static final MethodHandle GETSOCKOPT    = function("getsockopt", I, I, I, I, L, L);
    private static final MethodHandle SEND          = function("send", L, I, L, L, I);
    private static final MethodHandle SENDTO        = function("sendto", L, I, L, L, I, L, I);
    private static final MethodHandle RECV          = function("recv", L, I, L, L, I);
    private static final MethodHandle EVENTFD       = function("eventfd", I, I, I);
    private static final MethodHandle MMAP          = function("mmap", L, L, L, I, I, I, L);
    private static final MethodHandle MUNMAP        = function("munmap", I, L, L);
    private static final MethodHandle MADVISE       = function("madvise", I, L, L, I);
    private static final MethodHandle NAME_TO_INDEX = function("if_nametoindex", I, L);

    private static final MethodHandle TRY_SEND          = withoutErrno("send", L, I, L, L, I);
    private static final MethodHandle TRY_SENDMMSG      = withoutErrno("sendmmsg", I, I, L, I, I);
    private static final MethodHandle TRY_RECVMSG       = withoutErrno("recvmsg", L, I, L, I);
    private static final MethodHandle TRY_READ          = withoutErrno("read", L, I, L, L);
    private static final MethodHandle TRY_WRITE         = withoutErrno("write", L, I, L, L);
    private static final MethodHandle TRY_PPOLL         = withoutErrno("ppoll", I, L, L, L, L);
    private static final MethodHandle TRY_CLOCK_GETTIME = withoutErrno("clock_gettime", I, I, L);
    // @formatter:on

    private Libc() {}

    private static MethodHandle function(String name, ValueLayout result, ValueLayout... arguments) {
        return LINKER.downcallHandle(symbol(name), FunctionDescriptor.of(result, arguments), CAPTURE);
    }

    private static MethodHandle withoutErrno(String name, ValueLayout result, ValueLayout... arguments) {
        return LINKER.downcallHandle(symbol(name), FunctionDescriptor.of(result, arguments));
    }

    private static MemorySegment symbol(String name) {
        return LINKER.defaultLookup()
                .find(name)
                .orElseThrow(() -> new IllegalStateException("the C library has no function " + name));
    }

    /// Room for the errno of one caller; it lives as long as it is reachable.
    static MemorySegment errnoSegment() {
        return Arena.ofAuto().allocate(STATE);
    }

    private static int result(MemorySegment errno, int result) {
        return result == -1 ? -errno.get(JAVA_INT, ERRNO_AT) : result;
    }

    private static long result(MemorySegment errno, long result) {
        return result == -1 ? -errno.get(JAVA_INT, ERRNO_AT) : result;
    }

    /// A downcall declares Throwable but throws nothing.
    private static AssertionError broken(Throwable thrown) {
        return new AssertionError("a call into the C library threw", thrown);
    }

    static int socket(MemorySegment errno, int domain, int type, int protocol) {
        try {
            return result(errno, (int) SOCKET.invokeExact(errno, domain, type, protocol));
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    static int close(MemorySegment errno, int fd) {
        try {
            return result(errno, (int) CLOSE.invokeExact(errno, fd));
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    static int bind(MemorySegment errno, int fd, long address, int length) {
        try {
            return result(errno, (int) BIND.invokeExact(errno, fd, address, length));
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    static int setsockopt(MemorySegment errno, int fd, int level, int name, long value, int length) {
        try {
            return result(errno, (int) SETSOCKOPT.invokeExact(errno, fd, level, name, value, length));
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    static int getsockopt(MemorySegment errno, int fd, int level, int name, long value, long length) {
        try {
            return result(errno, (int) GETSOCKOPT.invokeExact(errno, fd, level, name, value, length));
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    static long send(MemorySegment errno, int fd, long address, long length, int flags) {
        try {
            return result(errno, (long) SEND.invokeExact(errno, fd, address, length, flags));
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    static long sendto(MemorySegment errno, int fd, long address, long length, int flags, long to, int toLength) {
        try {
            return result(errno, (long) SENDTO.invokeExact(errno, fd, address, length, flags, to, toLength));
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    static long recv(MemorySegment errno, int fd, long address, long length, int flags) {
        try {
            return result(errno, (long) RECV.invokeExact(errno, fd, address, length, flags));
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    static int eventfd(MemorySegment errno, int initial, int flags) {
        try {
            return result(errno, (int) EVENTFD.invokeExact(errno, initial, flags));
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    static long mmap(MemorySegment errno, long at, long length, int protection, int flags, int fd, long offset) {
        try {
            return result(errno, (long) MMAP.invokeExact(errno, at, length, protection, flags, fd, offset));
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    static int munmap(MemorySegment errno, long address, long length) {
        try {
            return result(errno, (int) MUNMAP.invokeExact(errno, address, length));
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    static int madvise(MemorySegment errno, long address, long length, int advice) {
        try {
            return result(errno, (int) MADVISE.invokeExact(errno, address, length, advice));
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    /// Unlike the others the C function reports failure as 0; this returns the negative errno.
    static int nameToIndex(MemorySegment errno, long name) {
        try {
            int index = (int) NAME_TO_INDEX.invokeExact(errno, name);
            return index == 0 ? -errno.get(JAVA_INT, ERRNO_AT) : index;
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    static long trySend(int fd, long address, long length, int flags) {
        try {
            return (long) TRY_SEND.invokeExact(fd, address, length, flags);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    static int trySendmmsg(int fd, long messages, int count, int flags) {
        try {
            return (int) TRY_SENDMMSG.invokeExact(fd, messages, count, flags);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    static long tryRecvmsg(int fd, long message, int flags) {
        try {
            return (long) TRY_RECVMSG.invokeExact(fd, message, flags);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    static long tryRead(int fd, long address, long length) {
        try {
            return (long) TRY_READ.invokeExact(fd, address, length);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    static long tryWrite(int fd, long address, long length) {
        try {
            return (long) TRY_WRITE.invokeExact(fd, address, length);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    static int tryPpoll(long fds, long count, long timeout, long signalMask) {
        try {
            return (int) TRY_PPOLL.invokeExact(fds, count, timeout, signalMask);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    static int tryClockGettime(int clock, long timespec) {
        try {
            return (int) TRY_CLOCK_GETTIME.invokeExact(clock, timespec);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }
}
