package holdfast.worker;

import holdfast.forward.Egress;
import holdfast.forward.Lease;
import holdfast.forward.Links;
import holdfast.linux.Clock;
import holdfast.linux.Errno;
import holdfast.linux.EventFd;
import holdfast.linux.PacketRing;
import holdfast.linux.Poller;
import holdfast.linux.SyscallException;
import holdfast.table.Counter;
import holdfast.table.Counters;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The rings and senders of all links, for one worker.
///
/// A frame stays in place, in the receive ring's memory, until [#flush] has sent it; only then is the ring released.
/// Before it sends anything, it checks the lease: a director that was paused while the batch was being made sends none
/// of it.
///
/// No errno ends it: a link whose interface is missing has no sockets, and gets them as soon as possible.
public final class PacketIo implements Egress, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PacketIo.class);
    private static final int CLOSED = -1; // poll() skips a negative descriptor

    static final long TEND_INTERVAL_NS = 100_000_000;
    /// A turn takes some microseconds and a sleep 10 ms at most. After a longer gap this process did not run.
    private static final long GAP_MAX_NS = 50_000_000;

    private final LinkSockets[] sockets;
    private final Poller poller;
    private final Counters counters;
    private final Lease lease;
    private final Minutely refusals = new Minutely();
    private final Minutely unsent = new Minutely();
    private Links links;
    private long tendAt;
    private long turnAt = Clock.monotonic(); // start of the latest turn
    private boolean isHeld;
    private long unsentBefore;

    /// @throws SyscallException if the sockets of a link cannot be opened
    PacketIo(Links links, EventFd wakeUp, Counters counters, Lease lease) {
        this.links = links;
        this.counters = counters;
        this.lease = lease;
        sockets = Stream.generate(LinkSockets::new).limit(links.count()).toArray(LinkSockets[]::new);
        poller = new Poller(IntStream.range(0, links.count() + 1)
                .map(link -> link < links.count() ? CLOSED : wakeUp.fd())
                .toArray());
        try {
            for (int link = 0; link < links.count(); link++) {
                open(link);
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private void open(int link) {
        sockets[link].open(links.at(link).ifindex());
        var ring = sockets[link].ring();
        poller.replace(link, ring == null ? CLOSED : ring.fd());
    }

    private void close(int link) {
        sockets[link].count(counters, ringDrops());
        sockets[link].close();
        poller.replace(link, CLOSED);
    }

    int linkCount() {
        return sockets.length;
    }

    /// The receive ring of a link, or null while its interface is missing.
    @Nullable
    PacketRing ring(int link) {
        return sockets[link].ring();
    }

    @Override
    public void send(int link, long address, int length) {
        var sender = sockets[link].sender();
        if (sender == null) {
            counters.count(Counter.DROPPED_SEND);
        } else if (!sender.add(address, length)) {
            flush(link);
            sender.add(address, length);
        }
    }

    /// Sends the frames collected for all links.
    void flush() {
        for (int link = 0; link < sockets.length; link++) {
            flush(link);
        }
    }

    private void flush(int link) {
        var sender = sockets[link].sender();
        int wanted = sender == null ? 0 : sender.pending();
        if (sender == null || wanted == 0) {
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
        for (var socket : sockets) {
            var ring = socket.ring();
            if (ring != null) {
                counters.add(Counter.DROPPED_AFTER_PAUSE, ring.discardAll());
            }
        }
    }

    /// Whether waiting frames will soon find no room in some ring.
    boolean isNearlyFull() {
        for (var socket : sockets) {
            var ring = socket.ring();
            if (ring != null && ring.isNearlyFull()) {
                return true;
            }
        }
        return false;
    }

    /// Adopts the present links. Call it only between batches, since it closes rings.
    void follow(Links now) {
        links = now;
        for (int link = 0; link < sockets.length; link++) {
            boolean isGone = !links.at(link).isEnabled()
                    || sockets[link].ifindex() != links.at(link).ifindex();
            if (sockets[link].ifindex() != 0 && isGone) {
                close(link);
            }
        }
        openMissing(Clock.monotonic());
    }

    /// Sleeps until a packet or a wake-up arrives, or for the given time.
    void await(long nanos) {
        poller.poll(nanos);
        closeDead();
    }

    boolean wasWokenUp() {
        return poller.readable(sockets.length);
    }

    /// Notes whether packets are held, which changes the counted cause of a full ring.
    void hold(boolean held) {
        if (held != isHeld) {
            count();
            isHeld = held;
        }
    }

    /// The cause of the drops of full rings since they were last counted. It asks the clock: this process may have
    /// stood still since its turn began, in a request as well as between two instructions.
    private Counter ringDrops() {
        if (Clock.monotonic() - turnAt > GAP_MAX_NS) {
            return Counter.RING_DROPS_PAUSED;
        }
        return isHeld ? Counter.RING_DROPS_HELD : Counter.RING_DROPS;
    }

    /// Repairs what a link that went down has broken, also while packets of other links leave no time to sleep, and
    /// reads the kernel's counters. Call it at each turn, between batches; mostly it only compares the time.
    void tend(long now) {
        boolean isDue = now - tendAt >= 0;
        if (isDue || now - turnAt > GAP_MAX_NS) {
            count();
        }
        turnAt = now;
        if (isDue) {
            tendAt = now + TEND_INTERVAL_NS;
            poller.poll(0);
            closeDead();
            openMissing(now);
            tellUnsent(now);
        }
    }

    /// A ring does not survive its interface going down, though its number stays.
    private void closeDead() {
        for (int link = 0; link < sockets.length; link++) {
            var ring = sockets[link].ring();
            if (ring != null && poller.failed(link) && ring.dead()) {
                close(link);
            }
        }
    }

    private void openMissing(long now) {
        for (int link = 0; link < sockets.length; link++) {
            if (sockets[link].ifindex() == 0 && links.at(link).isEnabled()) {
                tryOpen(link, now);
            }
        }
    }

    private void tryOpen(int link, long now) {
        try {
            open(link);
        } catch (SyscallException e) {
            counters.count(Counter.SOCKETS_REFUSED);
            if (refusals.isDue(now)) {
                log.warn(
                        "packet sockets not opened interface={} action=retry cause=\"{}\"",
                        links.at(link).name(),
                        e.getMessage());
            }
        }
    }

    private void count() {
        var cause = ringDrops();
        for (var socket : sockets) {
            socket.count(counters, cause);
        }
    }

    private void tellUnsent(long now) {
        long unsentNow = counters.value(Counter.DROPPED_SEND);
        if (unsentNow != unsentBefore && unsent.isDue(now)) {
            log.warn("frames not sent total={} latest=\"{}\"", unsentNow, latestErrors());
        }
        unsentBefore = unsentNow;
    }

    /// Why the latest frame of each link was refused.
    private String latestErrors() {
        var errors = new StringBuilder();
        for (int link = 0; link < sockets.length; link++) {
            var sender = sockets[link].sender();
            int errno = sender == null ? Errno.ENODEV.number() : sender.lastErrno();
            if (errno != 0) {
                errors.append(errors.isEmpty() ? "" : ", ")
                        .append(links.at(link).name())
                        .append(' ')
                        .append(Errno.text(errno));
            }
        }
        return errors.toString();
    }

    @Override
    public void close() {
        poller.close();
        for (var socket : sockets) {
            socket.close();
        }
    }
}
