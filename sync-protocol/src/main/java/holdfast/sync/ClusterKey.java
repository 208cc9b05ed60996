package holdfast.sync;

import holdfast.conf.KeyFile;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// The secret that every director of a cluster shares. It seals nothing itself; the keys of messages are derived from
/// it.
public final class ClusterKey {
    public static final int BYTES = 32;

    private final SecretKey secret;
    private final long id;

    private ClusterKey(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("a cluster key has " + BYTES + " bytes, not " + bytes.length);
        }
        secret = new SecretKeySpec(bytes, "Generic");
        id = KeyFile.id(bytes);
    }

    /// @param bytes  exactly [#BYTES]; copied
    public static ClusterKey of(byte[] bytes) {
        return new ClusterKey(bytes);
    }

    /// Identifies this key in the clear part of each sealed message ([KeyFile#id]).
    public long id() {
        return id;
    }

    /// The [#id] in hexadecimal digits, as operators compare it; it reveals nothing else of the secret.
    public String fingerprint() {
        return KeyFile.fingerprint(id);
    }

    /// A key for AES-256, by HKDF-SHA-256 (RFC 5869).
    ///
    /// @param salt  random, chosen by the user of the derived key
    /// @param info  purpose of the derived key, different for each purpose
    public SecretKey derive(byte[] salt, String info) {
        try {
            return KDF.getInstance("HKDF-SHA256")
                    .deriveKey(
                            "AES",
                            HKDFParameterSpec.ofExtract()
                                    .addSalt(salt)
                                    .addIKM(secret)
                                    .thenExpand(info.getBytes(StandardCharsets.UTF_8), 32));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks HKDF, which every JDK 25 has", e);
        }
    }

    @Override
    public String toString() {
        return "ClusterKey[" + fingerprint() + "]"; // never the secret in a log
    }
}
