package holdfast.lab.server;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SplittableRandom;

/// An endless stream of bytes determined by a seed, equal for everyone who computes it, in pieces of [#CHUNK_BYTES].
public final class SeededStream {
    /// Every piece but the last has this size, since the generator makes eight bytes at a time.
    public static final int CHUNK_BYTES = 64 * 1024;

    private final SplittableRandom random;

    public SeededStream(long seed) {
        random = new SplittableRandom(seed);
    }

    /// Fills `chunk`, which has [#CHUNK_BYTES], with the next bytes.
    public void next(byte[] chunk) {
        random.nextBytes(chunk);
    }

    /// The SHA-256 of the first `bytes` of a stream, in hexadecimal.
    public static String sha256(long seed, long bytes) {
        var stream = new SeededStream(seed);
        var digest = newSha256();
        var chunk = new byte[CHUNK_BYTES];
        for (long left = bytes; left > 0; left -= CHUNK_BYTES) {
            stream.next(chunk);
            digest.update(chunk, 0, (int) Math.min(left, CHUNK_BYTES));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /// A fresh SHA-256, which every JDK has.
    public static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
