package holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The commands on the operator's pages, parsed by the command line; none of them is run.
class DocumentationTest {
    private static final Pattern SHOWN =
            Pattern.compile("(?m)^(?:\\$ |bin/lab exec d1 )?holdfast (?!director)([^#\n]+)");
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

    @TestFactory
    Stream<DynamicTest> everyCommandOfThePagesIsUnderstood() throws IOException {
        return commands().stream()
                .map(command -> DynamicTest.dynamicTest(command, () -> {
                    var args = WORD.matcher(command)
                            .results()
                            .map(word -> word.group(1) == null ? word.group(2) : word.group(1))
                            .toArray(String[]::new);
                    var parsed = new Main(silent()).line().parseArgs(args);
                    assertThat(parsed.hasSubcommand()).isTrue();
                }));
    }

    @Test
    void thePagesShowTheVerbsThatAnOperatorNeeds() throws IOException {
        assertThat(commands().stream().map(command -> command.replaceFirst(" .*", "")))
                .contains(
                        "status",
                        "list",
                        "failover",
                        "whereis",
                        "clients",
                        "template",
                        "drain",
                        "agent",
                        "zero",
                        "config");
    }

    private static List<String> commands() throws IOException {
        try (var pages = Files.list(Path.of("../docs/operating"))) {
            return Stream.concat(pages, Stream.of(Path.of("../README.md")))
                    .flatMap(page -> SHOWN.matcher(read(page)).results())
                    .map(shown ->
                            shown.group(1).replaceFirst(" (>>?|\\|) .*", "").strip())
                    .distinct()
                    .toList();
        }
    }

    private static String read(Path page) {
        try {
            return Files.readString(page);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Environment silent() {
        var nowhere = new PrintWriter(Writer.nullWriter());
        return new Environment(
                new BufferedReader(Reader.nullReader()),
                nowhere,
                nowhere,
                Map.of(),
                Path.of("."),
                InstantSource.system(),
                _ -> Optional.empty(),
                false,
                _ -> false);
    }
}
