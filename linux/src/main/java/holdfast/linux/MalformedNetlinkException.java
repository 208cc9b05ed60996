package holdfast.linux;

/// Bytes from a netlink socket that are not whole messages: kernel and parser disagree, which is a bug.
public final class MalformedNetlinkException extends RuntimeException {
    private static final long serialVersionUID = 1;

    MalformedNetlinkException(String message) {
        super(message);
    }
}
