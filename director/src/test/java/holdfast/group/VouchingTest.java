package holdfast.group;

import static holdfast.group.Vouching.CONTESTED_NS;
import static holdfast.group.Vouching.VALID_NS;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.sync.Standing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class VouchingTest {
    private static final long NOW = 1_000_000_000_000L;

    private final Vouching vouching = new Vouching();

    @ParameterizedTest
    @EnumSource(
            value = Standing.class,
            names = {"STANDBY", "FAULT"})
    void whoStandsByVouchesForASecond(Standing standing) {
        assertThat(vouching.heard(standing, NOW)).isEqualTo(NOW + VALID_NS);
    }

    @ParameterizedTest
    @EnumSource(
            value = Standing.class,
            names = {"ACTIVE", "RELAYING"})
    void whoServesVouchesForNothingUntilAWhileAfter(Standing standing) {
        assertThat(vouching.heard(standing, NOW)).isEqualTo(NOW);
        assertThat(vouching.heard(Standing.STANDBY, NOW + CONTESTED_NS - 1)).isEqualTo(NOW + CONTESTED_NS - 1);
        assertThat(vouching.heard(Standing.STANDBY, NOW + CONTESTED_NS)).isEqualTo(NOW + CONTESTED_NS + VALID_NS);
    }

    @Test
    void whoHasNotBegunNeitherServesNorVouches() {
        assertThat(vouching.heard(Standing.UNKNOWN, NOW)).isEqualTo(NOW);
        assertThat(vouching.heard(Standing.STANDBY, NOW)).isEqualTo(NOW + VALID_NS);
    }

    @Test
    void ofSeveralTheOneThatServesDecides() {
        vouching.heard(Standing.STANDBY, NOW);
        vouching.heard(Standing.ACTIVE, NOW);
        assertThat(vouching.heard(Standing.STANDBY, NOW)).isEqualTo(NOW);
    }
}
