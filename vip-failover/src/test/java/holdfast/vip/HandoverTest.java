package holdfast.vip;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.vip.FailoverRecord.Outcome;
import holdfast.vip.Handover.*;
import holdfast.vip.HandoverMessage.Kind;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HandoverTest {
    private static final long MS = 1_000_000;
    private static final int TERM = 4;
    private static final long ID = 77;
    private static final int PEER = 0x0a000002;
    private static final long F = 90;
    private static final TableState BEHIND = new TableState(80, 80, true);
    private static final TableState PROVED = new TableState(F, F, true);
    private static final Preflight READY = new Preflight("b", PEER, TERM);
    /// The taker's clock is far from the giver's.
    private static final long TAKERS = 1_000_000_000 * MS;

    private final Deadlines deadlines = Deadlines.of(100 * MS);
    private final Handover handover = new Handover(deadlines);
    private final Run giver = new Run(0);
    private final Run taker = new Run(TAKERS);

    @Test
    void theGiverGoesThroughItsStepsAndTimesThem() {
        giver.at(0).take(begin()).expect(Preparing.class, say("b", Kind.PREPARE, 0, 0));
        giver.at(2 * MS).take(message("b", Kind.ARMED, 5)).expect(Holding.class, new Hold());
        giver.at(3 * MS).take(new Held(F)).expect(Transferring.class, say("b", Kind.TRANSFER, F, 5));
        giver.at(7 * MS).take(message("b", Kind.TAKEN, 0));
        assertThat(giver.state).isInstanceOf(Relaying.class);
        assertThat(giver.effects).startsWith(new Give(PEER), say("b", Kind.GIVEN, 0, 5), new Relay("b"));
        assertThat(giver.record().outcome()).isEqualTo(Outcome.DONE);
        assertThat(giver.record().steps())
                .containsExactly(
                        new FailoverRecord.Step("preflight", 0),
                        new FailoverRecord.Step("prepare sent", 0),
                        new FailoverRecord.Step("peer armed", 2 * MS),
                        new FailoverRecord.Step("held", 3 * MS),
                        new FailoverRecord.Step("transfer sent", 3 * MS),
                        new FailoverRecord.Step("taken", 7 * MS));
        giver.at(8 * MS).take(message("b", Kind.TAKEN, 0)).expect(Relaying.class, say("b", Kind.GIVEN, 0, 5));
        giver.at(2007 * MS).take(new Tick()).expect(Idle.class, new StandBy());
    }

    @Test
    void theStreamOfAHigherTermProvesNothing() {
        long mine = 3L << 48 | 79;
        assertThat(new TableState(mine + 1, mine, true).hasProved(mine)).isTrue();
        long others = 4L << 48 | 90;
        assertThat(new TableState(others, others, true).hasProved(mine))
                .as("equal to the tables of another director")
                .isFalse();
    }

    @Test
    void onlyAnActiveGivesAndOnlyOnceAtATime() {
        giver.take(new Begin(ID, READY, false, "patching"));
        assertThat(giver.record().reason()).contains("not active");
        giver.take(begin()).take(new Begin(ID + 1, READY, true, "again"));
        assertThat(giver.record().reason()).contains("another handover");
        assertThat(giver.state).isInstanceOf(Preparing.class);
    }

    @Test
    void theGiverAsksAgainAndGivesUpBeforeItHoldsAnything() {
        giver.at(0).take(begin());
        giver.at(20 * MS).take(new Tick()).expect(Preparing.class, say("b", Kind.PREPARE, 0, 0));
        giver.at(2000 * MS).take(new Tick());
        assertThat(giver.state).isInstanceOf(Idle.class);
        assertThat(giver.effects)
                .contains(abort("the peer did not answer PREPARE"))
                .doesNotContain(new Resume());
    }

    @Test
    void aWorkerThatDoesNotReportResumesForwarding() {
        holding().at(501 * MS).take(new Tick());
        assertThat(giver.state).isInstanceOf(Idle.class);
        assertThat(giver.effects).startsWith(new Resume());
        assertThat(giver.record().outcome()).isEqualTo(Outcome.ABORTED);
    }

    @Test
    void aSlowPeerThatAsksIsWaitedForAndASilentOneIsTakenBackFrom() {
        transferring();
        long at = 900 * MS;
        giver.at(at).take(message("b", Kind.ALIVE, 905)).expect(Transferring.class, say("b", Kind.HOLDING, F, 905));
        giver.at(at + 999 * MS).take(new Tick()).expect(Transferring.class);
        giver.at(at + 1000 * MS).take(new Tick());
        assertThat(giver.effects).startsWith(new Resume(), abort("no sign of life from the peer"));
        assertThat(giver.record().outcome()).isEqualTo(Outcome.ABORTED);
    }

    @Test
    void anOlderRequestProlongsNothing() {
        transferring().at(900 * MS).take(message("b", Kind.ALIVE, 5));
        giver.at(1001 * MS).take(new Tick());
        assertThat(giver.effects).startsWith(new Resume());
    }

    @Test
    void whatCannotWaitAnyLongerIsAskedBackAndStillNotTakenBackWithoutAnAnswer() {
        for (Event event : List.of(new Full(), new Tick())) {
            transferring();
            giver.at(1990 * MS).take(message("b", Kind.ALIVE, 1995));
            giver.at(2002 * MS).take(event);
            assertThat(giver.state).isInstanceOf(Transferring.class);
            assertThat(giver.effects).singleElement().isInstanceOf(Send.class);
            giver.at(2003 * MS).take(message("b", Kind.ALIVE, 2010)).expect(Transferring.class);
            giver.at(2004 * MS).take(message("b", Kind.REFUSED, 2012));
            assertThat(giver.effects).startsWith(new Resume());
        }
        transferring().at(5 * MS).take(new Full());
        giver.at(6 * MS).take(message("b", Kind.TAKEN, 0));
        assertThat(giver.state).as("it had taken already").isInstanceOf(Relaying.class);
        transferring().at(5 * MS).take(new Full());
        giver.at(1001 * MS).take(new Tick());
        assertThat(giver.effects).as("silent to the end of the promise").startsWith(new Resume());
    }

    @Test
    void theSealedWordOfThePeerCountsAsTakenAndThatOfAnotherDoesNot() {
        transferring().take(new PeerActive("c"));
        assertThat(giver.state).isInstanceOf(Transferring.class);
        giver.take(new PeerActive("b"));
        assertThat(giver.state).isInstanceOf(Relaying.class);
    }

    @Test
    void aDeadOrRefusingPeerIsTakenBackFromAtOnce() {
        for (Event event : List.of(new PeerProcessDied(PEER), message("b", Kind.REFUSED, 1000))) {
            transferring().take(event);
            assertThat(giver.state).isInstanceOf(Idle.class);
            assertThat(giver.effects).startsWith(new Resume());
        }
    }

    /// It refused a first PREPARE, armed on the second one, and its words overtook each other.
    @Test
    void aRefusalOfBeforeThePeerWasReadyCountsForNothing() {
        holding().take(message("b", Kind.REFUSED, 4)).expect(Holding.class);
        transferring().take(message("b", Kind.REFUSED, 4)).expect(Transferring.class);
        transferring().take(message("b", Kind.TAKEN, 0)).take(message("b", Kind.REFUSED, 4));
        giver.expect(Relaying.class);
    }

    @Test
    void aWithdrawnGiverResumesNothing() {
        transferring().take(new Withdrawn("the link is down"));
        assertThat(giver.state).isInstanceOf(Idle.class);
        assertThat(giver.effects).startsWith(abort("the link is down")).doesNotContain(new Resume());
    }

    @Test
    void aGiverWhoseTakerReturnsTheGroupTakesItAgain() {
        transferring().take(message("b", Kind.TAKEN, 0)).take(message("b", Kind.REFUSED, 1000));
        giver.expect(Idle.class, new Returned());
    }

    @Test
    void messagesOfAnotherHandoverOrMemberAreIgnored() {
        holding();
        giver.take(message("b", ID - 1, Kind.REFUSED, 0, BEHIND)).take(message("c", Kind.REFUSED, 0));
        assertThat(giver.state).isInstanceOf(Holding.class);
    }

    @Test
    void theTakerTakesOnceItIsProvedEqualAtTheFinalVersion() {
        armed().take(transfer(0, BEHIND));
        assertThat(taker.state).isInstanceOf(Catching.class);
        taker.take(new Tables(new TableState(F, F - 1, true)));
        taker.take(new Tables(new TableState(F, F, false)));
        assertThat(taker.state).isInstanceOf(Catching.class);
        taker.at(5 * MS).take(new Tables(PROVED)).expect(Taking.class, new Take(TAKERS + 900 * MS));
        taker.at(6 * MS).take(new Served(true)).expect(Confirming.class, say("a", Kind.TAKEN, 0, 0));
        taker.at(7 * MS).take(message("a", Kind.GIVEN, 0));
        assertThat(taker.state).isEqualTo(new Idle(ID, Ending.TOOK));
        assertThat(taker.record().outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void aTakerThatIsAlreadyEqualTakesAtOnce() {
        armed().take(transfer(0, PROVED)).expect(Taking.class, new Take(TAKERS + 900 * MS));
    }

    @Test
    void aTakerTakesOnlyUnderAPromiseThatStillHolds() {
        armed().at(900 * MS).take(transfer(0, PROVED)).expect(Catching.class, alive(900 * MS));
        taker.at(905 * MS).take(new Tables(PROVED)).expect(Catching.class, alive(905 * MS));
        taker.at(910 * MS)
                .take(message("a", ID, Kind.HOLDING, F, TAKERS + 900 * MS, PROVED))
                .expect(Taking.class, new Take(TAKERS + 1800 * MS));
    }

    @Test
    void aTakerAsksOnAndOnWhileItIsArmedAndWhileItCatchesUp() {
        armed().at(20 * MS).take(new Tick()).expect(Armed.class, alive(20 * MS));
        taker.take(transfer(20 * MS, BEHIND)).at(40 * MS).take(new Tick()).expect(Catching.class, alive(40 * MS));
    }

    @Test
    void aTakerWhoseDatapathIsTooSlowReturnsTheGroup() {
        for (var late : List.of(new Served(false), new Served(true))) {
            armed().take(transfer(0, PROVED)).at(901 * MS).take(late);
            assertThat(taker.state).isEqualTo(new Idle(ID, Ending.REFUSED));
            assertThat(taker.effects).startsWith(refused(901 * MS, "the taker's datapath got no processor in time"));
        }
    }

    @Test
    void aTakerRepeatsThatItTookAndReturnsTheGroupWhereAGiverThatLivesDoesNotConfirm() {
        confirming().at(30 * MS).take(new Tick()).expect(Confirming.class, say("a", Kind.TAKEN, 0, 0));
        taker.at(800 * MS).take(new PeerActive("a")).at(900 * MS).take(new Tick());
        assertThat(taker.state).isEqualTo(new Idle(ID, Ending.REFUSED));
        assertThat(taker.effects)
                .startsWith(new Unconfirmed(), refused(900 * MS, "the giver did not confirm the takeover in time"));
    }

    @Test
    void aGiverThatFellSilentHasFencedItselfAndNeedsNoConfirmation() {
        confirming().at(900 * MS).take(new Tick());
        assertThat(taker.state).isEqualTo(new Idle(ID, Ending.TOOK));
        assertThat(taker.record().outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void whoTookServesNoLongerThanThePromiseUntilItIsConfirmed() {
        confirming();
        assertThat(Handover.servesAtMost(taker.state)).isEqualTo(TAKERS + 900 * MS);
        taker.take(message("a", Kind.GIVEN, 0));
        assertThat(Handover.servesAtMost(taker.state)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aTakerThatCannotRefuses() {
        var prepare = new HandoverMessage(Kind.PREPARE, ID, TERM, 0, 0, "");
        taker.take(new Message("a", prepare, Optional.of("too cold"), TableState.UNKNOWN));
        assertThat(taker.state).isInstanceOf(Idle.class);
        assertThat(taker.effects).containsExactly(refused(0, "too cold"));
    }

    @Test
    void aHandoverThatIsOverIsAnsweredAsItEnded() {
        armed().take(message("a", Kind.ABORT, 0));
        taker.take(transfer(0, PROVED)).expect(Idle.class, refused(0, "not armed for this handover"));
        confirming().take(message("a", Kind.GIVEN, 0)).take(message("a", Kind.PREPARE, 0));
        assertThat(taker.effects).as("a late one must not sound like a refusal").isEmpty();
        confirming().take(message("a", Kind.GIVEN, 0)).take(message("a", Kind.ABORT, 0));
        taker.expect(Idle.class, say("a", Kind.TAKEN, 0, 0));
        taker.take(message("a", ID + 1, Kind.TRANSFER, F, PROVED)).expect(Idle.class);
        transferring().at(1001 * MS).take(new Tick()).take(message("b", Kind.TAKEN, 0));
        giver.expect(Idle.class, say("b", Kind.RESUMED, 0, 0));
        transferring().take(new Withdrawn("paused")).take(message("b", Kind.TAKEN, 0));
        giver.expect(Idle.class, say("b", Kind.GIVEN, 0, 0));
    }

    @Test
    void aGiverThatServesAgainTakesTheGroupFromWhoTookTooLate() {
        confirming().take(message("a", Kind.RESUMED, 0));
        assertThat(taker.effects).startsWith(new Unconfirmed());
    }

    @Test
    void aGiverThatSaysItIsNotActiveNeedsNoOtherConfirmation() {
        confirming().take(new PeerReleased("a"));
        assertThat(taker.state).isEqualTo(new Idle(ID, Ending.TOOK));
    }

    private Run holding() {
        giver.state = Idle.NOTHING;
        return giver.at(0).take(begin()).at(MS).take(message("b", Kind.ARMED, 5));
    }

    private Run transferring() {
        return holding().at(2 * MS).take(new Held(F));
    }

    private Run armed() {
        taker.state = Idle.NOTHING;
        taker.at(0).take(message("a", Kind.PREPARE, 0)).expect(Armed.class, say("a", Kind.ARMED, 0, TAKERS));
        return taker;
    }

    private Run confirming() {
        return armed().take(transfer(0, PROVED)).at(MS).take(new Served(true));
    }

    private static Event begin() {
        return new Begin(ID, READY, true, "patching");
    }

    private static Event transfer(long stamp, TableState tables) {
        return message("a", ID, Kind.TRANSFER, F, TAKERS + stamp, tables);
    }

    private static Event message(String from, Kind kind, long stamp) {
        return message(from, ID, kind, 0, stamp, BEHIND);
    }

    private static Event message(String from, long id, Kind kind, long version, TableState tables) {
        return message(from, id, kind, version, 0, tables);
    }

    private static Event message(String from, long id, Kind kind, long version, long stamp, TableState tables) {
        return new Message(from, new HandoverMessage(kind, id, TERM, version, stamp, ""), Optional.empty(), tables);
    }

    private static Effect say(String to, Kind kind, long version, long stamp) {
        return new Send(to, new HandoverMessage(kind, ID, TERM, version, stamp, ""));
    }

    private static Effect alive(long stamp) {
        return say("a", Kind.ALIVE, 0, TAKERS + stamp);
    }

    private static Effect refused(long at, String why) {
        return new Send("a", new HandoverMessage(Kind.REFUSED, ID, TERM, 0, TAKERS + at, why));
    }

    private static Effect abort(String why) {
        return new Send("b", new HandoverMessage(Kind.ABORT, ID, TERM, 0, 0, why));
    }

    /// One side, event by event, on a clock of its own.
    private final class Run {
        State state = Idle.NOTHING;
        List<Effect> effects = List.of();
        private final long clock;
        private long now;

        Run(long clock) {
            this.clock = clock;
        }

        Run at(long time) {
            now = time;
            return this;
        }

        Run take(Event event) {
            Step step = handover.step(state, event, clock + now);
            state = step.next();
            effects = step.effects();
            return this;
        }

        void expect(Class<? extends State> next, Effect... expected) {
            assertThat(state).isInstanceOf(next);
            assertThat(effects).containsExactly(expected);
        }

        FailoverRecord record() {
            return effects.stream()
                    .filter(Finished.class::isInstance)
                    .map(effect -> ((Finished) effect).record())
                    .findFirst()
                    .orElseThrow();
        }
    }
}
