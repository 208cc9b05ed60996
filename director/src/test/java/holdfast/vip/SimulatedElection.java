package holdfast.vip;

import holdfast.conf.Configuration.Trust;
import holdfast.conf.Ipv4;
import holdfast.sim.SimulatedProcess;
import holdfast.sim.Strand;
import holdfast.sim.Timeline;
import holdfast.vip.VirtualRouter.Effect;
import holdfast.vip.VirtualRouter.Event;
import holdfast.vrrp.Vrrp;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The thread of a [VrrpNode] in virtual time: the same turns around the same [VirtualRouter]. Between any two steps of
/// a turn it may get no processor.
public final class SimulatedElection implements ElectionEvents {
    /// As [VrrpNode.Listener], except for the call that waits.
    public interface Listener {
        void servesUntil(long clock);

        /// @param answer  to be called once, then the thread goes on
        void becomeActive(Vrrp.Promotion promotion, long notAfter, Consumer<Boolean> answer);

        void renewTerm(int above);

        void becomeStandby(Vrrp.Reason reason);

        void hold();

        void resume();

        void relay(String peer);

        void sendHandover(String to, HandoverMessage message);

        void word(OwnWord word);

        List<String> unfit();

        void sendAdvert(int priority);

        void announce();

        void finished(FailoverRecord record);
    }

    private final String name;
    private final Timeline timeline;
    private final long clockOffset;
    private final VirtualRouter router;
    private final Listener listener;
    private final Strand strand;
    private final Queue<Vrrp.Advert> socket = new ArrayDeque<>();
    private final Deque<Asked> queue = new ArrayDeque<>();
    private final NewestWords newestWords = new NewestWords();
    private VirtualRouter.State state = VirtualRouter.State.INITIAL;
    private TableState latestTables = TableState.UNKNOWN;
    private TableState deliveredTables = TableState.UNKNOWN;
    private OwnWord said = OwnWord.NONE;
    private @Nullable Consumer<FailoverRecord> asking;
    private @Nullable Consumer<FailoverRecord> pending;
    private final Map<Integer, Long> advertAt = new HashMap<>();
    private long wordAt;
    private long ranAt;
    private long lookedAt;
    private long wakeAt;

    private record Asked(Event event, @Nullable Consumer<FailoverRecord> answer) {}

    public SimulatedElection(
            String name,
            SimulatedProcess process,
            Timeline timeline,
            long clockOffset,
            int address,
            int priority,
            boolean preempt,
            long interval,
            Listener listener) {
        this.name = name;
        this.timeline = timeline;
        this.clockOffset = clockOffset;
        this.listener = listener;
        router = new VirtualRouter(
                new Vrrp(priority, interval, address, preempt),
                new Handover(Handover.Deadlines.of(interval)),
                new GarpSchedule(List.of(50 * Timeline.MS, 1000 * Timeline.MS), 0),
                Trust.SEALED,
                -clockOffset / 1_000_000);
        strand = process.strand(this::turn);
        ranAt = clock();
        wakeAt = ranAt;
        wordAt = timeline.now();
        strand.signal();
    }

    public Strand strand() {
        return strand;
    }

    public boolean isActive() {
        return state.isActive();
    }

    public Standing standing() {
        return state.standing();
    }

    public boolean isHandingOver() {
        return !Handover.isIdle(state.handover());
    }

    /// When any word came last.
    public long wordAt() {
        return wordAt;
    }

    /// When the last advert of that address came, read or not.
    public long advertAt(int sender) {
        return advertAt.getOrDefault(sender, Long.MIN_VALUE / 2);
    }

    public String describe() {
        return state.vrrp() + " " + state.handover().getClass().getSimpleName() + " " + latestTables;
    }

    public void advert(int priority, long interval, int sender) {
        socket.add(new Vrrp.Advert(priority, interval, sender));
        advertAt.put(sender, timeline.now());
        strand.signal();
    }

    /// What has arrived and was not read is gone.
    public void loseAdverts() {
        socket.clear();
    }

    @Override
    public void peerWord(PeerWord word) {
        wordAt = timeline.now();
        newestWords.came(word);
        post(new VirtualRouter.Spoke(word));
    }

    @Override
    public void peerProcessDied(int address) {
        post(new VirtualRouter.PeerProcessDied(address));
    }

    @Override
    public void higherTerm(int term) {
        post(new VirtualRouter.HigherTerm(term));
    }

    @Override
    public void held(long version) {
        post(new VirtualRouter.Held(version));
    }

    @Override
    public void heldFull() {
        post(new VirtualRouter.HeldFull());
    }

    @Override
    public void links(GroupLinks now) {
        post(new VirtualRouter.Links(now.faults()));
    }

    @Override
    public void stolen(int address, long mac) {
        post(new VirtualRouter.Stolen(address, mac));
    }

    public void shutDown() {
        post(new VirtualRouter.Shutdown());
    }

    @Override
    public void handover(String from, HandoverMessage message) {
        post(new VirtualRouter.Message(from, message));
    }

    public void failover(Preflight preflight, Consumer<FailoverRecord> answer) {
        queue.add(new Asked(new VirtualRouter.Failover(preflight, "test"), answer));
        strand.signal();
    }

    @Override
    public void tables(TableState tables) {
        var before = latestTables;
        latestTables = tables;
        if (before.equal() != tables.equal() || Handover.awaitsTables(state.handover())) {
            strand.signal();
        }
    }

    public TableState tables() {
        return latestTables;
    }

    /// As far as anything asks for it.
    public VrrpStatus status() {
        var vrrp = router.vrrp();
        long peerInterval = state.vrrp() instanceof Vrrp.Standby standby ? standby.peerInterval() : vrrp.interval();
        return new VrrpStatus(
                role(),
                state.faults(),
                List.of(),
                Map.of(),
                vrrp.downInterval(peerInterval),
                activeAddress(),
                Optional.empty(),
                0,
                0,
                OptionalLong.empty(),
                Optional.empty(),
                0,
                Map.of(),
                VrrpStatus.Counts.NONE);
    }

    private VrrpStatus.Role role() {
        return switch (state.vrrp()) {
            case Vrrp.Initialize _ -> VrrpStatus.Role.FAULT;
            case Vrrp.Standby _ -> VrrpStatus.Role.STANDBY;
            case Vrrp.Active _ -> VrrpStatus.Role.ACTIVE;
        };
    }

    private Optional<Ipv4> activeAddress() {
        int address = switch (state.vrrp()) {
            case Vrrp.Initialize _ -> 0;
            case Vrrp.Standby standby -> standby.following();
            case Vrrp.Active _ -> router.vrrp().address();
        };
        return address == 0 ? Optional.empty() : Optional.of(new Ipv4(address));
    }

    private long clock() {
        return timeline.now() + clockOffset;
    }

    private void post(Event event) {
        queue.add(new Asked(event, null));
        strand.signal();
    }

    private void turn() {
        strand.nextStall();
        strand.next(this::hear);
        strand.next(this::takeNext);
        strand.next(this::takeTables);
        strand.next(this::takeUnfit);
        strand.next(this::hear);
        strand.next(() -> step(new VirtualRouter.Tick(), lookedAt));
        strand.next(this::speak);
        strand.next(this::sleep);
    }

    private long now() {
        long now = clock();
        long gap = now - ranAt;
        long late = now - wakeAt;
        ranAt = now;
        wakeAt = now;
        if (late >= router.vrrp().interval()) {
            step(new VirtualRouter.Paused(gap), now);
        }
        return now;
    }

    private void hear() {
        lookedAt = now();
        var advert = socket.poll();
        if (advert != null) {
            take(new VirtualRouter.Heard(advert));
            strand.next(this::hear);
        }
    }

    private void takeNext() {
        var asked = queue.poll();
        if (asked == null) {
            return;
        }
        if (newestWords.haveReplaced(asked.event())) {
            strand.next(this::takeNext);
            return;
        }
        asking = asked.answer();
        take(asked.event());
        strand.next(() -> {
            if (asking != null) {
                pending = asking;
                asking = null;
            }
        });
        strand.next(this::takeNext);
    }

    private void takeTables() {
        var tables = latestTables;
        if (!tables.equals(deliveredTables)) {
            deliveredTables = tables;
            take(new VirtualRouter.Tables(tables));
        }
    }

    private void takeUnfit() {
        var unfit = listener.unfit();
        if (!unfit.equals(state.unfit())) {
            take(new VirtualRouter.Unfit(unfit));
        }
    }

    private void speak() {
        var word = router.word(state, ranAt);
        if (!word.equals(said)) {
            said = word;
            listener.word(word);
        }
    }

    private void sleep() {
        wakeAt = Math.min(router.nextAt(state), ranAt + router.vrrp().interval());
        boolean tablesWait = !latestTables.equals(deliveredTables) && Handover.awaitsTables(state.handover());
        strand.sleepUntil(tablesWait ? timeline.now() : wakeAt - clockOffset);
    }

    private void take(Event event) {
        long now = now();
        strand.next(() -> step(event, now));
    }

    private void step(Event event, long at) {
        var before = state;
        var step = router.step(before, event, at);
        state = step.next();
        note(before, event, step);
        strand.nextStall();
        strand.next(() -> performAll(before, event, at, step));
    }

    private void note(VirtualRouter.State before, Event event, VirtualRouter.Step step) {
        boolean isRoutine = step.effects().stream().allMatch(VirtualRouter.SendAdvert.class::isInstance)
                && before.vrrp().getClass() == step.next().vrrp().getClass()
                && before.handover().getClass() == step.next().handover().getClass();
        if (!isRoutine) {
            timeline.note(() -> "%s %s: %s -> %s %s"
                    .formatted(
                            name,
                            event,
                            step.effects(),
                            step.next().vrrp(),
                            step.next().handover().getClass().getSimpleName()));
        }
    }

    private void performAll(VirtualRouter.State before, Event event, long at, VirtualRouter.Step step) {
        var effects = step.effects();
        long now = clock();
        long gap = router.gap(before, event, at, now);
        boolean isLate = router.vrrp().mayBeReplacedAfter(gap) && !effects.isEmpty();
        var unheard = !isLate && now - step.notAfter() > 0 ? socket.poll() : null;
        if (unheard != null) {
            giveUp(before, event, gap, unheard, now);
            return;
        }
        for (var effect : effects) {
            if (!isLate || !VirtualRouter.speaksForTheAddresses(effect)) {
                strand.next(() -> perform(effect));
            }
        }
        if (isLate) {
            strand.next(() -> {
                ranAt = now;
                wakeAt = now;
                step(new VirtualRouter.Paused(gap), now);
            });
        }
    }

    private void giveUp(VirtualRouter.State before, Event event, long lateBy, Vrrp.Advert unheard, long now) {
        timeline.note(() -> "%s gives up: late by %.3f ms".formatted(name, lateBy / 1e6));
        state = before.afterGivingUp();
        strand.next(() -> step(new VirtualRouter.Heard(unheard), now));
        if (!(event instanceof VirtualRouter.Tick)) {
            strand.next(() -> step(event, now));
        }
    }

    private void perform(Effect effect) {
        switch (effect) {
            case VirtualRouter.SendAdvert(int priority) -> sendAdvert(priority);
            case VirtualRouter.BecomeActive(var promotion, long notAfter) -> becomeActive(promotion, notAfter);
            case VirtualRouter.BecomeStandby(var reason) -> listener.becomeStandby(reason);
            case VirtualRouter.RenewTerm(int above) -> listener.renewTerm(above);
            case VirtualRouter.Announce() -> {
                if (state.isActive()) {
                    listener.announce();
                }
            }
            case VirtualRouter.Hold() -> listener.hold();
            case VirtualRouter.Resume() -> listener.resume();
            case VirtualRouter.Relay(var peer) -> listener.relay(peer);
            case VirtualRouter.Send(var to, var message) -> listener.sendHandover(to, message);
            case VirtualRouter.Finished(var record) -> finished(record);
            case VirtualRouter.Doubted _ -> {}
        }
    }

    private void becomeActive(Vrrp.Promotion promotion, long notAfter) {
        if (notAfter != Long.MAX_VALUE) {
            listener.servesUntil(notAfter);
        }
        strand.block();
        listener.becomeActive(promotion, notAfter, serves -> {
            strand.next(() -> {
                ranAt = clock();
                wakeAt = ranAt;
                step(new VirtualRouter.Served(serves), ranAt);
            });
            strand.unblock();
        });
    }

    private void sendAdvert(int priority) {
        long sentAt = clock();
        listener.sendAdvert(priority);
        if (priority != 0) {
            long silence = sentAt + router.vrrp().earliestTakeoverInterval();
            listener.servesUntil(Math.min(silence, Handover.servesAtMost(state.handover())));
        }
    }

    private void finished(FailoverRecord record) {
        listener.finished(record);
        if (record.side() == FailoverRecord.Side.GIVER) {
            var answer = asking != null ? asking : pending;
            if (asking != null) {
                asking = null;
            } else {
                pending = null;
            }
            if (answer != null) {
                answer.accept(record);
            }
        }
    }
}
