package holdfast.linux;

/// The kernel could not list something as a whole, because it changed during each attempt. The socket still works; the
/// caller asks again a little later.
public final class InterruptedDumpException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public InterruptedDumpException(String message) {
        super(message);
    }
}
