package holdfast.revision.node;

/// The newest revision cannot be read, or does not fit to the director's file. An operator has to decide; another try
/// does not help.
public final class UnusableRevisionException extends RuntimeException {
    public UnusableRevisionException(String message) {
        super(message);
    }
}
