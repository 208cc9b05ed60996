package holdfast.mutants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MutationTest {
    /// Tests run in the folder of their module.
    private static final List<Path> MODULES = Stream.of("director", "vip-failover", "sync-protocol")
            .map(module -> Path.of("..", module, "src/main/java/holdfast"))
            .toList();

    @ParameterizedTest
    @EnumSource
    void eachOneStillAppliesToTheSources(Suite suite) {
        for (var mutation : suite.mutations()) {
            assertThatCode(() -> mutation.appliedTo(MutationTest::source))
                    .as(mutation.claim())
                    .doesNotThrowAnyException();
        }
    }

    private static String source(String file) {
        var found = MODULES.stream()
                .map(module -> module.resolve(file))
                .filter(Files::exists)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no module has " + file));
        try {
            return Files.readString(found);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @EnumSource
    void thereAreThirtyAndNoTwoAreTheSame(Suite suite) {
        var all = suite.mutations();
        assertThat(all).hasSizeGreaterThanOrEqualTo(30);
        assertThat(all.stream().map(Mutation::edits).collect(Collectors.toSet()))
                .hasSameSizeAs(all);
        assertThat(all.stream().map(Mutation::edits).flatMap(List::stream))
                .allSatisfy(edit -> assertThat(edit.find()).isNotEqualTo(edit.with()));
    }
}
