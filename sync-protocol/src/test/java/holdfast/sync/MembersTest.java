package holdfast.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// Which runs of which members a core believes, and whom it refuses.
class MembersTest extends CoreUnderTest {
    @Test
    void aHelloEchoesTheLatestStampOfEachThatItHears() {
        hear(PEER, hello(77));
        hear(PEER, hello(99));
        hear(PEER, hello(88)); // overtaken
        hear(THIRD, hello(55).hearsNobody());
        later(100);
        assertThat(lastHello().heard())
                .containsOnly(
                        java.util.Map.entry(PEER.incarnation(), 99L), java.util.Map.entry(THIRD.incarnation(), 55L));
        assertThat(lastHello().stamp()).isEqualTo(now);
        assertThat(lastHello().uptimeNanos()).isEqualTo(100 * MS);
    }

    @Test
    void aRecordingOfAnotherDayProvesNobody() {
        long old = now;
        now += Members.PROOF_INTERVAL + 1;
        hear(PEER, Hellos.standby(5, SELF, old));
        assertThat(core.status(0, now).peers()).isEmpty();
        assertThat(refused(Refused.UNPROVEN)).isEqualTo(1);
        hear(PEER, hello());
        assertThat(core.status(0, now).peers()).hasSize(1);
    }

    @Test
    void silenceIsUnknownAndNotGoneWhateverTheViewSays() {
        equalStandby();
        later(100);
        core.viewChanged();
        assertThat(peer().state()).isEqualTo(SyncState.EQUAL);
        later(500);
        assertThat(peer().state()).isEqualTo(SyncState.UNKNOWN);
        assertThat(peer().backlogBatches()).as("nobody knows").isEmpty();
        assertThat(peer().unsyncedConnections()).isEmpty();
        assertThat(peer().oldestUnsyncedMs()).isEmpty();
        assertThat(peer().lastAckMs()).hasValue(600);
        later(9_400);
        assertThat(peer().state()).isEqualTo(SyncState.UNKNOWN);
        assertThat(peer().lastAckMs()).hasValue(10_000);
    }

    @Test
    void aFarewellIsGoneAndWhatWasSentBeforeItDoesNotBringTheMemberBack() {
        core.active(1, now);
        long before = now;
        hear(PEER, hello(1));
        now += 10 * MS;
        hear(PEER, hello(3).leaves());
        assertThat(peer().state()).isEqualTo(SyncState.GONE);
        hear(PEER, Hellos.standby(2, SELF, before));
        hear(PEER, new SyncMessage.Ack(1, 0, 0, SyncState.EQUAL, true));
        assertThat(peer().state()).isEqualTo(SyncState.GONE);
        assertThat(peer().wordAgeMs()).isEmpty();
        core.processDied(PEER, now);
        take();
        assertThat(effects).doesNotContain(new SyncEffect.ProcessDied("b"));
    }

    @Test
    void aMemberThatWasTakenForDeadIsBackOnceItHeardUsSince() {
        core.active(1, now);
        hear(PEER, hello(1));
        core.processDied(PEER, now);
        take();
        assertThat(effects).contains(new SyncEffect.ProcessDied("b"));
        assertThat(peer().state()).isEqualTo(SyncState.GONE);
        now += MS;
        hear(PEER, hello(2));
        assertThat(peer().state()).isEqualTo(SyncState.UNKNOWN);
    }

    @Test
    void aSecondDirectorOfAKnownNameIsRefusedAndNamed() {
        hear(PEER, hello());
        var twin = new MemberId("b", new UUID(7, 8));
        hear(twin, hello(), new Hellos.Via(Origin.INTERCONNECT, "10.255.0.66"));
        assertThat(refused(Refused.TWIN)).isEqualTo(1);
        assertThat(core.status(0, now).strangers())
                .containsExactly(new SyncStatus.Stranger("10.255.0.66", Refused.TWIN, "b", 1, 0));
        assertThat(warnings()).singleElement().asString().contains("named b").contains("10.255.0.66");
        core.handover("b", 1, STEP, now);
        take();
        assertThat(unicasts()).extracting(SyncEffect.Unicast::to).containsOnly(PEER);
    }

    @Test
    void aRestartedMemberReplacesTheRunBeforeItOnceThatIsSilentGoneOrDead() {
        hear(PEER, hello());
        var second = new MemberId("b", new UUID(7, 8));
        now += 499 * MS;
        hear(second, hello());
        assertThat(refused(Refused.TWIN)).isEqualTo(1);
        now += MS;
        hear(second, hello());
        assertThat(refused(Refused.TWIN)).isEqualTo(1);
        var third = new MemberId("b", new UUID(9, 10));
        core.processDied(PEER, now); // the news of the first one's death comes late
        hear(third, hello());
        assertThat(refused(Refused.TWIN)).isEqualTo(2);
        core.processDied(second, now);
        hear(third, hello());
        assertThat(refused(Refused.TWIN)).isEqualTo(2);
        hear(third, hello(now + 1).leaves());
        hear(new MemberId("b", new UUID(11, 12)), hello());
        assertThat(refused(Refused.TWIN)).isEqualTo(2);
    }

    @Test
    void aRunThatWasReplacedComesBackWithTheCountersThatItHadUsed() {
        hear(PEER, hello());
        long used = counter;
        now += 500 * MS;
        hear(new MemberId("b", new UUID(7, 8)), hello());
        now += 500 * MS;
        receive(PEER, used, hello().message(), Hellos.Via.INTERCONNECT);
        assertThat(refused(Refused.REPLAYED)).isEqualTo(1);
        hear(PEER, hello());
        assertThat(refused(Refused.REPLAYED)).isEqualTo(1);
        assertThat(refused(Refused.TWIN)).isZero();
    }

    @Test
    void theYoungerOfTwoTwinsIsToldOfTheElderOnceAllHaveHeardWhereItRuns() {
        var twin = new MemberId("a", new UUID(0, 0));
        var nowhere = new Hellos.Via(Origin.INTERCONNECT, Origin.UNKNOWN_ADDRESS);
        now += 5_000 * MS;
        hear(twin, hello().upFor(60_000 * MS).hearsNobody());
        hear(twin, hello().upFor(60_000 * MS), nowhere);
        now += 1900 * MS;
        hear(twin, hello().upFor(61_900 * MS));
        assertThat(effects).doesNotHaveAnyElementsOfTypes(SyncEffect.Twin.class);
        now += 100 * MS;
        hear(twin, hello().upFor(62_000 * MS));
        hear(twin, hello().upFor(62_100 * MS));
        assertThat(effects)
                .filteredOn(SyncEffect.Twin.class::isInstance)
                .containsExactly(new SyncEffect.Twin("10.255.0.9"));
    }

    @Test
    void theElderOfTwoTwinsGoesOnAndSaysSoOnceAMinute() {
        var twin = new MemberId("a", new UUID(0, 0));
        now += 5_000 * MS;
        for (int i = 0; i < 700; i++) {
            now += 100 * MS;
            hear(twin, hello().upFor(i * 100L * MS));
        }
        assertThat(effects).doesNotHaveAnyElementsOfTypes(SyncEffect.Twin.class);
        assertThat(warnings()).hasSize(2);
        assertThat(core.status(0, now).peers()).isEmpty();
    }

    @Test
    void ofTwinsThatStartedTogetherExactlyOneIsTold() {
        for (var other : List.of(new UUID(0, 0), new UUID(9, 9))) {
            var twinId = new MemberId("a", other);
            var here = new SyncCore(SELF, ConfigVersion.ofFile("config"), Whereabouts.NONE, tables, 0);
            var there = new SyncCore(
                    twinId, ConfigVersion.ofFile("config"), Whereabouts.NONE, new ModelTables(2, 2), 300 * MS);
            for (long at = 1000 * MS; at <= 3000 * MS; at += 2000 * MS) {
                here.received(
                        twinId,
                        at,
                        Hellos.standby(at, SELF, at - 80 * MS)
                                .upFor(at - 340 * MS)
                                .message(),
                        Hellos.Via.INTERCONNECT,
                        at);
                there.received(
                        SELF,
                        at,
                        Hellos.standby(at, twinId, at - 90 * MS)
                                .upFor(at - 60 * MS)
                                .message(),
                        Hellos.Via.INTERCONNECT,
                        at);
            }
            assertThat(isToldOfTwin(here)).isNotEqualTo(isToldOfTwin(there));
        }
    }

    private static boolean isToldOfTwin(SyncCore of) {
        return of.takeEffects().stream().anyMatch(SyncEffect.Twin.class::isInstance);
    }

    @Test
    void strangersAreListedByAddressAndReason() {
        var front = new Hellos.Via("front", "192.0.2.66");
        core.refusals().count(Refused.BAD_SEAL, 1, front.address(), "", now);
        core.refusals().count(Refused.BAD_SEAL, 1, front.address(), "", now);
        core.refusals().count(Refused.REPLAYED, 1, front.address(), "", now);
        now += 7 * MS;
        take();
        assertThat(core.status(0, now).strangers())
                .containsExactly(new SyncStatus.Stranger("192.0.2.66", Refused.BAD_SEAL, "", 2, 7));
        assertThat(warnings()).singleElement().asString().contains("packets from 192.0.2.66 carry a seal that");
    }
}
