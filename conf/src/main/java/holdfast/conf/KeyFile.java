package holdfast.conf;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;

/// The file with the cluster's key: 64 hexadecimal digits on one line.
public final class KeyFile {
    /// Length of the key, enough for AES-256.
    public static final int KEY_BYTES = 32;

    /// Enough to tell a key from something longer.
    static final int READ_MAX = 1024;

    private KeyFile() {}

    /// The key in a file that has passed the configuration's check.
    ///
    /// @throws IOException where the file changed since and is no key file any more
    public static byte[] read(Path file) throws IOException {
        var content = Disk.REAL.begin(file, READ_MAX);
        if (!isKey(content)) {
            throw new IOException(file + " does not hold " + 2 * KEY_BYTES + " hexadecimal digits");
        }
        return HexFormat.of().parseHex(text(content));
    }

    static boolean isKey(byte[] content) {
        return text(content).matches("[0-9a-fA-F]{" + 2 * KEY_BYTES + "}");
    }

    static String text(byte[] content) {
        return new String(content, StandardCharsets.ISO_8859_1).strip();
    }
}
