package holdfast.admin.json;

/// JSON that is not the expected message; its text names the place and the reason in one sentence.
public final class UnreadableJsonException extends RuntimeException {
    UnreadableJsonException(String message, Throwable cause) {
        super(message, cause);
    }
}
