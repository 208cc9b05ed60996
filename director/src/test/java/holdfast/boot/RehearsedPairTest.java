package holdfast.boot;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.forward.Mode;
import holdfast.sync.Equality;
import org.junit.jupiter.api.Test;

class RehearsedPairTest {
    private static final int CHANGES_MIN = 30; // of one serving

    @Test
    void eachRoundMovesTheTablesAndTheRoleToTheOtherOne() {
        try (var pair = new RehearsedPair()) {
            for (int round = 1; round <= 4; round++) {
                long first = pair.first().applied();
                long second = pair.second().applied();
                pair.round();
                assertThat(pair.rounds()).isEqualTo(round);
                assertThat(pair.first().applied() - first).isGreaterThan(CHANGES_MIN);
                assertThat(pair.second().applied() - second).isGreaterThan(CHANGES_MIN);
                assertThat(pair.first().mode()).isEqualTo(Mode.STANDBY);
                assertThat(pair.second().mode()).isEqualTo(Mode.STANDBY);
            }
            assertThat(pair.second().equality().state())
                    .as("of the one that followed last")
                    .isEqualTo(Equality.State.EQUAL);
        }
    }
}
