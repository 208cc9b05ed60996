package holdfast.conn;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.testing.Walks;
import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// The index against a map, with a hash so poor that most keys collide.
class SlotIndexPropertyTest {
    private static final int SLOTS = 100;

    private static final class Run implements Walks.Subject<Walks.Lot> {
        final int[] keys = new int[SLOTS];
        final Map<Integer, Integer> slotOf = new HashMap<>();
        final int hashes;
        final SlotIndex index = new SlotIndex(SLOTS, Arena.ofAuto()) {
            @Override
            protected boolean matches(int slot, long clientHi, long clientLo, long addresses, long ports) {
                return keys[slot] == addresses;
            }

            @Override
            protected long hash(int slot) {
                return hashOf(keys[slot]);
            }
        };

        Run(SplittableRandom random) {
            hashes = random.nextInt(1, 12);
        }

        /// The high half says where the key stands; some of few values, the last of them at the end of the index.
        long hashOf(int key) {
            return (0xffff_ffffL / hashes * (key % hashes + 1)) << 32 | key % 3;
        }

        @Override
        public void apply(Walks.Lot lot) {
            int key = lot.lots().nextInt(150);
            if (lot.kind() < 3 && !slotOf.containsKey(key) && slotOf.size() < SLOTS) {
                int slot = freeSlot();
                keys[slot] = key;
                assertThat(index.add(slot, hashOf(key))).isTrue();
                slotOf.put(key, slot);
            } else if (lot.kind() == 3 && slotOf.containsKey(key)) {
                index.remove(slotOf.remove(key), hashOf(key));
            }
            assertThat(index.passes())
                    .as("each bucket counts those that have passed it, and no others")
                    .isEqualTo(slotOf.values().stream().mapToInt(index::passed).sum());
            for (int asked = 0; asked < 150; asked++) {
                assertThat(index.find(hashOf(asked), 0, 0, asked, 0))
                        .as("slot of key %d", asked)
                        .isEqualTo(slotOf.getOrDefault(asked, SlotIndex.MISSING));
            }
        }

        int freeSlot() {
            int slot = 0;
            while (slotOf.containsValue(slot)) {
                slot++;
            }
            return slot;
        }
    }

    @Test
    void findsEachKeyWhereItIsHoweverManyMeet() {
        Walks.each(60, 300, Walks.Lot.of(5), Run::new);
    }
}
