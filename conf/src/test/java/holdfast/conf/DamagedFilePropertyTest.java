package holdfast.conf;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever damage a file has, reading it ends in a configuration or in messages, never in an exception.
class DamagedFilePropertyTest {
    private static final int FILES = 500;
    private static final List<String> DIRT = List.of(
            "",
            "\n",
            "  ",
            "\t",
            ":",
            ": ",
            "- ",
            "[",
            "]",
            "{",
            "}",
            "\"",
            "'",
            "&a ",
            "*a",
            "!x ",
            "|",
            ">",
            "#",
            "%",
            "@",
            "`",
            "---\n",
            "...\n",
            "~",
            "null",
            "-1",
            "99999999999999999999",
            "0x1f",
            ".inf",
            "2026-01-01",
            "\u0000",
            "\u00e9",
            "\ud83d\ude00",
            "\u2028",
            "? ",
            "<<: ",
            ",");

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void aDamagedFileGivesMessagesAndNoException(long seed) throws IOException {
        damage(right(), seed);
        damage(ConfigurationFileTest.MOST, seed);
    }

    private static void damage(String right, long seed) {
        var random = new Random(seed);
        for (int file = 0; file < FILES; file++) {
            var text = new StringBuilder(right);
            for (int damage = random.nextInt(1, 5); damage > 0; damage--) {
                int at = random.nextInt(text.length());
                int end = Math.min(text.length(), at + random.nextInt(12));
                text.replace(at, end, DIRT.get(random.nextInt(DIRT.size())));
            }
            check(text.toString(), "seed " + seed + ", file " + file);
        }
    }

    private static void check(String text, String which) {
        try {
            var outcome = ConfigurationFile.check(Path.of("f"), text.getBytes(UTF_8), TestDisk.whole());
            if (outcome instanceof ConfigurationFile.Mistakes(var all)) {
                assertThat(all)
                        .isNotEmpty()
                        .allSatisfy(mistake -> assertThat(mistake.toString())
                                .doesNotContain("\n")
                                .matches("f:.+; .+"));
            }
        } catch (RuntimeException e) {
            throw new AssertionError(which + ":\n" + text, e);
        }
    }

    private static String right() throws IOException {
        try (var in = DamagedFilePropertyTest.class.getResourceAsStream("/right.yaml")) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }
}
