package holdfast.conf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Reads every file of the resource folder `wrong` and compares its messages, word for word, with the `.txt` beside it.
class WrongFilesTest {
    @TestFactory
    Stream<DynamicTest> everyMistakeHasItsMessage() throws IOException, URISyntaxException {
        var folder = Path.of(WrongFilesTest.class.getResource("/wrong").toURI());
        List<Path> files;
        try (var all = Files.list(folder)) {
            files = all.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
        assertThat(files).hasSizeGreaterThan(20);
        return files.stream()
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> {
                    var messages = messages(file);
                    var expected = folder.resolve(file.getFileName().toString().replace(".yaml", ".txt"));
                    assertThat(messages).isEqualTo(Files.readString(expected));
                }));
    }

    @Test
    void theFileThatTheWrongOnesWereMadeFromIsRight() throws IOException, URISyntaxException {
        var right = Path.of(WrongFilesTest.class.getResource("/right.yaml").toURI());
        assertThat(ConfigurationFile.check(right, Files.readAllBytes(right), TestDisk.whole()))
                .isInstanceOf(ConfigurationFile.Good.class);
    }

    private static String messages(Path file) throws IOException {
        var outcome = ConfigurationFile.check(file.getFileName(), Files.readAllBytes(file), TestDisk.whole());
        return switch (outcome) {
            case ConfigurationFile.Good _ -> "no mistake found\n";
            case ConfigurationFile.Mistakes(var all) ->
                all.stream().map(mistake -> mistake + "\n").collect(Collectors.joining());
        };
    }
}
