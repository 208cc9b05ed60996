package holdfast.conn;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

class SlotIndexTest {
    private static final int MOST = SlotIndex.PLACES * SlotIndex.BUCKETS_MAX;

    /// An index whose entries all have the same bucket.
    private static final class Crowded extends SlotIndex {
        Crowded(int slots) {
            super(slots, Arena.ofAuto());
        }

        @Override
        protected boolean matches(int slot, long clientHi, long clientLo, long addresses, long ports) {
            return slot == addresses;
        }

        @Override
        protected long hash(int slot) {
            return -1;
        }
    }

    @Test
    void probingIsBounded() {
        var index = new Crowded(1000);
        for (int slot = 0; slot < MOST; slot++) {
            assertThat(index.add(slot, index.hash(slot))).isTrue();
        }
        assertThat(index.add(MOST, index.hash(MOST))).isFalse();
        assertThat(index.find(-1, 0, 0, MOST, 0)).isEqualTo(SlotIndex.MISSING);
        assertThat(index.find(-1, 0, 0, MOST - 1, 0)).isEqualTo(MOST - 1);
    }

    @Test
    void removalFromTheMiddleLeavesNoGap() {
        var index = new Crowded(1000);
        for (int slot = 0; slot < 100; slot++) {
            index.add(slot, index.hash(slot));
        }
        for (int slot = 0; slot < 100; slot += 2) {
            index.remove(slot, index.hash(slot));
        }
        for (int slot = 0; slot < 100; slot++) {
            assertThat(index.find(-1, 0, 0, slot, 0)).isEqualTo(slot % 2 == 0 ? SlotIndex.MISSING : slot);
        }
        for (int slot = 200; slot < 200 + MOST - 50; slot++) {
            assertThat(index.add(slot, index.hash(slot)))
                    .as("the freed places are free again")
                    .isTrue();
        }
    }
}
