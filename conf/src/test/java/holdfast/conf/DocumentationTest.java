package holdfast.conf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Compares the operator's page of the configuration file with the readers' keys.
class DocumentationTest {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z-]+)` \\|");
    private static final Pattern LEAST = Pattern.compile("(?s)```yaml\n(.*?)```");

    private final String page = read();

    @Test
    void everyKeyHasItsRowAndNoOtherRowIsThere() {
        var documented =
                ROW.matcher(page).results().map(row -> row.group(1)).collect(Collectors.toCollection(TreeSet::new));
        var known = Stream.of(
                        ConfigurationReader.keys(),
                        ManagementReader.keys(),
                        VipGroupReader.keys(),
                        IpvsReader.keys(),
                        MarkReader.keys(),
                        ServiceReader.keys())
                .flatMap(keys -> keys)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(documented).isEqualTo(known);
    }

    @Test
    void theLeastFileOfThePageIsRight() {
        var block = LEAST.matcher(page);
        assertThat(block.find()).isTrue();
        var text = block.group(1).getBytes(StandardCharsets.UTF_8);
        assertThat(ConfigurationFile.check(Path.of("page"), text, TestDisk.whole()))
                .isInstanceOf(ConfigurationFile.Good.class);
    }

    private static String read() {
        try {
            return Files.readString(Path.of("../docs/operating/configuration.md"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
