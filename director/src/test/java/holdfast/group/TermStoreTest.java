package holdfast.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TermStoreTest {
    private static final String THIS_BOOT = "3f0cbb6e-54c9-4b34-9d3a-0f4c3e2b1a00";
    private static final String NEXT_BOOT = "77aa0011-54c9-4b34-9d3a-0f4c3e2b1a00";

    @TempDir
    Path directory;

    private TermStore open() {
        return TermStore.open(directory, "shop", THIS_BOOT);
    }

    private Path file() {
        return directory.resolve("term-shop");
    }

    private static int promote(TermStore store) {
        int term = store.takeAbove(0);
        assertThat(store.use(term)).isTrue();
        store.reserveNext();
        return term;
    }

    @Test
    void noTermIsTakenTwiceWhateverCrashesBetween() {
        var before = open();
        int first = before.takeAbove(0);
        assertThat(before.use(first)).isTrue(); // and dies before the next one is reserved
        assertThat(promote(open())).isEqualTo(first + 1);
    }

    @Test
    void aThousandRestartsUseNoTermUp() {
        promote(open());
        for (int i = 0; i < 1000; i++) {
            assertThat(open().current()).isEqualTo(1);
        }
        assertThat(promote(open())).isEqualTo(2);
    }

    @Test
    void afterARebootTheReservedTermCountsAsUsed() {
        promote(open());
        var rebooted = TermStore.open(directory, "shop", NEXT_BOOT);
        assertThat(rebooted.current()).isEqualTo(2);
        assertThat(promote(rebooted)).isEqualTo(3);
    }

    @Test
    void aTermThatThePageCacheHoldsAndNoDiskReservedIsNotTakenAgain() {
        var store = open();
        int term = store.takeAbove(40);
        assertThat(store.isReserved(term)).isFalse();
        assertThat(store.use(term)).isTrue();
        assertThat(promote(open())).isEqualTo(42);
    }

    @Test
    void aNoteThatComesAfterTheNextReservationDoesNotUndoIt() throws Exception {
        var store = open();
        int term = store.takeAbove(0);
        store.reserveNext();
        var reserved = Files.readString(file());
        assertThat(store.use(term)).isTrue();
        assertThat(Files.readString(file())).isEqualTo(reserved).startsWith("00002 free ");
    }

    @Test
    void aFileOfAnOlderVersionCountsAsUsed() throws Exception {
        Files.writeString(file(), "8\n");
        var store = open();
        assertThat(store.current()).isEqualTo(8);
        assertThat(promote(store)).isEqualTo(9);
    }

    @Test
    void aPromotionIsHigherThanAnyTermSeen() {
        var store = open();
        assertThat(store.saw(41)).isTrue();
        assertThat(store.saw(41)).isFalse();
        assertThat(store.takeAbove(0)).isEqualTo(42);
        assertThat(store.takeAbove(60)).isEqualTo(61);
        assertThat(store.takeAbove(5)).isEqualTo(62);
    }

    @Test
    void theTermOfTheNextPromotionIsOnDiskBeforeItIsTaken() throws Exception {
        var store = open();
        store.saw(7);
        store.reserveNext();
        assertThat(Files.readString(file())).isEqualTo("00008 free " + THIS_BOOT + "\n");
        assertThat(store.takeAbove(0)).isEqualTo(8);
        assertThat(store.isReserved(8)).isTrue();
        store.use(8);
        assertThat(Files.readString(file())).isEqualTo("00008 used " + THIS_BOOT + "\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"eleven", "", "\n", "00008 maybe 3f0c", "00008 free", "99999999999 used 3f0c", "8 used 3f0c 9"})
    void aFileThatHoldsNoTermIsRefusedWithTheWayOut(String text) throws Exception {
        Files.writeString(file(), text);
        assertThatThrownBy(this::open)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith(file() + " does not hold a term")
                .hasMessageContaining("remove it");
    }

    @Test
    void theKernelsBootIsKnown() throws Exception {
        assertThat(TermFile.bootId()).matches("[0-9a-f-]{36}").isEqualTo(TermFile.bootId());
        assertThat(TermStore.open(directory, "shop").current()).isZero();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            No space left on device | free space there
            Disk quota exceeded     | free space there
            Read-only file system   | see in the kernel's log why, and mount it for writing again
            Permission denied       | give the user who runs the director write permission there
            Input/output error      | see to that disk and the kernel's log
            """)
    void aDiskThatRefusesIsASentenceWithTheWayOut(String cause, String remedy) {
        var disk = new BadDisk();
        var store = new TermStore(disk, 4, 4);
        disk.refusal = new IOException(cause);

        assertThat(store.reserveNext()).isFalse();
        assertThat(store.trouble()).contains("the term cannot be written to /x/term-main: " + cause + "; " + remedy);
        assertThat(store.faults()).containsExactly(store.trouble().orElseThrow());
        assertThat(store.takeAbove(0)).isEqualTo(5);
        assertThat(store.use(5)).isFalse();

        disk.refusal = null;
        assertThat(store.reserveNext()).isTrue();
        assertThat(store.trouble()).isEmpty();
        assertThat(disk.reserved).containsExactly(6);
    }

    @Test
    void aLookAtTheDiskLeavesNothingThere() throws Exception {
        var store = open();
        store.check();
        assertThat(store.trouble()).isEmpty();
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(file());
        }
    }

    @Test
    void whateverADiskThrowsBecomesASentence() {
        var disk = new BadDisk();
        var store = new TermStore(disk, 0, 0);
        for (var thrown : List.of(
                new IllegalStateException("a bug"),
                new StackOverflowError("deep"),
                new FileSystemException("/x/term-main.new", null, "Too many open files"))) {
            disk.refusal = thrown;
            assertThat(store.reserveNext()).isFalse();
            assertThat(store.trouble().orElseThrow()).containsAnyOf(": a bug;", ": deep;", ": Too many open files;");
        }
    }

    @Test
    void aDirectoryThatIsGoneIsMadeAgain() throws Exception {
        var store = open();
        Files.delete(file());
        Files.delete(directory);
        int term = store.takeAbove(0);
        assertThat(store.use(term)).isFalse();
        assertThat(store.reserveNext()).isTrue();
        assertThat(open().takeAbove(0)).isEqualTo(term + 1);
    }

    @Test
    void aDirectorStartsOnAFullDiskThatHoldsItsTerm() throws Exception {
        Files.writeString(file(), "8\n");
        Files.createDirectory(directory.resolve("term-shop.new")); // what must be written cannot be
        var store = open();
        assertThat(store.trouble()).isPresent();
        assertThat(store.takeAbove(0)).isEqualTo(9);
    }

    @Test
    void fewTermsLeftIsAFaultAndNoneLeftATrouble() {
        var store = new TermStore(new BadDisk(), TermStore.TERM_MAX - TermStore.FEW_LEFT - 1, TermStore.TERM_MAX);
        assertThat(store.faults()).isEmpty();
        store.takeAbove(0);
        assertThat(store.trouble()).isEmpty();
        assertThat(store.faults())
                .containsExactly(
                        "only 1000 of 32767 terms are left; before they end, stop all directors and remove"
                                + " /x/term-main and the directory revisions beside it on each, after a 'holdfast config export'");
        store.saw(Integer.MAX_VALUE);
        assertThat(store.trouble())
                .contains("the terms are used up, 32767 of 32767; stop all directors and remove /x/term-main and"
                        + " the directory revisions beside it on each, after a 'holdfast config export'");
        assertThat(store.faults()).hasSize(1);
        assertThat(store.takeAbove(Integer.MAX_VALUE)).isEqualTo(TermStore.TERM_MAX);
        assertThat(store.reserveNext()).isTrue();
    }

    /// A disk that refuses while it has an error to report.
    private static final class BadDisk implements TermDisk {
        final List<Integer> reserved = new ArrayList<>();

        @Nullable
        Throwable refusal;

        @Override
        public void reserve(int term) throws IOException {
            refuse();
            reserved.add(term);
        }

        @Override
        public void use(int term) throws IOException {
            refuse();
        }

        @Override
        public void probe() throws IOException {
            refuse();
        }

        private void refuse() throws IOException {
            switch (refusal) {
                case null -> {}
                case IOException e -> throw e;
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                default -> throw new IllegalArgumentException(refusal);
            }
        }

        @Override
        public String toString() {
            return "/x/term-main";
        }
    }
}
