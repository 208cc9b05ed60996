package holdfast.cli.imports;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// The text of a source file, as lines without their ends.
///
/// @param file  its name in messages
public record SourceText(Path file, List<String> lines) {
    /// A real file has kilobytes.
    static final int BYTES_MAX = 1024 * 1024;

    /// Keeps the time of a parse proportional to the file.
    static final int LINE_MAX = 4096;

    private static final int LINES_MAX = 50_000;

    public SourceText {
        lines = List.copyOf(lines);
    }

    /// Decodes a file. Bytes that are not UTF-8 are kept as question marks, since old files have comments in other
    /// encodings.
    static SourceText of(Path file, byte[] content) {
        var whole = new Place(file, 0, 0);
        if (content.length > BYTES_MAX) {
            throw new SourceFault(whole, "", "has more than 1 MiB", "see that it is the file you meant");
        }
        var text = decoded(content);
        var lines = text.split("\r?\n", -1);
        if (lines.length > LINES_MAX) {
            throw new SourceFault(
                    whole, "", "has more than " + LINES_MAX + " lines", "see that it is the file you meant");
        }
        for (int i = 0; i < lines.length; i++) {
            check(Place.of(file, i + 1), lines[i]);
        }
        return new SourceText(file, List.of(lines));
    }

    private static String decoded(byte[] content) {
        try {
            var text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPLACE)
                    .replaceWith("?")
                    .decode(ByteBuffer.wrap(content))
                    .toString();
            return text.startsWith("\ufeff") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new IllegalStateException("a decoder that replaces what it cannot decode failed", e);
        }
    }

    private static void check(Place at, String line) {
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if ((c < ' ' && c != '\t' && c != '\f' && c != '\r') || c == 0x7f) {
                throw new SourceFault(
                        at,
                        "",
                        "has the character 0x%02x, so the file is not a text file".formatted((int) c),
                        "name the configuration itself, not a program or an archive");
            }
        }
        if (line.length() > LINE_MAX) {
            throw new SourceFault(
                    at,
                    "",
                    "has more than " + LINE_MAX + " characters",
                    "see that it is the file you meant, or break the line");
        }
    }
}
