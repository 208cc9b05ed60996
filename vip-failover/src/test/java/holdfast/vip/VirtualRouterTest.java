package holdfast.vip;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.vip.HandoverMessage.Kind;
import holdfast.vip.VirtualRouter.Announce;
import holdfast.vip.VirtualRouter.BecomeActive;
import holdfast.vip.VirtualRouter.BecomeStandby;
import holdfast.vip.VirtualRouter.Effect;
import holdfast.vip.VirtualRouter.Event;
import holdfast.vip.VirtualRouter.Failover;
import holdfast.vip.VirtualRouter.Heard;
import holdfast.vip.VirtualRouter.LinkUp;
import holdfast.vip.VirtualRouter.Message;
import holdfast.vip.VirtualRouter.Paused;
import holdfast.vip.VirtualRouter.Resume;
import holdfast.vip.VirtualRouter.Send;
import holdfast.vip.VirtualRouter.SendAdvert;
import holdfast.vip.VirtualRouter.Shutdown;
import holdfast.vip.VirtualRouter.Tables;
import holdfast.vip.VirtualRouter.Tick;
import holdfast.vrrp.Vrrp;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class VirtualRouterTest {
    private static final long MS = 1_000_000;
    private static final long INTERVAL = 100 * MS;
    private static final int OURS = 0x0a000001;
    private static final int PEER = 0x0a000002;

    private final VirtualRouter router = new VirtualRouter(
            new Vrrp(200, INTERVAL, OURS, true),
            new Handover(Handover.Deadlines.of(INTERVAL)),
            new GarpSchedule(List.of(), 0));
    private VirtualRouter.State state = VirtualRouter.State.INITIAL;

    @Test
    void theAdvertPrecedesTheClaimAndTheClaimTheAnnouncement() {
        take(0, new LinkUp());
        var effects = take(INTERVAL * 4, new Tick());
        assertThat(effects).hasExactlyElementsOfTypes(SendAdvert.class, BecomeActive.class, Announce.class);
    }

    @Test
    void unequalTablesLeaveALowerActiveAloneUntilItIsSilent() {
        take(0, new LinkUp());
        for (long at = 0; at < 2000 * MS; at += INTERVAL) {
            assertThat(take(at, lowerAdvert())).isEmpty();
            assertThat(take(at, new Tick())).isEmpty();
        }
        assertThat(take(2300 * MS, new Tick())).hasAtLeastOneElementOfType(BecomeActive.class);
    }

    @Test
    void equalTablesPreemptALowerActive() {
        take(0, new LinkUp());
        take(0, new Tables(new TableState(1, 1, true)));
        assertThat(take(300 * MS, lowerAdvert())).isEmpty();
        assertThat(take(322 * MS, new Tick())).hasAtLeastOneElementOfType(BecomeActive.class);
    }

    @Test
    void aFencedDirectorDoesNotResumeWhatItHeld() {
        active();
        take(0, new Failover(new Preflight("b", PEER, 1, 1, true, true, true, 0), "test"));
        take(MS, new Message("b", new HandoverMessage(Kind.ARMED, 1, 0, "")));
        var effects = take(INTERVAL * 9, new Paused(INTERVAL * 9));
        assertThat(effects).contains(new BecomeStandby(Vrrp.Reason.PAUSED));
        assertThat(effects).doesNotHaveAnyElementsOfTypes(Resume.class, SendAdvert.class, Announce.class);
    }

    @Test
    void whoIsDeafOrWasJustPausedRefusesToTakeOver() {
        take(0, new LinkUp());
        take(0, new Tables(new TableState(1, 1, true)));
        var prepare = new Message("a", new HandoverMessage(Kind.PREPARE, 1, 1, ""));
        assertThat(take(0, prepare)).containsExactly(refused("this director does not hear the adverts of the active"));
        take(0, lowerAdvert());
        take(0, new Paused(INTERVAL));
        assertThat(take(INTERVAL, prepare)).containsExactly(refused("this director was paused a moment ago"));
        assertThat(take(INTERVAL * 10, lowerAdvert())).isEmpty();
        assertThat(take(INTERVAL * 10, prepare))
                .containsExactly(new Send("a", new HandoverMessage(Kind.ARMED, 1, 0, "")));
    }

    @Test
    void anOlderTermIsRefused() {
        take(0, new LinkUp());
        take(0, new Tables(new TableState(3L << 48 | 9, 3L << 48 | 9, true)));
        take(0, lowerAdvert());
        var effects = take(MS, new Message("a", new HandoverMessage(Kind.PREPARE, 2, 1, "")));
        assertThat(effects)
                .containsExactly(new Send(
                        "a", new HandoverMessage(Kind.REFUSED, 2, 0, "term 2 is older than 3, which is known here")));
    }

    @Test
    void aShutdownWhileRelayingEndsTheRelay() {
        active();
        take(0, new Failover(new Preflight("b", PEER, 1, 1, true, true, true, 0), "test"));
        take(MS, new Message("b", new HandoverMessage(Kind.ARMED, 1, 0, "")));
        take(2 * MS, new VirtualRouter.Held(1));
        take(3 * MS, lowerAdvert());
        assertThat(take(4 * MS, new Shutdown())).containsExactly(new BecomeStandby(Vrrp.Reason.HANDED_OVER));
    }

    private void active() {
        var promotion = new Vrrp.Promotion(Vrrp.Cause.NOBODY_SPOKE, 0, -INTERVAL);
        state = new VirtualRouter.State(
                new Vrrp.Active(INTERVAL, promotion),
                new Handover.Idle(),
                GarpSchedule.Plan.NONE,
                TableState.UNKNOWN,
                Long.MIN_VALUE);
    }

    private static Event lowerAdvert() {
        return new Heard(new Vrrp.Advert(100, INTERVAL, PEER));
    }

    private static Effect refused(String why) {
        return new Send("a", new HandoverMessage(Kind.REFUSED, 1, 0, why));
    }

    private List<Effect> take(long now, Event event) {
        var step = router.step(state, event, now);
        state = step.next();
        return new ArrayList<>(step.effects());
    }
}
