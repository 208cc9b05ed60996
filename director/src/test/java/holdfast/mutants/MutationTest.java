package holdfast.mutants;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MutationTest {
    /// Tests run in the folder of their module.
    private static final Path SOURCES = Path.of("src/main/java/holdfast");

    @Test
    void eachOneStillAppliesToTheSources() {
        for (var mutation : Mutation.all()) {
            assertThat(mutation.appliedTo(SOURCES)).contains(mutation.with());
        }
    }

    @Test
    void thereAreThirtyAndNoTwoAreTheSame() {
        var all = Mutation.all();
        assertThat(all).hasSizeGreaterThanOrEqualTo(30);
        assertThat(all.stream().map(m -> m.file() + m.find() + m.with()).collect(Collectors.toSet()))
                .hasSameSizeAs(all);
        assertThat(all).allSatisfy(mutation -> assertThat(mutation.find()).isNotEqualTo(mutation.with()));
    }
}
