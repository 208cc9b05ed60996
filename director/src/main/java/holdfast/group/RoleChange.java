package holdfast.group;

import holdfast.conf.Configuration;
import holdfast.forward.Lease;
import holdfast.forward.Links;
import holdfast.vip.HandoverMessage;
import holdfast.vip.OwnWord;
import holdfast.vip.node.VrrpNode;
import holdfast.vrrp.Vrrp;
import holdfast.worker.DatapathOrders;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntUnaryOperator;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Performs the decisions of the election on the worker and the sync side, on the thread `vrrp-<vrid>`.
public final class RoleChange implements VrrpNode.Listener {
    private static final Logger log = LoggerFactory.getLogger(RoleChange.class);

    private static final long SERVES_NS_MAX = TimeUnit.MILLISECONDS.toNanos(50);
    /// A datapath that has not answered after this time is too late, or will find so.
    private static final long ANSWERS_NS_MAX = TimeUnit.MILLISECONDS.toNanos(20);

    private final Supplier<Configuration.VipGroup> group;
    private final Supplier<Links> links;
    private final Announcer announcer;
    private final DatapathOrders worker;
    private final Lease lease;
    private final IntUnaryOperator takeAbove;
    private final Replication replication;
    private final Voice voice;
    private final Supplier<List<String>> unfit;
    private final LongSupplier boottime;

    /// Sends a frame on an interface.
    public interface Announcer {
        /// @return why it was not sent; empty if it was
        Optional<String> send(String interfaceName, byte[] frame);
    }

    /// A promotion that the datapath was ordered to perform.
    ///
    /// @param isBounded  whether another director serves if this one is too late
    /// @param serves     the datapath's answer
    /// @param decidedAt  on the boot-time clock
    /// @param patience   ns for which the election waits for the answer
    public record Promotion(
            int term,
            Vrrp.Cause cause,
            boolean isBounded,
            CompletableFuture<Boolean> serves,
            long patience,
            long decidedAt) {}

    /// @param group      as it is now
    /// @param links      the present links
    /// @param takeAbove  takes the term of a promotion, above a given one
    /// @param unfit      reasons against a takeover that the election cannot know, as sentences
    /// @param boottime   the boot-time clock
    public RoleChange(
            Supplier<Configuration.VipGroup> group,
            Supplier<Links> links,
            Announcer announcer,
            DatapathOrders worker,
            Lease lease,
            IntUnaryOperator takeAbove,
            Replication replication,
            Voice voice,
            Supplier<List<String>> unfit,
            LongSupplier boottime) {
        this.group = group;
        this.links = links;
        this.announcer = announcer;
        this.worker = worker;
        this.lease = lease;
        this.takeAbove = takeAbove;
        this.replication = replication;
        this.voice = voice;
        this.unfit = unfit;
        this.boottime = boottime;
    }

    @Override
    public void servesUntil(long boottime) {
        lease.renew(boottime);
    }

    @Override
    public boolean becomeActive(Vrrp.Promotion promotion, long notAfter) {
        var ordered = promote(promotion, notAfter);
        return isPromoted(ordered, answer(ordered));
    }

    /// Orders the datapath to serve under the next term. Does not wait.
    ///
    /// The worker must serve before the announcements that follow. This takes a turn of its loop, unless it gets no
    /// processor; adverts must not wait for long.
    public Promotion promote(Vrrp.Promotion promotion, long notAfter) {
        int term = takeAbove.applyAsInt(0);
        boolean isBounded = notAfter != Long.MAX_VALUE;
        long patience = isBounded
                ? notAfter + ANSWERS_NS_MAX - boottime.getAsLong()
                : Math.min(SERVES_NS_MAX, group.get().advertIntervalMs() * 1_000_000L);
        return new Promotion(
                term, promotion.cause(), isBounded, worker.activate(term, notAfter), patience, promotion.at());
    }

    private static Optional<Boolean> answer(Promotion ordered) {
        try {
            return Optional.of(ordered.serves().get(ordered.patience(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException | ExecutionException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /// Acts on the datapath's answer. Without an answer, if no other director will serve, the datapath serves
    /// later.
    ///
    /// @param answer  empty if it came too late
    /// @return whether the datapath serves
    public boolean isPromoted(Promotion ordered, Optional<Boolean> answer) {
        if (ordered.isBounded() && !answer.orElse(false)) {
            log.warn("handover too late term={} cause=\"the datapath got no processor\"", ordered.term());
            return false;
        }
        if (answer.isEmpty()) {
            log.warn("datapath slow to serve waited-ms={}", ordered.patience() / 1_000_000);
        }
        replication.active(ordered.term());
        log.info(
                "role changed to=active term={} cause={} serves-after-ms={}",
                ordered.term(),
                ordered.cause(),
                (boottime.getAsLong() - ordered.decidedAt()) / 1_000_000);
        return true;
    }

    @Override
    public void renewTerm(int above) {
        int term = takeAbove.applyAsInt(above);
        var _ = worker.renew(term).thenAccept(isRenewed -> {
            if (isRenewed) {
                replication.renew(term);
                log.info("term renewed term={} cause=\"another director knows term {}\"", term, above);
            }
        });
    }

    @Override
    public void becomeStandby(Vrrp.Reason reason) {
        worker.standBy(reason == Vrrp.Reason.OUTRANKED);
        replication.standby();
        log.info("role changed to=standby cause={}", reason);
    }

    @Override
    public void hold() {
        worker.hold();
    }

    @Override
    public void resume() {
        worker.resume();
    }

    @Override
    public void relay(String peer) {
        var macs =
                replication.peer(peer).map(found -> found.whereabouts().macs()).orElse(Map.of());
        worker.relay(links.get().links().stream()
                .mapToLong(link -> macOf(link, macs))
                .toArray());
        replication.standby();
        log.info("role changed to=relay peer={}", peer);
    }

    /// The MAC with which the peer answers on a link's link, for any VIP there; 0 without one.
    private long macOf(Links.Link link, Map<String, Long> macsByVip) {
        return group.get().vips().stream()
                .filter(vip -> vip.interfaceName().equals(link.name()))
                .mapToLong(vip -> macsByVip.getOrDefault(vip.address().toString(), 0L))
                .filter(mac -> mac != 0)
                .findFirst()
                .orElse(0);
    }

    @Override
    public void sendHandover(String to, HandoverMessage message) {
        replication.send(to, message);
    }

    @Override
    public void word(OwnWord word) {
        voice.word(word);
    }

    @Override
    public List<String> unfit() {
        return unfit.get();
    }

    @Override
    public void sendFrame(String interfaceName, byte[] frame) {
        announcer
                .send(interfaceName, frame)
                .ifPresent(why -> log.warn("announcement not sent interface={} cause=\"{}\"", interfaceName, why));
    }

    @Override
    public void failed(Throwable bug) {
        Runtime.getRuntime().halt(1); // without adverts the standby takes over; this process must not answer any more
    }
}
