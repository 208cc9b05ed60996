package holdfast.sync;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// What a core does in its role, what it says of itself, and when it is due.
class SyncCoreTest extends CoreUnderTest {
    @Test
    void aNewDirectorAsksForATableAtOnce() {
        hear(PEER, hello().active(3));
        turn();
        assertThat(sent(SyncMessage.CopyRequest.class)).hasSize(1);
    }

    @Test
    void oneThatWasActiveAsksForNothingBeforeItsTableWasCompared() {
        core.active(2, now);
        core.standby();
        hear(PEER, hello().active(3));
        turn();
        assertThat(sent(SyncMessage.CopyRequest.class)).isEmpty();
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
        assertThat(core.idleFor(now)).isEqualTo(HelloTimer.MIN_INTERVAL);
        later(5);
        assertThat(lastHello().word()).isEqualTo(SAYS);
        effects.clear();
        core.word(SAYS);
        later(5);
        assertThat(hellos()).as("nothing changed").isEmpty();
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
    void whoIsPromotedDoesNotGoOnAsAnEqualStandby() {
        hear(PEER, hello().active(3));
        turn();
        assertThat(effects).contains(new SyncEffect.StateChanged("a", SyncState.JOINING));
        core.active(4, now);
        take();
        assertThat(effects.getLast()).isEqualTo(new SyncEffect.StateChanged("a", SyncState.UNKNOWN));
    }

    @Test
    void atRestNothingIsDueBeforeTheNextHello() {
        core.active(1, now);
        hear(PEER, hello());
        turn();
        later(6);
        assertThat(core.idleFor(now)).isEqualTo(HelloTimer.INTERVAL - 6 * MS);
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
}
