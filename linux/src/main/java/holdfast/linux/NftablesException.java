package holdfast.linux;

import org.jspecify.annotations.Nullable;

/// Packet filter rules that could not be applied; the message has nft's own words.
public final class NftablesException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public NftablesException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
