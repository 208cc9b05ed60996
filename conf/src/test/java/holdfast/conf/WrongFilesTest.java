package holdfast.conf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Reads every file of the resource folders `wrong` and `doubtful` and compares its messages, word for word, with the
/// `.txt` beside it.
class WrongFilesTest {
    @TestFactory
    Stream<DynamicTest> everyMistakeHasItsMessage() throws IOException, URISyntaxException {
        return tests("/wrong", 20, WrongFilesTest::mistakes);
    }

    @TestFactory
    Stream<DynamicTest> everyWarningHasItsMessage() throws IOException, URISyntaxException {
        return tests("/doubtful", 4, WrongFilesTest::warnings);
    }

    private static Stream<DynamicTest> tests(
            String resource, int least, Function<ConfigurationFile.Outcome, List<Mistake>> messages)
            throws IOException, URISyntaxException {
        var folder = Path.of(WrongFilesTest.class.getResource(resource).toURI());
        List<Path> files;
        try (var all = Files.list(folder)) {
            files = all.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
        assertThat(files).hasSizeGreaterThan(least);
        return files.stream()
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> {
                    var expected = folder.resolve(file.getFileName().toString().replace(".yaml", ".txt"));
                    assertThat(text(messages.apply(outcome(file)))).isEqualTo(Files.readString(expected));
                }));
    }

    @Test
    void theFileThatTheWrongOnesWereMadeFromIsRight() throws IOException, URISyntaxException {
        var right = Path.of(WrongFilesTest.class.getResource("/right.yaml").toURI());
        assertThat(ConfigurationFile.check(right, Files.readAllBytes(right), TestDisk.whole()))
                .isInstanceOf(ConfigurationFile.Good.class);
    }

    private static ConfigurationFile.Outcome outcome(Path file) throws IOException {
        return ConfigurationFile.check(file.getFileName(), Files.readAllBytes(file), TestDisk.whole());
    }

    private static List<Mistake> mistakes(ConfigurationFile.Outcome outcome) {
        return outcome instanceof ConfigurationFile.Mistakes(var all) ? all : List.of();
    }

    private static List<Mistake> warnings(ConfigurationFile.Outcome outcome) {
        return outcome instanceof ConfigurationFile.Good good ? good.warnings() : List.of();
    }

    private static String text(List<Mistake> messages) {
        return messages.stream().map(message -> message + "\n").collect(Collectors.joining());
    }
}
