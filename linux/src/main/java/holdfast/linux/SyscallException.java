package holdfast.linux;

import java.util.Optional;

/// A system call that the kernel refused. Its message names the call, its purpose and the error; without privilege it
/// also names the way out.
public final class SyscallException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final String PRIVILEGE_REMEDY =
            "; this needs CAP_NET_RAW and CAP_NET_ADMIN in the network namespace:"
                    + " run as root, give the process both capabilities,"
                    + " or run it inside 'unshare --user --map-root-user --net'";

    private final String call;
    private final int errno;

    /// @param purpose  of the call, as the rest of a sentence after "for": `the packet ring of interface 3`
    /// @param errno    the kernel's error number, positive
    public SyscallException(String call, String purpose, int errno) {
        super(message(call, purpose, errno));
        this.call = call;
        this.errno = errno;
    }

    private static String message(String call, String purpose, int errno) {
        boolean privilege = errno == Errno.EPERM.number() || errno == Errno.EACCES.number();
        return call + " for " + purpose + " failed with " + Errno.text(errno) + (privilege ? PRIVILEGE_REMEDY : "");
    }

    /// The system call with its main argument, such as `setsockopt(PACKET_RX_RING)`.
    public String call() {
        return call;
    }

    /// The kernel's error number, positive.
    public int errno() {
        return errno;
    }

    /// The error as a constant, if [Errno] lists it.
    public Optional<Errno> known() {
        return Errno.of(errno);
    }
}
