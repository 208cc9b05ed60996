package holdfast.table;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.sync.Version;
import org.junit.jupiter.api.Test;

class MergeTest {
    private static final int CLIENT = 0xc6336407;
    private final Merge merge = new Merge();

    @Test
    void onlyWhatWasMadeWhileTwoWereActiveIsReported() {
        merge.moved(Version.of(4, 1), CLIENT);
        assertThat(merge.end()).as("nothing was contested").isEmpty();
        merge.begin(4);
        merge.moved(Version.of(4, 1), CLIENT);
        merge.forgotten(Version.of(4, 2), CLIENT + 1);
        merge.moved(Version.of(3, 9), CLIENT + 2);
        assertThat(merge.end()).isEqualTo("clients-moved=1 clients-forgotten=1 first=\"198.51.100.7 198.51.100.8\"");
        assertThat(merge.end()).as("once").isEmpty();
    }

    @Test
    void aReportNamesSixteenClientsAtMostAndCountsAll() {
        merge.begin(4);
        for (int i = 0; i < 100; i++) {
            merge.forgotten(Version.of(4, i), CLIENT + i);
        }
        assertThat(merge.lost()).isEqualTo(100);
        assertThat(merge.end().split(" ", -1)).hasSize(2 + Merge.NAMED_MAX);
    }
}
