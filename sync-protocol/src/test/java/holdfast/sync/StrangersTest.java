package holdfast.sync;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StrangersTest {
    private final Strangers strangers = new Strangers();

    @Test
    void eachAddressAndReasonIsWarnedOfOnceAMinute() {
        assertThat(strangers.refused(Refused.BAD_SEAL, 1, "10.0.0.3", "", 0)).isPresent();
        assertThat(strangers.refused(Refused.BAD_SEAL, 1, "10.0.0.3", "", 1)).isEmpty();
        assertThat(strangers.refused(Refused.OTHER_GROUP, 1, "10.0.0.3", "", 2)).isPresent();
        assertThat(strangers.refused(Refused.BAD_SEAL, 1, "10.0.0.4", "", 3)).isPresent();
        assertThat(strangers.refused(Refused.BAD_SEAL, 1, "10.0.0.3", "", Strangers.WARN_INTERVAL))
                .hasValueSatisfying(text -> assertThat(text).contains("packets=3", "does not open"));
    }

    @Test
    void oneWhoInventsAddressesFillsNeitherTheListNorTheLog() {
        int warnings = 0;
        for (int i = 0; i < 1000; i++) {
            warnings +=
                    strangers.refused(Refused.BAD_SEAL, 1, "10.0.0." + i, "", i).isPresent() ? 1 : 0;
        }
        assertThat(warnings).isEqualTo(Strangers.MAX);
        assertThat(strangers.list(1000))
                .hasSize(Strangers.MAX)
                .first()
                .extracting(SyncStatus.Stranger::address)
                .isEqualTo("10.0.0.999");
        assertThat(strangers.refused(Refused.TWIN, 1, "10.0.0.5", "d1", Strangers.WARN_INTERVAL + 1000))
                .isPresent();
    }
}
