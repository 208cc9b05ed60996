package holdfast.vip.node;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.vip.Doubt;
import org.junit.jupiter.api.Test;

class AdvertStrangersTest {
    private static final long MS = 1_000_000;
    private static final long S = 1000 * MS;
    private static final int PEER = 0x0a000002;

    private final AdvertStrangers strangers = new AdvertStrangers(51);

    @Test
    void whoIsVouchedForSoonRaisesNoAlarm() {
        strangers.doubted(PEER, Doubt.NOBODY_VOUCHES, 0);
        assertThat(strangers.alarms(2999 * MS)).isEmpty();
        strangers.vouched(PEER, 2999 * MS);
        assertThat(strangers.alarms(10 * S)).isEmpty();
    }

    @Test
    void oneAdvertForWhichNobodyEverVouchesIsAnAlarm() {
        strangers.doubted(PEER, Doubt.NOBODY_VOUCHES, 0);
        assertThat(strangers.alarms(3 * S)).singleElement().asString().contains("10.0.0.2", "vrid 51");
        assertThat(strangers.alarms(301 * S))
                .as("after five minutes it is history")
                .isEmpty();
    }

    @Test
    void anAdvertOfAKnownDirectorThatIsEarlyOrLateIsNone() {
        for (int i = 0; i < 40; i++) {
            strangers.doubted(PEER, Doubt.SAYS_OTHERWISE, i * (11 * S));
            strangers.doubted(PEER, Doubt.RESIGNATION, i * (11 * S));
        }
        assertThat(strangers.alarms(430 * S)).isEmpty();
    }

    @Test
    void aKnownDirectorInWhoseNameSomebodyElseSpeaksIsAnAlarm() {
        for (int i = 0; i < 9; i++) {
            strangers.doubted(PEER, Doubt.SAYS_OTHERWISE, i * (2 * S));
        }
        assertThat(strangers.alarms(17 * S)).hasSize(1);
    }

    @Test
    void resignationsAfterWhichTheirSenderGoesOnAreAnAlarm() {
        for (int i = 0; i < 3; i++) {
            strangers.doubted(PEER, Doubt.RESIGNATION, i * S);
            strangers.vouched(PEER, i * S + 300 * MS);
        }
        assertThat(strangers.alarms(3 * S)).singleElement().asString().contains("10.0.0.2");
        strangers.vouched(PEER, 200 * S);
        assertThat(strangers.alarms(200 * S)).hasSize(1);
        strangers.vouched(PEER, 400 * S);
        assertThat(strangers.alarms(400 * S)).isEmpty();
    }

    @Test
    void aDirectorThatResignsAndIsActiveAgainLaterIsNoAlarm() {
        for (int i = 0; i < 40; i++) {
            strangers.doubted(PEER, Doubt.RESIGNATION, i * (5 * S));
            strangers.vouched(PEER, i * (5 * S) + 4 * S);
        }
        assertThat(strangers.alarms(201 * S)).isEmpty();
    }

    @Test
    void whoAnnouncesOurAddressIsNamed() {
        strangers.stolen(PEER, 0x02_00_00_00_00_66L, 0);
        assertThat(strangers.alarms(S))
                .singleElement()
                .asString()
                .as("it may be the peer's, where two are active for a moment")
                .startsWith(
                        "10.0.0.2 was announced with the MAC 02:00:00:00:00:66, which is not ours, the last time 1 s ago");
    }

    @Test
    void sixteenSendersAreKeptAtMost() {
        for (int i = 0; i < 100; i++) {
            strangers.doubted(PEER + i, Doubt.NOBODY_VOUCHES, i);
        }
        assertThat(strangers.alarms(4 * S)).hasSize(16);
    }
}
