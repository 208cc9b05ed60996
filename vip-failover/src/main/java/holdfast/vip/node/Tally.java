package holdfast.vip.node;

import holdfast.conf.Ipv4;
import holdfast.linux.Clock;
import holdfast.vip.Doubt;
import holdfast.vip.FailoverRecord;
import holdfast.vip.VirtualRouter;
import holdfast.vip.VrrpStatus;
import holdfast.vip.VrrpStatus.Role;
import holdfast.vip.VrrpStatus.Transition;
import holdfast.vrrp.AdvertCodec.Accepted;
import holdfast.vrrp.AdvertCodec.Refusal;
import holdfast.vrrp.Vrrp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// The counters, the recent events and the log of a virtual router. The router's thread writes it, any thread reads it.
public final class Tally {
    private static final Logger log = LoggerFactory.getLogger(Tally.class);
    private static final long SEND_ERROR_LOG_INTERVAL = 60_000_000_000L;

    private final int vrid;
    private final OtherAddresses otherAddresses;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong received = new AtomicLong();
    private final Map<Refusal, Long> refused = new ConcurrentHashMap<>();
    private final Map<Doubt, Long> doubted = new ConcurrentHashMap<>();
    private final AdvertStrangers strangers;
    private final AtomicLong sendErrors = new AtomicLong();
    private final AtomicLong transitions = new AtomicLong();
    private final AtomicLong fenced = new AtomicLong();
    private final AtomicLong contested = new AtomicLong();
    private final AtomicLong eventsLost = new AtomicLong();
    private volatile @Nullable Transition lastTransition;
    private volatile OptionalLong heardAt = OptionalLong.empty();
    private volatile int heardFrom;
    private volatile long turnedAt = Clock.boottime();

    // Owned by the thread.
    private long sendErrorLoggedAt;
    private long contestedPromotionAt;

    Tally(int vrid, List<Integer> addresses) {
        this.vrid = vrid;
        strangers = new AdvertStrangers(vrid);
        otherAddresses = new OtherAddresses(vrid, addresses);
    }

    void addresses(List<Integer> now) {
        otherAddresses.become(now);
    }

    void sent() {
        sent.incrementAndGet();
    }

    /// Counts a failure to send.
    ///
    /// @return whether to log it: once a minute
    boolean sendFailed() {
        long now = System.nanoTime();
        boolean first = sendErrors.getAndIncrement() == 0;
        if (!first && now - sendErrorLoggedAt < SEND_ERROR_LOG_INTERVAL) {
            return false;
        }
        sendErrorLoggedAt = now;
        return true;
    }

    void refused(Refusal reason) {
        refused.merge(reason, 1L, Long::sum);
    }

    void doubted(int sender, Doubt why, long now) {
        doubted.merge(why, 1L, Long::sum);
        strangers.doubted(sender, why, now);
    }

    void vouched(int sender, long now) {
        strangers.vouched(sender, now);
    }

    void stolen(int address, long mac, long now) {
        strangers.stolen(address, mac, now);
    }

    /// The election has turned: it notes the time, and warns of what is due.
    void turned(long now) {
        turnedAt = now;
        strangers.warn(now);
    }

    void eventLost() {
        if (eventsLost.getAndIncrement() == 0) {
            log.warn("vrrp event lost vrid={} cause=\"the queue is full or the node is closed\"", vrid);
        }
    }

    /// An attempt that ended before any packet was held is repeated, and who asked for it reports the last one.
    void finished(FailoverRecord record) {
        var level = switch (record.outcome()) {
            case DONE -> Level.INFO;
            case REFUSED, UNDER_WAY -> Level.DEBUG;
            case ABORTED -> record.endedInPreparation() ? Level.DEBUG : Level.WARN;
        };
        log.atLevel(level)
                .log(
                        "failover ended vrid={} side={} peer={} outcome={} reason=\"{}\" took-ms={} steps=\"{}\"",
                        vrid,
                        record.side(),
                        record.peer(),
                        record.outcome(),
                        record.reason(),
                        ms(record.steps().getLast().after()),
                        record.steps().stream()
                                .map(step -> step.name() + " " + ms(step.after()))
                                .collect(Collectors.joining(", ")));
    }

    void received(Accepted accepted, VirtualRouter.State state, long now, Vrrp vrrp) {
        received.incrementAndGet();
        int sender = accepted.advert().sender();
        heardFrom = sender;
        heardAt = OptionalLong.of(now);
        otherAddresses.heard(sender, accepted.addresses(), now);
        if (accepted.advert().priority() != 0 && contests(state, sender, now, vrrp)) {
            contested.incrementAndGet();
        }
    }

    /// Whether the active that we replaced, because it seemed dead, still speaks. Counted once for a promotion.
    private boolean contests(VirtualRouter.State state, int sender, long now, Vrrp vrrp) {
        if (!(state.vrrp() instanceof Vrrp.Active(var _, Vrrp.Promotion(var cause, int from, long at)))
                || contestedPromotionAt == at) {
            return false;
        }
        boolean seemedDead = cause == Vrrp.Cause.PEER_SILENT || cause == Vrrp.Cause.PEER_PROCESS_DIED;
        boolean contests = seemedDead && from == sender && now - at < vrrp.downInterval(vrrp.interval());
        if (contests) {
            contestedPromotionAt = at;
        }
        return contests;
    }

    void transition(VirtualRouter.State was, VirtualRouter.Step step, VirtualRouter.Event event) {
        var before = was.vrrp();
        var after = step.next().vrrp();
        if (step.effects().contains(new VirtualRouter.BecomeStandby(Vrrp.Reason.PAUSED))) {
            fenced.incrementAndGet();
            log.warn(
                    "director paused vrid={} action=stand-by-and-ask remedy=\"more CPU, or a longer advert-interval-ms\"",
                    vrid);
        }
        if (before.getClass() != after.getClass()) {
            var cause = cause(step, event);
            boolean isBack = cause.equals(Vrrp.Wait.STARTED.name()) && transitions.get() > 0;
            transition(before, step.next(), isBack ? "LINK_UP" : cause);
        }
    }

    /// A promotion came too late and was not carried out.
    void gaveUp(VirtualRouter.State promoted, VirtualRouter.State before, long lateBy) {
        transition(promoted.vrrp(), before, "LATE_BY_%d_MS".formatted(lateBy / 1_000_000));
    }

    private void transition(Vrrp.State from, VirtualRouter.State to, String cause) {
        transitions.incrementAndGet();
        var transition = new Transition(role(from), role(to.vrrp()), cause, Instant.now());
        lastTransition = transition;
        log.info(
                "vrrp transition vrid={} from={} to={} cause={} peer={} heard-ms-ago={}{}",
                vrid,
                transition.from(),
                transition.to(),
                cause,
                peer(to.vrrp()).map(Ipv4::toString).orElse("none"),
                heardAt.isPresent() ? ms(Clock.boottime() - heardAt.getAsLong()) : "never",
                faults(to));
    }

    /// With one decimal. No formatter: a promotion waits for this line.
    private static String ms(long ns) {
        return String.valueOf(Math.round(ns / 1e5) / 10.0);
    }

    private static String faults(VirtualRouter.State state) {
        return state.faults().isEmpty() ? "" : " faults=\"" + String.join("; ", state.faults()) + "\"";
    }

    VrrpStatus status(VirtualRouter.State state, VirtualRouter router, long now) {
        var vrrp = router.vrrp();
        long peerInterval = state.vrrp() instanceof Vrrp.Standby standby ? standby.peerInterval() : vrrp.interval();
        var counts = new HashMap<String, Long>();
        refused.forEach((reason, count) -> counts.put(reason.name(), count));
        var doubts = new HashMap<String, Long>();
        doubted.forEach((reason, count) -> doubts.put(reason.name(), count));
        var alarms = new ArrayList<>(strangers.alarms(now));
        otherAddresses.alarm().ifPresent(alarms::add);
        return new VrrpStatus(
                role(state.vrrp()),
                state.faults(),
                alarms,
                doubts,
                vrrp.downInterval(peerInterval),
                state.isActive() ? Optional.of(new Ipv4(vrrp.address())) : peer(state.vrrp()),
                Optional.ofNullable(lastTransition),
                sent.get(),
                received.get(),
                heardAt,
                heardFrom == 0 ? Optional.empty() : Optional.of(new Ipv4(heardFrom)),
                turnedAt,
                counts,
                new VrrpStatus.Counts(
                        transitions.get(), contested.get(), fenced.get(), eventsLost.get(), sendErrors.get()));
    }

    private static String cause(VirtualRouter.Step step, VirtualRouter.Event event) {
        if (step.next().vrrp() instanceof Vrrp.Active active) {
            return active.promotion().cause().name();
        }
        for (var effect : step.effects()) {
            if (effect instanceof VirtualRouter.BecomeStandby(var reason)) {
                return reason.name();
            }
        }
        if (step.next().vrrp() instanceof Vrrp.Standby standby) {
            return standby.waitsFor().name();
        }
        return event instanceof VirtualRouter.Links ? "LINK_DOWN" : "SHUTDOWN";
    }

    private static Optional<Ipv4> peer(Vrrp.State state) {
        int address = switch (state) {
            case Vrrp.Initialize _ -> 0;
            case Vrrp.Standby standby -> standby.following();
            case Vrrp.Active active -> active.promotion().from();
        };
        return address == 0 ? Optional.empty() : Optional.of(new Ipv4(address));
    }

    private static Role role(Vrrp.State state) {
        return switch (state) {
            case Vrrp.Initialize _ -> Role.FAULT;
            case Vrrp.Standby _ -> Role.STANDBY;
            case Vrrp.Active _ -> Role.ACTIVE;
        };
    }
}
