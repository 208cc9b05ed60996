package holdfast.boot;

import holdfast.conf.Configuration;
import holdfast.forward.Lease;
import holdfast.forward.Ports;
import holdfast.forward.Worker;
import holdfast.linux.PacketSender;
import holdfast.linux.SyscallException;
import holdfast.vip.HandoverMessage;
import holdfast.vip.VrrpNode;
import holdfast.vrrp.Vrrp;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Does what the election decides: tells the worker and the sync side, on the thread `vrrp-<vrid>`.
final class Election implements VrrpNode.Listener {
    private static final Logger log = LoggerFactory.getLogger(Election.class);

    private static final long SERVES_MS_MAX = 50;

    private final List<Configuration.Vip> vips;
    private final Ports ports;
    private final Map<String, PacketSender> announcers;
    private final Worker worker;
    private final Lease lease;
    private final IntSupplier nextTerm;
    private final Replication replication;

    /// @param announcers  a sender for each interface, for GARPs
    /// @param nextTerm    takes the term of a promotion
    Election(
            List<Configuration.Vip> vips,
            Ports ports,
            Map<String, PacketSender> announcers,
            Worker worker,
            Lease lease,
            IntSupplier nextTerm,
            Replication replication) {
        this.vips = vips;
        this.ports = ports;
        this.announcers = announcers;
        this.worker = worker;
        this.lease = lease;
        this.nextTerm = nextTerm;
        this.replication = replication;
    }

    @Override
    public void servesUntil(long boottime) {
        lease.renew(boottime);
    }

    @Override
    public void becomeActive(Vrrp.Promotion promotion) {
        int term = nextTerm.getAsInt();
        var serves = worker.activate(term);
        replication.active(term);
        await(serves);
        log.info("role changed to=active term={} cause={}", term, promotion.cause());
    }

    /// The announcements that follow must find the worker serving; it takes a turn of its loop, unless it gets no CPU.
    private static void await(CompletableFuture<Boolean> serves) {
        try {
            serves.get(SERVES_MS_MAX, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            log.warn("datapath slow to serve waited-ms={}", SERVES_MS_MAX);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void becomeStandby(Vrrp.Reason reason) {
        worker.standBy();
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
        var macs = replication.peer(peer).map(found -> found.links().macs()).orElse(Map.of());
        worker.relay(ports.ports().stream().mapToLong(port -> macOf(port, macs)).toArray());
        replication.standby();
        log.info("role changed to=relay peer={}", peer);
    }

    /// The MAC with which the peer answers on a port's link, of any VIP there; 0 where it has none.
    private long macOf(Ports.Port port, Map<String, Long> macsByVip) {
        return vips.stream()
                .filter(vip -> vip.interfaceName().equals(port.name()))
                .mapToLong(vip -> macsByVip.getOrDefault(vip.address().toString(), 0L))
                .filter(mac -> mac != 0)
                .findFirst()
                .orElse(0);
    }

    @Override
    public void sendHandover(String to, HandoverMessage message) {
        replication.send(message);
    }

    @Override
    public void sendFrame(String interfaceName, byte[] frame) {
        try {
            var announcer = announcers.get(interfaceName);
            if (announcer != null) {
                announcer.sendFrame(frame);
            }
        } catch (SyscallException e) {
            log.warn("announcement not sent interface={} cause=\"{}\"", interfaceName, e.getMessage());
        }
    }

    @Override
    public void failed(Throwable bug) {
        Runtime.getRuntime().halt(1); // without adverts the standby takes over; nothing of us must answer any more
    }
}
