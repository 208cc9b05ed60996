package holdfast.linux;

/// A list that the kernel could not give whole, because it changed during each attempt. The socket is well; asking
/// again
/// a little later is the way out.
public final class InterruptedDumpException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public InterruptedDumpException(String message) {
        super(message);
    }
}
