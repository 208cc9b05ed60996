package holdfast.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TermStoreTest {
    @TempDir
    Path directory;

    @Test
    void noTermIsTakenTwiceWhateverCrashesBetween() {
        var first = TermStore.open(directory, "shop").take();
        var second = TermStore.open(directory, "shop").take();
        assertThat(second).isGreaterThan(first);
    }

    @Test
    void aPromotionIsHigherThanAnyTermSeen() {
        var store = TermStore.open(directory, "shop");
        store.saw(41);
        assertThat(store.take()).isEqualTo(42);
    }

    @Test
    void theTermOfTheNextPromotionIsOnDiskBeforeItIsTaken() throws Exception {
        var store = TermStore.open(directory, "shop");
        store.saw(7);
        store.reserveNext();
        assertThat(Files.readString(directory.resolve("term-shop"))).isEqualTo("8\n");
        assertThat(store.take()).isEqualTo(8);
    }

    @Test
    void aFileThatHoldsNoTermIsRefusedWithTheWayOut() throws Exception {
        Files.writeString(directory.resolve("term-shop"), "eleven");
        assertThatThrownBy(() -> TermStore.open(directory, "shop"))
                .hasMessageContaining("does not hold a term")
                .hasMessageContaining("remove it");
    }
}
