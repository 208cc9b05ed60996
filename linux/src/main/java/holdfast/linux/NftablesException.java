package holdfast.linux;

import org.jspecify.annotations.Nullable;

/// Packet filter rules that are not in force; the message carries nft's own words.
public final class NftablesException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public NftablesException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
