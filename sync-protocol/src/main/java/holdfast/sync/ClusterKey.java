package holdfast.sync;

import java.util.HexFormat;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/// The secret that every director of a cluster shares; keys of messages are derived from it, it seals none itself.
public final class ClusterKey {
    public static final int BYTES = 32;

    private final SecretKey secret;

    private ClusterKey(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("a cluster key has " + BYTES + " bytes, not " + bytes.length);
        }
        secret = new SecretKeySpec(bytes, "Generic");
    }

    /// @param bytes  exactly [#BYTES]; copied
    public static ClusterKey of(byte[] bytes) {
        return new ClusterKey(bytes);
    }

    /// @param hex  64 hexadecimal digits, as a key file holds them; white space around them is ignored
    public static ClusterKey parse(String hex) {
        return new ClusterKey(HexFormat.of().parseHex(hex.strip()));
    }

    /// The input of a key derivation.
    public SecretKey secret() {
        return secret;
    }

    @Override
    public String toString() {
        return "ClusterKey[...]";   // never in a log
    }
}
