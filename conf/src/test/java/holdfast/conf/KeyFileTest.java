package holdfast.conf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyFileTest {
    private static final String FIRST = "0123456789abcdef".repeat(4);
    private static final String SECOND = "F".repeat(64);

    private static KeyFile.Content parse(String content) {
        return KeyFile.parse(content.getBytes(StandardCharsets.UTF_8));
    }

    private static String wrong(String content) {
        var parsed = parse(content);
        assertThat(parsed).isInstanceOf(KeyFile.Content.Wrong.class);
        return parsed.toString();
    }

    @Test
    void theFirstKeySealsAndFurtherOnesFollow() {
        var parsed = parse("# made in May\n\n  " + FIRST + " \r\n#old:\n" + SECOND);
        assertThat(parsed)
                .isInstanceOfSatisfying(
                        KeyFile.Content.Keys.class,
                        keys -> assertThat(keys.keys())
                                .containsExactly(
                                        HexFormat.of().parseHex(FIRST),
                                        HexFormat.of().parseHex(SECOND)));
    }

    @Test
    void aWrongLineIsNamedWithoutShowingIt() {
        assertThat(wrong(FIRST + "\n" + SECOND.substring(1)))
                .isEqualTo("line 2 does not hold 64 hexadecimal digits (32 bytes), but 63 characters");
        assertThat(wrong("\n" + FIRST.replace('0', 'x'))).startsWith("line 2 does not hold 64 hexadecimal digits");
        assertThat(wrong(FIRST + " # in use")).startsWith("line 1 does not hold");
        assertThat(wrong(SECOND + "\n" + SECOND.toLowerCase(Locale.ROOT))).isEqualTo("line 2 repeats an earlier key");
        assertThat(wrong("# nothing yet\n")).startsWith("holds no key");
        assertThat(wrong("")).startsWith("holds no key");
        assertThat(wrong("#".repeat(KeyFile.READ_MAX))).isEqualTo("is longer than a key file");
        var five = new StringBuilder();
        for (int i = 0; i < 5; i++) {
            five.append(FIRST, 1, 64).append(i).append('\n');
        }
        assertThat(wrong(five.toString())).isEqualTo("line 5 is one more than 4 keys");
    }

    @Test
    void aFileThatIsWrongIsNotRead(@TempDir Path folder) throws IOException {
        var file = Files.writeString(folder.resolve("k"), "secret");
        assertThatThrownBy(() -> KeyFile.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("line 1 does not hold")
                .hasMessageNotContaining("secret");
    }

    @Test
    void anIdTellsKeysApart() {
        var first = HexFormat.of().parseHex(FIRST);
        assertThat(KeyFile.id(first)).isEqualTo(KeyFile.id(first.clone()));
        assertThat(KeyFile.id(first)).isNotEqualTo(KeyFile.id(HexFormat.of().parseHex(SECOND)));
        assertThat(KeyFile.fingerprint(0x0fL)).isEqualTo("000000000000000f");
    }
}
