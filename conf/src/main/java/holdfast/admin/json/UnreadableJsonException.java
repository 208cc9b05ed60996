package holdfast.admin.json;

/// JSON that is not the message it should be; the text says where and why in one sentence.
public final class UnreadableJsonException extends RuntimeException {
    UnreadableJsonException(String message, Throwable cause) {
        super(message, cause);
    }
}
