package holdfast.linux;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The error numbers of Linux that a packet director meets, each with a sentence for the operator (`errno(3)`;
/// numbers of `asm-generic/errno.h`, which x86-64 and aarch64 share).
public enum Errno {
    // @formatter:off
    EPERM(1, "operation not permitted"),
    ENOENT(2, "there is no such thing"),
    ESRCH(3, "there is no such entry"),
    EINTR(4, "interrupted by a signal"),
    EIO(5, "input or output error"),
    ENXIO(6, "no such device or address"),
    EBADF(9, "the file descriptor is closed"),
    EAGAIN(11, "nothing is there yet, or the queue is full"),
    ENOMEM(12, "the kernel has no memory left"),
    EACCES(13, "permission denied"),
    EFAULT(14, "bad memory address"),
    EBUSY(16, "the device or resource is busy"),
    EEXIST(17, "it exists already"),
    ENODEV(19, "there is no such network interface"),
    EINVAL(22, "invalid argument"),
    ENFILE(23, "the system has too many open files"),
    EMFILE(24, "this process has too many open files"),
    ENOSPC(28, "no space left"),
    ERANGE(34, "out of range"),
    ENOTSOCK(88, "the file descriptor is not a socket"),
    EDESTADDRREQ(89, "a destination address is required"),
    EMSGSIZE(90, "the message is too long"),
    ENOPROTOOPT(92, "this kernel does not know the socket option"),
    EPROTONOSUPPORT(93, "this kernel does not support the protocol"),
    EOPNOTSUPP(95, "the operation is not supported"),
    EAFNOSUPPORT(97, "this kernel does not support the address family"),
    EADDRINUSE(98, "the address is in use"),
    EADDRNOTAVAIL(99, "the address is not there"),
    ENETDOWN(100, "the network interface is down"),
    ENETUNREACH(101, "there is no route to the network"),
    ENOBUFS(105, "a queue of the kernel is full"),
    ETIMEDOUT(110, "no answer in time"),
    EHOSTUNREACH(113, "there is no route to the host");
    // @formatter:on

    private static final Map<Integer, Errno> BY_NUMBER =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(Errno::number, Function.identity()));

    private final int number;
    private final String text;

    Errno(int number, String text) {
        this.number = number;
        this.text = text;
    }

    /// The error of this number, if it is listed here.
    public static Optional<Errno> of(int number) {
        return Optional.ofNullable(BY_NUMBER.get(number));
    }

    /// Name and sentence of an error number, such as `EPERM: operation not permitted`; the bare number if it is not
    /// listed.
    public static String text(int number) {
        return of(number).map(known -> known.name() + ": " + known.text).orElse("errno " + number);
    }

    /// The kernel's number, always positive.
    public int number() {
        return number;
    }

    /// The sentence for the operator, without a full stop.
    public String text() {
        return text;
    }

    /// Whether a result in the kernel's convention (negative errno) is this error.
    boolean is(long result) {
        return result == -number;
    }
}
