package holdfast.vip;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.vip.FailoverRecord.Outcome;
import holdfast.vip.Handover.Armed;
import holdfast.vip.Handover.Begin;
import holdfast.vip.Handover.Catching;
import holdfast.vip.Handover.Doubt;
import holdfast.vip.Handover.Effect;
import holdfast.vip.Handover.Event;
import holdfast.vip.Handover.Finished;
import holdfast.vip.Handover.Give;
import holdfast.vip.Handover.Held;
import holdfast.vip.Handover.Hold;
import holdfast.vip.Handover.Holding;
import holdfast.vip.Handover.Idle;
import holdfast.vip.Handover.Message;
import holdfast.vip.Handover.Paused;
import holdfast.vip.Handover.PeerAdvert;
import holdfast.vip.Handover.PeerProcessDied;
import holdfast.vip.Handover.Preparing;
import holdfast.vip.Handover.Relay;
import holdfast.vip.Handover.Relaying;
import holdfast.vip.Handover.Resume;
import holdfast.vip.Handover.Send;
import holdfast.vip.Handover.StandBy;
import holdfast.vip.Handover.State;
import holdfast.vip.Handover.Step;
import holdfast.vip.Handover.Tables;
import holdfast.vip.Handover.Take;
import holdfast.vip.Handover.TakeBack;
import holdfast.vip.Handover.Tick;
import holdfast.vip.Handover.Transferring;
import holdfast.vip.HandoverMessage.Kind;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HandoverTest {
    private static final long MS = 1_000_000;
    private static final int TERM = 4;
    private static final int PEER = 0x0a000002;
    private static final TableState BEHIND = new TableState(80, 80, true);
    private static final TableState PROVED = new TableState(90, 90, true);
    private static final Preflight READY = new Preflight("b", PEER, TERM, 80, true, true, true, MS);

    private final Handover handover = new Handover(Handover.Deadlines.of(100 * MS));
    private final Run giver = new Run();
    private final Run taker = new Run();

    @Test
    void theGiverGoesThroughItsStepsAndTimesThem() {
        giver.at(0).take(new Begin(READY, true, "patching")).expect(Preparing.class, send("b", Kind.PREPARE, 80));
        giver.at(2 * MS).take(message("b", Kind.ARMED)).expect(Holding.class, new Hold());
        giver.at(3 * MS).take(new Held(90)).expect(Transferring.class, new Give(), send("b", Kind.TRANSFER, 90));
        giver.at(7 * MS).take(message("b", Kind.TAKEN));
        assertThat(giver.state).isInstanceOf(Relaying.class);
        assertThat(giver.effects).startsWith(new Relay("b"));
        assertThat(giver.record().outcome()).isEqualTo(Outcome.DONE);
        assertThat(giver.record().steps())
                .containsExactly(
                        new FailoverRecord.Step("preflight", 0),
                        new FailoverRecord.Step("prepare sent", 0),
                        new FailoverRecord.Step("peer armed", 2 * MS),
                        new FailoverRecord.Step("held", 3 * MS),
                        new FailoverRecord.Step("transfer sent", 3 * MS),
                        new FailoverRecord.Step("taken", 7 * MS));
        giver.at(2007 * MS).take(new Tick()).expect(Idle.class, new StandBy());
    }

    @Test
    void anyObjectionRefusesAndNamesEachReason() {
        var bad = new Preflight("b", PEER, TERM, 80, true, false, false, -1);
        giver.take(new Begin(bad, true, "patching"));
        assertThat(giver.state).isInstanceOf(Idle.class);
        assertThat(giver.record().outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(giver.record().reason())
                .contains("not proved equal")
                .contains("another configuration")
                .contains("lag of peer b is unknown");
    }

    @Test
    void onlyAnActiveGivesAndOnlyOnceAtATime() {
        giver.take(new Begin(READY, false, "patching"));
        assertThat(giver.record().reason()).contains("not active");
        giver.take(new Begin(READY, true, "patching")).take(new Begin(READY, true, "again"));
        assertThat(giver.record().reason()).contains("another handover");
        assertThat(giver.state).isInstanceOf(Preparing.class);
    }

    @Test
    void silenceBeforeTheHoldCostsNothing() {
        giver.at(0).take(new Begin(READY, true, "")).at(1000 * MS).take(new Tick());
        assertThat(giver.state).isInstanceOf(Idle.class);
        assertThat(giver.effects).contains(abort("the peer did not answer PREPARE"));
        assertThat(giver.effects).doesNotContain(new Resume());
    }

    @Test
    void aWorkerThatDoesNotReportResumesForwarding() {
        holding().at(51 * MS).take(new Tick());
        assertThat(giver.state).isInstanceOf(Idle.class);
        assertThat(giver.effects).startsWith(new Resume());
        assertThat(giver.record().outcome()).isEqualTo(Outcome.ABORTED);
    }

    @Test
    void withoutASignOfThePeerTheGiverTakesBackAndDoubts() {
        transferring().at(102 * MS).take(new Tick());
        assertThat(giver.state).isInstanceOf(Doubt.class);
        assertThat(giver.effects).startsWith(new TakeBack(), new Resume());
        assertThat(giver.record().outcome()).isEqualTo(Outcome.ABORTED);
        giver.at(110 * MS).take(new PeerAdvert(PEER));
        assertThat(giver.state).isInstanceOf(Relaying.class);
        assertThat(giver.effects).startsWith(new Give(), new Relay("b"));
        assertThat(giver.record().outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void anAdvertOfThePeerCountsAsTakenAndOneOfAnotherDoesNot() {
        transferring().take(new PeerAdvert(PEER + 1));
        assertThat(giver.state).isInstanceOf(Transferring.class);
        giver.take(new PeerAdvert(PEER));
        assertThat(giver.state).isInstanceOf(Relaying.class);
    }

    @Test
    void aDeadOrRefusingPeerIsTakenBackFromWithoutDoubt() {
        for (Event event : List.of(new PeerProcessDied(PEER), message("b", Kind.REFUSED))) {
            transferring().take(event);
            assertThat(giver.state).isInstanceOf(Idle.class);
            assertThat(giver.effects).startsWith(new TakeBack(), new Resume());
        }
    }

    @Test
    void aPausedGiverNeverTakesBack() {
        transferring().take(new Paused());
        assertThat(giver.state).isInstanceOf(Idle.class);
        assertThat(giver.effects).startsWith(new StandBy()).doesNotContain(new TakeBack(), new Resume());
    }

    @Test
    void messagesOfAnotherTermOrMemberAreIgnored() {
        holding();
        var old = new HandoverMessage(Kind.REFUSED, TERM - 1, 0, "");
        giver.take(new Message("b", old, Optional.empty(), BEHIND)).take(message("c", Kind.REFUSED));
        assertThat(giver.state).isInstanceOf(Holding.class);
    }

    @Test
    void theTakerTakesOnceItIsProvedEqualAtTheFinalVersion() {
        armed().take(message("a", Kind.TRANSFER, 90, BEHIND));
        assertThat(taker.state).isInstanceOf(Catching.class);
        taker.take(new Tables(new TableState(90, 89, true)));
        taker.take(new Tables(new TableState(90, 90, false)));
        assertThat(taker.state).isInstanceOf(Catching.class);
        taker.take(new Tables(PROVED));
        assertThat(taker.state).isInstanceOf(Idle.class);
        assertThat(taker.effects).startsWith(new Take(), send("a", Kind.TAKEN, 0));
        assertThat(taker.record().outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void aTakerThatIsAlreadyEqualTakesAtOnce() {
        armed().take(message("a", Kind.TRANSFER, 90, PROVED));
        assertThat(taker.effects).startsWith(new Take(), send("a", Kind.TAKEN, 0));
    }

    @Test
    void aTakerThatDoesNotCatchUpRefusesInHalfTheGiversTime() {
        armed().at(10 * MS)
                .take(message("a", Kind.TRANSFER, 90, BEHIND))
                .at(60 * MS)
                .take(new Tick());
        assertThat(taker.state).isInstanceOf(Idle.class);
        assertThat(taker.effects).startsWith(refused("the taker was not proved equal in time"));
    }

    @Test
    void aTakerThatCannotRefuses() {
        taker.take(new Message(
                "a", new HandoverMessage(Kind.PREPARE, TERM, 80, ""), Optional.of("too cold"), TableState.UNKNOWN));
        assertThat(taker.state).isInstanceOf(Idle.class);
        assertThat(taker.effects).containsExactly(refused("too cold"));
    }

    @Test
    void aTransferAfterAbortDeadlineOrPauseIsRefused() {
        for (Event end : List.of(message("a", Kind.ABORT), new Tick(), new Paused())) {
            armed().at(1500 * MS).take(end);
            assertThat(taker.state).as("%s", end).isInstanceOf(Idle.class);
            taker.take(message("a", Kind.TRANSFER, 90, PROVED));
            assertThat(taker.effects).as("%s", end).containsExactly(refused("not armed for this handover"));
        }
    }

    private Run holding() {
        giver.state = new Idle();
        return giver.at(0).take(new Begin(READY, true, "")).at(MS).take(message("b", Kind.ARMED));
    }

    private Run transferring() {
        return holding().at(2 * MS).take(new Held(90));
    }

    private Run armed() {
        taker.state = new Idle();
        taker.at(0).take(message("a", Kind.PREPARE)).expect(Armed.class, send("a", Kind.ARMED, 0));
        return taker;
    }

    private static Event message(String from, Kind kind) {
        return message(from, kind, 0, BEHIND);
    }

    private static Event message(String from, Kind kind, long version, TableState tables) {
        return new Message(from, new HandoverMessage(kind, TERM, version, ""), Optional.empty(), tables);
    }

    private static Effect send(String to, Kind kind, long version) {
        return new Send(to, new HandoverMessage(kind, TERM, version, ""));
    }

    private static Effect refused(String why) {
        return new Send("a", new HandoverMessage(Kind.REFUSED, TERM, 0, why));
    }

    private static Effect abort(String why) {
        return new Send("b", new HandoverMessage(Kind.ABORT, TERM, 0, why));
    }

    /// One side, event by event.
    private final class Run {
        State state = new Idle();
        List<Effect> effects = List.of();
        private long now;

        Run at(long time) {
            now = time;
            return this;
        }

        Run take(Event event) {
            Step step = handover.step(state, event, now);
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
