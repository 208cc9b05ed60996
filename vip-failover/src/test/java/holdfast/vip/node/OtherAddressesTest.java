package holdfast.vip.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class OtherAddressesTest {
    private static final long S = 1_000_000_000L;
    private static final long LONG = OtherAddresses.CHANGE_MAX_NS;
    private static final int PEER = 0x0a000002;
    private static final int STRANGER = 0x0a000066;

    private final OtherAddresses other = new OtherAddresses(51, List.of(1, 2));

    @Test
    void theSameInAnotherOrderIsNoDifference() {
        other.heard(PEER, List.of(2, 1), 0);
        other.heard(PEER, List.of(2, 1), LONG);
        assertThat(other.alarm()).isEmpty();
    }

    @Test
    void aDifferenceIsToldWhenItLasts() {
        other.heard(PEER, List.of(1, 2, 3), 0);
        other.heard(PEER, List.of(1, 2, 3), LONG - 1);
        assertThat(other.alarm()).isEmpty();
        other.heard(PEER, List.of(1, 2, 3), LONG);
        assertThat(other.alarm()).hasValueSatisfying(alarm -> assertThat(alarm).contains("10.0.0.2"));
        other.become(List.of(1, 2, 3));
        other.heard(PEER, List.of(1, 2, 3), LONG + S);
        assertThat(other.alarm()).isEmpty();
    }

    @Test
    void aChangeThatTheOtherFollowsSoonIsNotTold() {
        other.become(List.of(1, 2, 3));
        other.heard(PEER, List.of(1, 2), 0);
        other.heard(PEER, List.of(1, 2, 3), S);
        other.become(List.of(1));
        other.heard(PEER, List.of(1, 2, 3), LONG);
        assertThat(other.alarm()).as("another difference").isEmpty();
    }

    @Test
    void twoThatTakeTurnsDoNotHide() {
        for (long at = 0; at <= LONG; at += S) {
            other.heard(PEER, List.of(3), at);
            other.heard(STRANGER, List.of(4), at);
        }
        assertThat(other.alarm()).isPresent();
    }

    @Test
    void whoAgreesAgainDoesNotEndTheAlarmAboutAnother() {
        other.heard(STRANGER, List.of(4), 0);
        other.heard(STRANGER, List.of(4), LONG);
        other.heard(PEER, List.of(1, 2), LONG + S);
        assertThat(other.alarm()).hasValueSatisfying(alarm -> assertThat(alarm).contains("10.0.0.102"));
    }
}
