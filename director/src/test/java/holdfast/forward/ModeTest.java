package holdfast.forward;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModeTest {
    @ParameterizedTest
    @CsvSource(textBlock = """
            # mode,  ACTIVATE, STAND_BY, HOLD, RESUME, RELAY
            STANDBY, ACTIVE,   STANDBY,  ,     ,
            ACTIVE,  ACTIVE,   STANDBY,  HELD, ,       RELAY
            HELD,    ACTIVE,   STANDBY,  ,     ACTIVE, RELAY
            RELAY,   ACTIVE,   STANDBY,  ,     ,
            """)
    void eachOrderLeadsWhereTheTableSays(
            Mode mode, Mode onActivate, Mode onStandBy, Mode onHold, Mode onResume, Mode onRelay) {
        assertThat(mode.after(Mode.Order.ACTIVATE).orElse(null)).isEqualTo(onActivate);
        assertThat(mode.after(Mode.Order.STAND_BY).orElse(null)).isEqualTo(onStandBy);
        assertThat(mode.after(Mode.Order.HOLD).orElse(null)).isEqualTo(onHold);
        assertThat(mode.after(Mode.Order.RESUME).orElse(null)).isEqualTo(onResume);
        assertThat(mode.after(Mode.Order.RELAY).orElse(null)).isEqualTo(onRelay);
    }
}
