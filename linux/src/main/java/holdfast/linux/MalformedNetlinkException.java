package holdfast.linux;

/// Bytes from a netlink socket that are not whole messages. It means that kernel and this parser disagree: a bug.
public final class MalformedNetlinkException extends RuntimeException {
    private static final long serialVersionUID = 1;

    MalformedNetlinkException(String message) {
        super(message);
    }
}
