package holdfast;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The tables of `docs/conformance` name existing tests, and omit no section. Tests run in the directory of their
/// module.
class ConformanceTest {
    private static final Path ROOT = Path.of("..");
    private static final Path TABLES = ROOT.resolve("docs/conformance");
    private static final Pattern NAMED = Pattern.compile("`([A-Z]\\w*(?:Test|IT))(?:#(\\w+))?`");

    @Test
    void everyTestThatATableNamesExists() {
        var sources = testSources();
        var missing = new TreeSet<String>();
        for (var table : List.of("ipvs.md", "seed.md")) {
            var names = NAMED.matcher(read(TABLES.resolve(table)));
            while (names.find()) {
                var source = sources.get(names.group(1));
                boolean exists =
                        source != null && (names.group(2) == null || source.contains(" void " + names.group(2) + "("));
                if (!exists) {
                    missing.add(names.group());
                }
            }
        }
        assertThat(missing).isEmpty();
    }

    @Test
    void noSectionOfTheReferenceIsLeftOut() {
        var rows = firstCells("ipvs.md");
        for (var section : sections()) {
            assertThat(rows).anySatisfy(row -> assertThat(row).matches(Pattern.quote(section) + "(\\D.*|)"));
        }
        IntStream.rangeClosed(1, 21).forEach(row -> assertThat(rows).contains("1.15 row " + row));
    }

    @Test
    void noSectionAndNoWishOfTheSeedIsLeftOut() {
        var rows = firstCells("seed.md");
        IntStream.rangeClosed(1, 23)
                .forEach(section ->
                        assertThat(rows).anySatisfy(row -> assertThat(row).matches("28\\." + section + "(\\D.*|)")));
        IntStream.rangeClosed(1, 33).forEach(wish -> assertThat(rows).contains("wish " + wish));
    }

    @Test
    void everyRowHasAnAnswer() {
        for (var table : List.of("ipvs.md", "seed.md")) {
            assertThat(rows(table)).allSatisfy(row -> assertThat(row.getLast()).isNotBlank());
        }
    }

    /// Chapters 1 to 5, by how many sections each has.
    private static List<String> sections() {
        var counts = Map.of(1, 15, 2, 5, 3, 13, 4, 12, 5, 14);
        return counts.entrySet().stream()
                .flatMap(chapter -> IntStream.rangeClosed(1, chapter.getValue())
                        .mapToObj(section -> chapter.getKey() + "." + section))
                .toList();
    }

    private static List<String> firstCells(String table) {
        return rows(table).stream().map(List::getFirst).toList();
    }

    /// The cells of each row, without heads and rulers.
    private static List<List<String>> rows(String table) {
        return read(TABLES.resolve(table))
                .lines()
                .filter(line -> line.startsWith("| ") && !line.startsWith("| section |"))
                .map(line -> Stream.of(line.substring(1, line.lastIndexOf('|')).split("\\|"))
                        .map(String::strip)
                        .toList())
                .toList();
    }

    private static Map<String, String> testSources() {
        var sources = new HashMap<String, String>();
        for (var module : List.of("conf", "linux", "sync-protocol", "vip-failover", "director", "cli", "chaos-tests")) {
            try (var files = Files.walk(ROOT.resolve(module).resolve("src/test/java"))) {
                files.filter(file -> file.toString().endsWith(".java"))
                        .forEach(file ->
                                sources.put(file.getFileName().toString().replace(".java", ""), read(file)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return sources;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
