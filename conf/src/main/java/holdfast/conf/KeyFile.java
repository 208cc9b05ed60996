package holdfast.conf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// The file with the cluster's keys: 64 hexadecimal digits on a line. The director seals with the first key and opens
/// with each of them. The file may have empty lines and lines that begin with `#`.
public final class KeyFile {
    /// Length of a key, enough for AES-256.
    public static final int KEY_BYTES = 32;
    /// Room for the present key, its replacement, and a replacement begun by another operator.
    public static final int KEYS_MAX = 4;

    /// More than any key file needs.
    static final int READ_MAX = 8192;

    private static final String ID_INFO = "holdfast key id 1";

    private KeyFile() {}

    /// The content of a file.
    sealed interface Content {
        /// @param keys  1 to [#KEYS_MAX], all different
        record Keys(List<byte[]> keys) implements Content {}

        /// @param line  from 1; 0 for the whole file
        /// @param rule  what is wrong, without any part of the key
        record Wrong(int line, String rule) implements Content {
            @Override
            public String toString() {
                return line == 0 ? rule : "line " + line + " " + rule;
            }
        }
    }

    /// The keys in a file.
    ///
    /// @throws IOException if the file cannot be read, or is no key file; names the line and the rule
    public static List<byte[]> read(Path file) throws IOException {
        return switch (parse(Disk.REAL.begin(file, READ_MAX))) {
            case Content.Keys(var keys) -> keys;
            case Content.Wrong wrong -> throw new IOException(file + ": " + wrong);
        };
    }

    /// The line for a key.
    public static String line(byte[] key) {
        return HexFormat.of().formatHex(key);
    }

    /// Identifies a key in messages in the clear. HKDF (RFC 5869) derives it like the keys that seal, so that a guess
    /// of the key is not tested against it more cheaply than against a message.
    public static long id(byte[] key) {
        try {
            byte[] id = KDF.getInstance("HKDF-SHA256")
                    .deriveData(HKDFParameterSpec.ofExtract()
                            .addIKM(new SecretKeySpec(key, "Generic"))
                            .thenExpand(ID_INFO.getBytes(StandardCharsets.US_ASCII), Long.BYTES));
            return ByteBuffer.wrap(id).getLong();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks HKDF, which every JDK 25 has", e);
        }
    }

    /// An [#id] as operators compare it, 16 hexadecimal digits.
    public static String fingerprint(long id) {
        return HexFormat.of().toHexDigits(id);
    }

    static Content parse(byte[] content) {
        if (content.length == READ_MAX) {
            return new Content.Wrong(0, "is longer than a key file");
        }
        var keys = new ArrayList<byte[]>();
        var lines = new String(content, StandardCharsets.ISO_8859_1).lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            var line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            var wrong = wrong(line, keys);
            if (!wrong.isEmpty()) {
                return new Content.Wrong(i + 1, wrong);
            }
            keys.add(HexFormat.of().parseHex(line));
        }
        return keys.isEmpty()
                ? new Content.Wrong(0, "holds no key: a line of " + 2 * KEY_BYTES + " hexadecimal digits (32 bytes)")
                : new Content.Keys(keys);
    }

    private static String wrong(String line, List<byte[]> before) {
        if (!line.matches("[0-9a-fA-F]{" + 2 * KEY_BYTES + "}")) {
            return "does not hold %d hexadecimal digits (32 bytes), but %d characters"
                    .formatted(2 * KEY_BYTES, line.length());
        }
        if (before.size() == KEYS_MAX) {
            return "is one more than " + KEYS_MAX + " keys";
        }
        return before.stream().anyMatch(key -> line(key).equalsIgnoreCase(line)) ? "repeats an earlier key" : "";
    }
}
