package holdfast.vip;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NewestWordsTest {
    private static final long INTERVAL = 100_000_000;

    private final NewestWords words = new NewestWords();

    @Test
    void aWordThatANewerOneReplacedCountsNoMore() {
        var resigned = word("b", Standing.STANDBY);
        var active = word("b", Standing.ACTIVE);
        words.came(resigned);
        words.came(active);

        assertThat(words.haveReplaced(new VirtualRouter.Spoke(resigned))).isTrue();
        assertThat(words.haveReplaced(new VirtualRouter.Spoke(active))).isFalse();
    }

    @Test
    void theWordOfOnePeerReplacesNoneOfAnother() {
        var ofB = word("b", Standing.ACTIVE);
        words.came(ofB);
        words.came(word("c", Standing.STANDBY));

        assertThat(words.haveReplaced(new VirtualRouter.Spoke(ofB))).isFalse();
    }

    @Test
    void everyOtherEventCounts() {
        assertThat(words.haveReplaced(new VirtualRouter.Tick())).isFalse();
        assertThat(words.haveReplaced(new VirtualRouter.PeerProcessDied(1))).isFalse();
    }

    private static PeerWord word(String name, Standing standing) {
        return new PeerWord(name, 1, INTERVAL, standing, 0, 0, 0, 0);
    }
}
