package holdfast.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SyncCoreTest {
    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final MemberId SELF = new MemberId("a", new UUID(1, 2));
    private static final MemberId PEER = new MemberId("b", new UUID(3, 4));
    private static final MemberId THIRD = new MemberId("c", new UUID(5, 6));
    private static final Word SAYS = new Word(
            Standing.STANDBY,
            0,
            java.util.Map.of(),
            List.of("warming"),
            List.of(),
            List.of("198.51.100.0/24"),
            List.of(),
            5);

    private final ModelTables tables = new ModelTables(256, 256);
    private long now = 1000 * MS;
    private final SyncCore core = new SyncCore(SELF, "config", Links.NONE, tables, now);
    private final List<SyncEffect> effects = new ArrayList<>();
    private long counter;

    @Test
    void aNewDirectorAsksForATableAtOnce() {
        hear(PEER, hello().active(3));
        turn();
        assertThat(sent(SyncMessage.SnapshotRequest.class)).hasSize(1);
    }

    @Test
    void oneThatWasActiveAsksForNothingBeforeItsTableWasCompared() {
        core.active(2, now);
        core.standby();
        hear(PEER, hello().active(3));
        turn();
        assertThat(sent(SyncMessage.SnapshotRequest.class)).isEmpty();
    }

    @Test
    void aDirectorThatStandsByKnowsNothingOfItsTableAndSaysSo() {
        core.active(2, now);
        take();
        core.standby();
        take();
        assertThat(effects).contains(new SyncEffect.StateChanged("a", SyncState.UNKNOWN));
    }

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
    void theAgeOfAWordIsCountedFromOurOwnStampThatCameBack() {
        long ours = now;
        now += 30 * MS;
        hear(PEER, Hellos.standby(123_456, SELF, ours).says(SAYS));
        assertThat(peer().word()).isEqualTo(SAYS);
        assertThat(peer().wordAgeMs()).hasValue(30);
        now += 970 * MS;
        assertThat(peer().says()).isEqualTo(SAYS);
        now += MS;
        assertThat(peer().says()).as("older than a second").isEqualTo(Word.UNKNOWN);
        hear(PEER, Hellos.standby(123_457, SELF, ours).says(SAYS));
        assertThat(peer().wordAgeMs()).as("it has not heard us since").hasValue(1001);
    }

    @Test
    void aWordIsToldWithEachHelloThatIsNotOld() {
        long ours = now;
        hear(PEER, hello(1).says(SAYS));
        hear(PEER, hello(2).says(SAYS));
        assertThat(words()).containsExactly(SAYS, SAYS);
        now += 1001 * MS; // we were paused, and these waited in our socket
        hear(PEER, Hellos.standby(3, SELF, ours).says(SAYS));
        assertThat(words()).hasSize(2);
    }

    @Test
    void aHelloThatWasOvertakenSaysNothing() {
        hear(PEER, hello(2).says(SAYS));
        hear(PEER, hello(1).says(Word.UNKNOWN));
        assertThat(peer().word()).isEqualTo(SAYS);
        assertThat(words()).containsExactly(SAYS);
    }

    @Test
    void aChangedWordGoesOutAtOnceButNoOftenerThanEvery5Ms() {
        turn();
        effects.clear();
        core.word(SAYS);
        assertThat(core.idleFor(now)).isEqualTo(SyncCore.HELLO_MIN_INTERVAL);
        later(5);
        assertThat(lastHello().word()).isEqualTo(SAYS);
        effects.clear();
        core.word(SAYS);
        later(5);
        assertThat(hellos()).as("nothing changed").isEmpty();
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
        core.handover("b", step(HandoverMessage.Kind.PREPARE, 1), now);
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
    void theYoungerOfTwoTwinsIsToldOfTheElder() {
        var twin = new MemberId("a", new UUID(0, 0));
        now += 5_000 * MS;
        hear(twin, hello().upFor(60_000 * MS).hearsNobody());
        assertThat(effects).doesNotHaveAnyElementsOfTypes(SyncEffect.Twin.class);
        hear(twin, hello().upFor(60_000 * MS));
        hear(twin, hello().upFor(60_100 * MS));
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
            var here = new SyncCore(SELF, "config", Links.NONE, tables, 0);
            var there = new SyncCore(twinId, "config", Links.NONE, new ModelTables(2, 2), 300 * MS);
            long at = 1000 * MS;
            here.received(
                    twinId,
                    1,
                    Hellos.standby(1, SELF, at - 80 * MS).upFor(660 * MS).message(),
                    Hellos.Via.INTERCONNECT,
                    at);
            there.received(
                    SELF,
                    1,
                    Hellos.standby(1, twinId, at - 90 * MS).upFor(940 * MS).message(),
                    Hellos.Via.INTERCONNECT,
                    at);
            assertThat(isToldOfTwin(here)).isNotEqualTo(isToldOfTwin(there));
        }
    }

    private static boolean isToldOfTwin(SyncCore of) {
        return of.takeEffects().stream().anyMatch(SyncEffect.Twin.class::isInstance);
    }

    @Test
    void aServiceLinkCarriesHellosAndNothingElse() {
        var front = new Hellos.Via("front", "192.0.2.2");
        hear(PEER, hello().active(3).says(SAYS), front);
        assertThat(peer().word()).isEqualTo(SAYS);
        assertThat(core.status(0, now).highestTerm()).isEqualTo(3);
        assertThat(core.status(0, now).active())
                .as("a stream that does not come by here")
                .isEmpty();
        core.active(4, now);
        receive(PEER, ++counter, new SyncMessage.Ack(4, 0, 0, SyncState.EQUAL, true), front);
        assertThat(refused(Refused.MALFORMED)).isEqualTo(1);
        now += 40 * MS;
        hear(PEER, hello());
        assertThat(peer().paths()).containsOnlyKeys("front", "interconnect").containsEntry("front", 40L);
    }

    @Test
    void helloesOfAServiceLinkDoNotHideACutInterconnect() {
        hear(PEER, hello().active(3));
        for (int i = 0; i < 10; i++) {
            now += 100 * MS;
            hear(PEER, hello().active(3), new Hellos.Via("front", "192.0.2.2"));
            turn();
        }
        assertThat(core.status(0, now).state()).hasValue(SyncState.UNKNOWN);
        assertThat(peer().says()).isEqualTo(Word.UNKNOWN);
        assertThat(peer().wordAgeMs()).hasValue(0);
    }

    @Test
    void aHandoverStepGoesToOneMemberUntilItsReceiptComes() {
        hear(PEER, hello());
        hear(THIRD, hello());
        take();
        effects.clear();
        var step = step(HandoverMessage.Kind.PREPARE, 1);
        core.handover("b", step, now);
        later(10);
        later(10);
        later(10);
        assertThat(unicasts())
                .containsOnly(new SyncEffect.Unicast(PEER, new SyncMessage.HandoverStep(1, step)))
                .hasSize(3);
        hear(PEER, new SyncMessage.HandoverReceipt(1));
        effects.clear();
        later(900);
        assertThat(unicasts()).isEmpty();
    }

    @Test
    void aStepThatNobodyReceivesIsGivenUpAfterASecond() {
        hear(PEER, hello());
        core.handover("b", step(HandoverMessage.Kind.PREPARE, 1), now);
        for (int i = 0; i < 1200; i++) {
            later(1);
        }
        assertThat(unicasts()).hasSizeBetween(6, 8);
        effects.clear();
        later(500);
        assertThat(unicasts()).isEmpty();
    }

    @Test
    void aRepeatedStepIsReceiptedAgainAndToldOnce() {
        hear(PEER, hello());
        var step = step(HandoverMessage.Kind.PREPARE, 1);
        hear(PEER, new SyncMessage.HandoverStep(5, step));
        hear(PEER, new SyncMessage.HandoverStep(5, step));
        assertThat(arrived()).containsExactly(step);
        assertThat(sent(SyncMessage.HandoverReceipt.class))
                .containsExactly(new SyncMessage.HandoverReceipt(5), new SyncMessage.HandoverReceipt(5));
    }

    @Test
    void onlyAGiverOfAnOlderTermIsRefused() {
        core.active(7, now);
        hear(PEER, hello());
        long number = 0;
        for (var kind : HandoverMessage.Kind.values()) {
            hear(PEER, new SyncMessage.HandoverStep(++number, step(kind, 6)));
        }
        assertThat(arrived())
                .extracting(HandoverMessage::kind)
                .doesNotContain(HandoverMessage.Kind.PREPARE, HandoverMessage.Kind.TRANSFER)
                .hasSize(HandoverMessage.Kind.values().length - 2);
        assertThat(refused(Refused.OLD_TERM)).isEqualTo(2);
        hear(PEER, new SyncMessage.HandoverStep(++number, step(HandoverMessage.Kind.TRANSFER, 7)));
        assertThat(arrived()).last().extracting(HandoverMessage::term).isEqualTo(7);
    }

    @Test
    void anActiveIsAskedForAHigherTermByWhateverAStandbyKnows() {
        core.active(4, now);
        hear(PEER, hello().follows(4).knows(6));
        turn();
        assertThat(higherTerms()).containsExactly(6);
        later(499);
        assertThat(higherTerms()).hasSize(1);
        later(1);
        assertThat(higherTerms()).as("asked again until it is done").containsExactly(6, 6);
        core.active(7, now);
        later(2000);
        assertThat(higherTerms()).hasSize(2);
        assertThat(lastHello().highestTerm()).isEqualTo(7);
    }

    @Test
    void nothingIsAskedForWhileTheOtherOneIsActiveToo() {
        core.active(4, now);
        for (int i = 0; i < 20; i++) {
            hear(PEER, hello().active(6));
            later(100);
        }
        assertThat(higherTerms()).isEmpty();
        assertThat(core.status(0, now).trouble().orElse("")).contains("b says so too, in term 6");
        assertThat(warnings()).hasSize(1);
        hear(PEER, hello().knows(6));
        turn();
        assertThat(higherTerms()).as("it stands by").containsExactly(6);
    }

    @Test
    void nothingIsAskedForWhileAStandbyFollowsAHigherStreamOfSomebodyWhomWeDoNotHear() {
        core.active(4, now);
        for (int i = 0; i < 20; i++) {
            hear(PEER, hello().follows(6).knows(6));
            later(100);
        }
        assertThat(higherTerms()).isEmpty();
        hear(PEER, hello().knows(6));
        turn();
        assertThat(higherTerms()).as("that stream does not go on").containsExactly(6);
    }

    @Test
    void aStandbyNamesTheTermOfAStreamThatGoesOnAndNoOther() {
        hear(PEER, hello().active(6));
        later(100);
        assertThat(lastHello().term()).isEqualTo(6);
        later(500);
        assertThat(lastHello().term()).as("silent since").isZero();
        assertThat(lastHello().highestTerm()).isEqualTo(6);
    }

    @Test
    void whoFollowsAHigherStreamIsNotEqualToUsWhateverItAckedBefore() {
        equalStandby();
        later(10);
        hear(PEER, hello().follows(2).knows(2));
        turn();
        assertThat(peer().state()).isEqualTo(SyncState.UNKNOWN);
        hear(PEER, new SyncMessage.Ack(1, 1, 0, SyncState.EQUAL, true)); // late
        turn();
        assertThat(peer().state()).isEqualTo(SyncState.UNKNOWN);
        assertThat(peer().unsyncedConnections()).isEmpty();
    }

    @Test
    void aRenewedTermCountsOnlyWhileWeAreActive() {
        core.active(4, now);
        core.renew(6, now);
        assertThat(core.status(0, now).term()).hasValue(6);
        core.renew(5, now);
        assertThat(core.status(0, now).term()).as("told late").hasValue(6);
        core.standby();
        core.renew(7, now);
        assertThat(core.status(0, now).role()).isEqualTo(Role.STANDBY);
    }

    @Test
    void whoIsPromotedDoesNotGoOnAsAnEqualStandby() {
        hear(PEER, hello().active(3));
        turn();
        assertThat(effects).contains(new SyncEffect.StateChanged("a", SyncState.JOINING));
        core.active(4, now);
        take();
        assertThat(effects.getLast()).isEqualTo(new SyncEffect.StateChanged("a", SyncState.UNKNOWN));
    }

    @Test
    void aBatchAloneShowsThatTheOtherOneIsActive() {
        core.active(4, now);
        hear(PEER, hello());
        hear(PEER, new Batch(6, 0, 1, 0, 0, new long[Delta.WORDS]));
        later(100);
        assertThat(higherTerms()).isEmpty();
        later(400);
        assertThat(higherTerms()).as("silent since").containsExactly(6);
    }

    @Test
    void twoActivesOfOneTermGoAboveItOnceOneStandsBy() {
        core.active(4, now);
        hear(PEER, hello().active(4));
        later(100);
        assertThat(higherTerms()).isEmpty();
        assertThat(lastHello().highestTerm()).isEqualTo(5);
        assertThat(refused(Refused.RIVAL)).isEqualTo(1);
        hear(PEER, hello().knows(5));
        turn();
        assertThat(higherTerms()).containsExactly(5);
    }

    @Test
    void whoWroteInATermFollowsNobodyInIt() {
        core.active(4, now);
        core.standby();
        hear(PEER, hello().active(4));
        turn();
        assertThat(core.status(0, now).active()).isEmpty();
        assertThat(core.status(0, now).trouble().orElse("")).contains("b is active in term 4, which is over here");
        assertThat(lastHello().highestTerm()).isEqualTo(5);
        hear(PEER, hello().active(6));
        assertThat(core.status(0, now).active()).hasValue("b");
        assertThat(core.status(0, now).trouble()).isEmpty();
    }

    @Test
    void aStandbyThatRefusesTheOnlyStreamWarnsOnceAMinute() {
        hear(THIRD, hello().active(6));
        now += 1000 * MS;
        for (int i = 0; i < 650; i++) {
            hear(PEER, hello().active(4));
            later(100);
        }
        assertThat(refused(Refused.OLD_TERM)).isEqualTo(650);
        assertThat(warnings()).hasSize(2).first().asString().contains("b is active in term 4");
        assertThat(higherTerms()).as("told once").containsExactly(6);
    }

    @Test
    void aStandbyGoesOnFollowingAStreamBelowATermOfWhichItOnlyHeard() {
        hear(PEER, hello().active(4));
        hear(THIRD, hello().knows(9));
        hear(PEER, hello().active(4));
        assertThat(core.status(0, now).active()).hasValue("b");
        assertThat(refused(Refused.OLD_TERM)).isZero();
    }

    @Test
    void aNewStreamOfTheSameActiveFirstSendsWhatWasWrittenUnderTheOldTerm() {
        tables.promote(4, now);
        core.active(4, now);
        tables.change(new ModelTables.Key(true, 1, 0), 5, false);
        tables.promote(6, now);
        tables.change(new ModelTables.Key(true, 2, 0), 5, false);
        core.active(6, now);
        turn();
        assertThat(effects)
                .filteredOn(effect ->
                        effect instanceof SyncEffect.Multicast(SyncMessage message) && message instanceof Batch)
                .extracting(effect -> ((SyncEffect.Multicast) effect).message().term())
                .containsExactly(4, 6);
    }

    @Test
    void aStandbyOfTheTermBeforeContinuesWithTheSameActivesNewStream() {
        hear(PEER, hello().active(4));
        hear(PEER, new Batch(4, 0, 1, 0, 0, new long[Delta.WORDS]));
        turn();
        tables.apply(10, now);
        turn();
        effects.clear();
        hear(PEER, hello().active(6));
        turn();
        assertThat(core.status(0, now).term()).hasValue(6);
        assertThat(core.status(0, now).position().batch())
                .as("from the first batch on")
                .hasValue(0);
        assertThat(sent(SyncMessage.SnapshotRequest.class))
                .as("its table may well be equal")
                .isEmpty();
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

    @Test
    void atRestNothingIsDueBeforeTheNextHello() {
        core.active(1, now);
        hear(PEER, hello());
        turn();
        later(6);
        assertThat(core.idleFor(now)).isEqualTo(SyncCore.HELLO_INTERVAL - 6 * MS);
        assertThat(core.hasWork(now)).isFalse();
        assertThat(core.awaitsOthers()).isFalse();
        tables.promote(1, now);
        tables.change(new ModelTables.Key(true, 1, 0), 5, false);
        assertThat(core.hasWork(now)).isTrue();
        turn();
        tables.change(new ModelTables.Key(true, 2, 0), 5, false);
        turn();
        assertThat(core.idleFor(now)).as("a part-filled batch waits").isEqualTo(StreamSender.FLUSH_INTERVAL);
    }

    @Test
    void aStandbyIsDueForItsAckAndForWhatIsMissing() {
        hear(PEER, hello().active(3));
        turn();
        later(6);
        assertThat(core.idleFor(now)).as("the next ack").isEqualTo(44 * MS);
        hear(PEER, new Batch(3, 0, 3, 0, 0, new long[Delta.WORDS]));
        turn();
        assertThat(core.idleFor(now)).as("a gap is asked for").isEqualTo(2 * MS);
        hear(PEER, new Batch(3, 0, 1, 0, 0, new long[Delta.WORDS]));
        turn();
        assertThat(core.awaitsOthers()).as("the worker applies").isTrue();
        assertThat(core.hasWork(now)).isFalse();
        tables.apply(10, now);
        assertThat(core.hasWork(now)).as("applied is to be acked").isTrue();
    }

    private void equalStandby() {
        tables.promote(1, now);
        core.active(1, now);
        hear(PEER, hello());
        tables.mark();
        turn();
        hear(PEER, new SyncMessage.Ack(1, 1, 0, SyncState.EQUAL, true));
        turn();
        assertThat(peer().state()).isEqualTo(SyncState.EQUAL);
        assertThat(peer().unsyncedConnections()).hasValue(0);
    }

    private Hellos hello() {
        return hello(now);
    }

    private Hellos hello(long stamp) {
        return Hellos.standby(stamp, SELF, now);
    }

    private static HandoverMessage step(HandoverMessage.Kind kind, int term) {
        return new HandoverMessage(kind, 42, 43, term, Version.NONE, "");
    }

    private void hear(MemberId from, Hellos hello) {
        hear(from, hello, Hellos.Via.INTERCONNECT);
    }

    private void hear(MemberId from, Hellos hello, Origin via) {
        receive(from, ++counter, hello.message(), via);
    }

    private void hear(MemberId from, SyncMessage message) {
        receive(from, ++counter, message, Hellos.Via.INTERCONNECT);
    }

    private void receive(MemberId from, long number, SyncMessage message, Origin via) {
        core.received(from, number, message, via, now);
        take();
    }

    private void turn() {
        core.turn(now);
        take();
    }

    private void later(long millis) {
        now += millis * MS;
        turn();
    }

    private void take() {
        effects.addAll(core.takeEffects());
    }

    private SyncStatus.Peer peer() {
        return core.status(0, now).peers().getFirst();
    }

    private long refused(Refused reason) {
        return core.status(0, now).counters().refused().getOrDefault(reason, -1L);
    }

    private List<SyncMessage.Hello> hellos() {
        return effects.stream()
                .filter(SyncEffect.Multicast.class::isInstance)
                .map(effect -> ((SyncEffect.Multicast) effect).message())
                .filter(SyncMessage.Hello.class::isInstance)
                .map(SyncMessage.Hello.class::cast)
                .toList();
    }

    private SyncMessage.Hello lastHello() {
        return hellos().getLast();
    }

    private List<Word> words() {
        return effects.stream()
                .filter(SyncEffect.WordHeard.class::isInstance)
                .map(effect -> ((SyncEffect.WordHeard) effect).word())
                .toList();
    }

    private List<String> warnings() {
        return effects.stream()
                .filter(SyncEffect.Warn.class::isInstance)
                .map(effect -> ((SyncEffect.Warn) effect).text())
                .toList();
    }

    private List<Integer> higherTerms() {
        return effects.stream()
                .filter(SyncEffect.HigherTerm.class::isInstance)
                .map(effect -> ((SyncEffect.HigherTerm) effect).term())
                .toList();
    }

    private List<HandoverMessage> arrived() {
        return effects.stream()
                .filter(SyncEffect.HandoverArrived.class::isInstance)
                .map(effect -> ((SyncEffect.HandoverArrived) effect).message())
                .toList();
    }

    private List<SyncEffect.Unicast> unicasts() {
        return effects.stream()
                .filter(SyncEffect.Unicast.class::isInstance)
                .map(SyncEffect.Unicast.class::cast)
                .toList();
    }

    private <T extends SyncMessage> List<T> sent(Class<T> kind) {
        return unicasts().stream()
                .map(SyncEffect.Unicast::message)
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }
}
