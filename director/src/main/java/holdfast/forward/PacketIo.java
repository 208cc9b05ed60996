package holdfast.forward;

import holdfast.linux.Clock;
import holdfast.linux.EventFd;
import holdfast.linux.PacketRing;
import holdfast.linux.PacketSender;
import holdfast.linux.Poller;
import holdfast.linux.SyscallException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The rings and senders of all ports, for one worker.
///
/// A frame stays where it is, in the receive ring's memory, until [#flush] has sent what was taken from it; only
/// then is the ring released. Before anything leaves, the lease is looked at: a director that was paused while the
/// batch was being made sends none of it.
final class PacketIo implements Egress, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PacketIo.class);
    private static final int RING_FRAMES = 2048;
    private static final int IGNORED = -1; // poll() passes over a negative descriptor
    static final int BATCH_MAX = 64;

    private static final long REVIVE_INTERVAL_NS = 100_000_000;

    private final @Nullable PacketRing[] rings;
    private final PacketSender[] senders;
    private final Ports ports;
    private final Poller poller;
    private final Counters counters;
    private final Lease lease;
    private long reviveAt;

    PacketIo(Ports ports, EventFd wakeUp, Counters counters, Lease lease) {
        this.ports = ports;
        this.counters = counters;
        this.lease = lease;
        rings = new PacketRing[ports.count()];
        senders = new PacketSender[ports.count()];
        int[] fds = new int[ports.count() + 1];
        try {
            for (int port = 0; port < ports.count(); port++) {
                var ring = openRing(port);
                rings[port] = ring;
                senders[port] = PacketSender.open(ports.at(port).ifindex());
                fds[port] = ring.fd();
            }
            fds[ports.count()] = wakeUp.fd();
            poller = new Poller(fds);
        } catch (RuntimeException e) {
            closeAll();
            throw e;
        }
    }

    private PacketRing openRing(int port) {
        return PacketRing.open(ports.at(port).ifindex(), RING_FRAMES, BATCH_MAX);
    }

    int portCount() {
        return rings.length;
    }

    /// The receive ring of a port, or null while its interface is down.
    @Nullable
    PacketRing ring(int port) {
        return rings[port];
    }

    @Override
    public void send(int port, long address, int length) {
        if (!senders[port].add(address, length)) {
            flush(port);
            senders[port].add(address, length);
        }
    }

    /// Sends what all ports have collected.
    void flush() {
        for (int port = 0; port < senders.length; port++) {
            flush(port);
        }
    }

    private void flush(int port) {
        var sender = senders[port];
        int wanted = sender.pending();
        if (wanted == 0) {
            return;
        }
        if (lease.isLost(Clock.boottime())) {
            counters.add(Counter.DROPPED_AFTER_PAUSE, wanted);
            sender.clear();
            return;
        }
        int sent = sender.flush();
        if (sent < wanted) {
            counters.add(Counter.DROPPED_SEND, wanted - sent);
        }
    }

    void discardQueued() {
        for (var ring : rings) {
            if (ring != null) {
                counters.add(Counter.DROPPED_AFTER_PAUSE, ring.discardAll());
            }
        }
    }

    /// Sleeps until a packet or a wake-up comes, or for the given time; mends what a link that went down has broken.
    void await(long nanos) {
        poller.poll(nanos);
        for (int port = 0; port < rings.length; port++) {
            var ring = rings[port];
            if (ring != null && poller.failed(port) && ring.dead()) {
                log.warn("interface down name={} action=wait", ports.at(port).name());
                ring.close();
                rings[port] = null;
                poller.replace(port, IGNORED);
            }
        }
        revive();
    }

    /// A ring does not survive its interface going down: another one is opened as soon as that can be done.
    private void revive() {
        long now = Clock.monotonic();
        if (now - reviveAt < 0) {
            return;
        }
        reviveAt = now + REVIVE_INTERVAL_NS;
        for (int port = 0; port < rings.length; port++) {
            if (rings[port] == null) {
                try {
                    var ring = openRing(port);
                    rings[port] = ring;
                    poller.replace(port, ring.fd());
                    log.info("interface up name={}", ports.at(port).name());
                } catch (SyscallException e) {
                    log.debug(
                            "interface still down name={} cause={}",
                            ports.at(port).name(),
                            e.getMessage());
                }
            }
        }
    }

    boolean wasWokenUp() {
        return poller.readable(rings.length);
    }

    @Override
    public void close() {
        poller.close();
        closeAll();
    }

    private void closeAll() {
        for (var ring : rings) {
            if (ring != null) {
                ring.close();
            }
        }
        for (var sender : senders) {
            if (sender != null) {
                sender.close();
            }
        }
    }
}
