package holdfast.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TermsTest {
    @TempDir
    Path directory;

    private int onDisk() throws Exception {
        return Integer.parseInt(Files.readString(directory.resolve("term-shop")).strip());
    }

    @Test
    void eachPromotionHasATermOfItsOwnWithTheNextOneReserved() throws Exception {
        try (var terms = new Terms(TermStore.open(directory, "shop"))) {
            assertThat(terms.take()).isEqualTo(1);
            assertThat(terms.take()).isEqualTo(2);
            assertThat(terms.current()).isEqualTo(2);
        }
        assertThat(onDisk()).isEqualTo(3);
    }

    @Test
    void aTermThatWasSeenIsOutbidAndWrittenAhead() throws Exception {
        try (var terms = new Terms(TermStore.open(directory, "shop"))) {
            terms.saw(10);
            terms.saw(4);
            assertThat(terms.current()).isEqualTo(10);
        }
        assertThat(onDisk()).isEqualTo(11);
        try (var again = new Terms(TermStore.open(directory, "shop"))) {
            assertThat(again.take()).isGreaterThan(11);
        }
    }
}
