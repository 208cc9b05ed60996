package holdfast.forward;

import holdfast.linux.Clock;
import holdfast.linux.EventFd;
import holdfast.linux.PacketRing;
import holdfast.linux.PacketSender;
import holdfast.linux.Poller;

/// The rings and senders of all ports, for one worker.
///
/// A frame stays where it is, in the receive ring's memory, until [#flush] has sent what was taken from it; only then is the ring
/// released. Before anything leaves, the lease is looked at: a director that was paused while the batch was being made sends
/// none of it.
final class PacketIo implements Egress, AutoCloseable {
    private static final int RING_FRAMES = 2048;
    static final int BATCH_MAX = 64;

    private final PacketRing[] rings;
    private final PacketSender[] senders;
    private final Poller poller;
    private final Counters counters;
    private final Lease lease;

    PacketIo(Ports ports, EventFd wakeUp, Counters counters, Lease lease) {
        this.counters = counters;
        this.lease = lease;
        rings = new PacketRing[ports.count()];
        senders = new PacketSender[ports.count()];
        int[] fds = new int[ports.count() + 1];
        try {
            for (int port = 0; port < ports.count(); port++) {
                rings[port] = PacketRing.open(ports.at(port).ifindex(), RING_FRAMES, BATCH_MAX);
                senders[port] = PacketSender.open(ports.at(port).ifindex());
                fds[port] = rings[port].fd();
            }
            fds[ports.count()] = wakeUp.fd();
            poller = new Poller(fds);
        } catch (RuntimeException e) {
            closeAll();
            throw e;
        }
    }

    int portCount() {
        return rings.length;
    }

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
        if (sender.pending() == 0) {
            return;
        }
        int wanted = sender.pending();
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
            counters.add(Counter.DROPPED_AFTER_PAUSE, ring.discardAll());
        }
    }

    /// Sleeps until a packet or a wake-up comes, or for the given time.
    void await(long nanos) {
        poller.poll(nanos);
    }

    boolean wasWokenUp() {
        return poller.readable(rings.length);
    }

    PacketRing.Stats received(int port) {
        return rings[port].stats();
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
