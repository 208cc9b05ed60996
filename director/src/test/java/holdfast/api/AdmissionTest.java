package holdfast.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// The bounds of sources and users, in virtual time.
class AdmissionTest {
    private static final long SECOND = 1_000_000_000;

    private final Admission admission = new Admission(new Admission.Limits(3, 2, 10, 1, 4));

    @Test
    void anAddressHasSoManyConnectionsAtOnceAndNoMore() {
        for (int i = 0; i < 3; i++) {
            assertThat(admission.opened("a", i * SECOND)).isTrue();
        }
        assertThat(admission.opened("a", 10 * SECOND)).isFalse();
        assertThat(admission.opened("b", 10 * SECOND)).as("another address").isTrue();
        admission.closed("a");
        assertThat(admission.opened("a", 11 * SECOND)).as("one has ended").isTrue();
    }

    @Test
    void anAddressOpensSoManyConnectionsASecond() {
        int opened = 0;
        for (int i = 0; i < 100; i++) {
            if (admission.opened("a", 0)) {
                opened++;
                admission.closed("a");
            }
        }
        assertThat(opened).as("twice as many at once").isEqualTo(4);
        assertThat(admission.opened("a", SECOND / 2))
                .as("one more in half a second")
                .isTrue();
        admission.closed("a");
        assertThat(admission.opened("a", SECOND / 2)).isFalse();
    }

    @Test
    void aUserAsksSoOftenAndKeepsNobodyElseFromAsking() {
        int asked = 0;
        for (int i = 0; i < 1000; i++) {
            asked += admission.asks("alice", 0) ? 1 : 0;
        }
        assertThat(asked).isEqualTo(20);
        assertThat(admission.asks("bob", 0)).isTrue();
        assertThat(admission.asks("alice", SECOND)).isTrue();
    }

    @Test
    void aCrowdOfSourcesIsForgottenAndNotRemembered() {
        for (int i = 0; i < 100_000; i++) {
            assertThat(admission.opened("source " + i, i)).isTrue();
            admission.closed("source " + i);
        }
        assertThat(admission.namesKept()).isLessThanOrEqualTo(4);
    }
}
