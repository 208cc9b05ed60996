package holdfast.sync.node;

import holdfast.sync.ServiceLink;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries sealed hellos over the service links, as plain UDP multicast, with one socket for each link.
///
/// Links may come and go: a link that cannot be opened now, or whose interface was recreated, is tried again at each
/// change and every second. The thread `service-links` receives and opens; the sync thread only sends, and never waits.
public final class ServiceLinks implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ServiceLinks.class);

    private static final long CHECK_MS = 1000;
    private static final int DATAGRAM_MAX = 65_535;
    private static final int PER_WAKE_UP_MAX = 64;
    /// A stranger on a service link must not keep the sync thread busy: directors send some dozen datagrams a
    /// second there.
    private static final int PER_SECOND_MAX = 400;
    /// Pause during a flood; the kernel drops what its small buffer does not hold.
    private static final long FLOOD_PAUSE = TimeUnit.MILLISECONDS.toNanos(10);

    private static final int RECEIVE_BUFFER = 128 * 1024;

    private final InetSocketAddress group;
    private final Receiver receiver;
    private final Selector selector;
    private final Thread thread = new Thread(this::run, "service-links");
    private final AtomicLong notSent = new AtomicLong();
    private final AtomicLong notTaken = new AtomicLong();
    private final Map<String, String> failures = new HashMap<>();
    private volatile List<ServiceLink> wanted = List.of();
    private volatile boolean changed;
    private volatile List<Open> open = List.of();
    private volatile boolean closed;
    private long second;
    private int taken;

    /// Called on the thread `service-links`; only enqueues.
    interface Receiver {
        void datagram(byte[] bytes, String link, InetSocketAddress from);
    }

    private record Open(ServiceLink link, int interfaceIndex, DatagramChannel channel) {}

    ServiceLinks(InetAddress multicastAddress, int port, Receiver receiver) {
        group = new InetSocketAddress(multicastAddress, port);
        this.receiver = receiver;
        try {
            selector = Selector.open();
        } catch (IOException e) {
            throw new IllegalStateException("cannot wait for datagrams; are there file descriptors left?", e);
        }
        thread.setDaemon(true);
        thread.start();
    }

    /// Sets the links. Any thread.
    void use(List<ServiceLink> links) {
        wanted = List.copyOf(links);
        changed = true;
        selector.wakeup();
    }

    /// Sends over each open link, each time with bytes of its own.
    void send(Supplier<byte[]> bytes) {
        for (Open each : open) {
            try {
                if (each.channel.send(ByteBuffer.wrap(bytes.get()), group) == 0) {
                    notSent.incrementAndGet();
                }
            } catch (IOException e) {
                notSent.incrementAndGet();
                log.debug("service link send failed name={} cause=\"{}\"", each.link.name(), e.toString());
            }
        }
    }

    /// Datagrams that could not be sent.
    long notSent() {
        return notSent.get();
    }

    /// Datagrams that came faster than any number of directors sends them.
    long notTaken() {
        return notTaken.get();
    }

    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        var buffer = ByteBuffer.allocateDirect(DATAGRAM_MAX);
        long checkedAt = System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(CHECK_MS);
        while (!closed) {
            long now = System.nanoTime();
            if (changed || now - checkedAt >= TimeUnit.MILLISECONDS.toNanos(CHECK_MS)) {
                changed = false;
                checkedAt = now;
                reconcile(wanted);
            }
            try {
                selector.select(key -> receive(key, buffer), wanted.isEmpty() ? 0 : CHECK_MS);
            } catch (IOException e) {
                log.warn("service links wait failed cause=\"{}\"", e.toString());
            }
            if (taken > PER_SECOND_MAX) {
                LockSupport.parkNanos(FLOOD_PAUSE);
            }
        }
        open.forEach(ServiceLinks::shut);
        shut(selector);
    }

    /// Opens links that are wanted and not open, and closes links that are no longer wanted as they are.
    private void reconcile(List<ServiceLink> links) {
        var kept = new ArrayList<Open>();
        for (Open each : open) {
            if (links.contains(each.link) && isUnchanged(each)) {
                kept.add(each);
            } else {
                log.info("service link closed name={} cause=changed", each.link.name());
                shut(each);
            }
        }
        failures.keySet()
                .removeIf(name -> links.stream().noneMatch(link -> link.name().equals(name)));
        for (ServiceLink link : links) {
            if (kept.stream().noneMatch(each -> each.link.equals(link))) {
                Open opened = open(link);
                if (opened != null) {
                    kept.add(opened);
                }
            }
        }
        open = List.copyOf(kept);
    }

    private @Nullable Open open(ServiceLink link) {
        DatagramChannel channel = null;
        try {
            NetworkInterface on = NetworkInterface.getByName(link.name());
            if (on == null || !on.isUp()) {
                throw new IOException(on == null ? "there is no such interface" : "it is down");
            }
            channel = DatagramChannel.open(StandardProtocolFamily.INET);
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER);
            channel.setOption(StandardSocketOptions.IP_MULTICAST_IF, on);
            channel.setOption(StandardSocketOptions.IP_MULTICAST_TTL, 1);
            channel.setOption(StandardSocketOptions.IP_MULTICAST_LOOP, false);
            channel.bind(group);
            channel.join(group.getAddress(), on);
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, link.name());
            failures.remove(link.name());
            log.info("service link opened name={} group={}", link.name(), group);
            return new Open(link, on.getIndex(), channel);
        } catch (IOException | RuntimeException e) {
            if (!String.valueOf(e.getMessage()).equals(failures.put(link.name(), String.valueOf(e.getMessage())))) {
                log.warn(
                        "service link not open name={} cause=\"{}\" action=try-again; peers are heard on the other links",
                        link.name(),
                        e.toString());
            }
            if (channel != null) {
                shut(channel);
            }
            return null;
        }
    }

    private void receive(SelectionKey key, ByteBuffer buffer) {
        var channel = (DatagramChannel) key.channel();
        try {
            for (int i = 0; i < PER_WAKE_UP_MAX; i++) {
                buffer.clear();
                if (!(channel.receive(buffer) instanceof InetSocketAddress from)) {
                    return;
                }
                if (mayTake()) {
                    byte[] bytes = new byte[buffer.flip().remaining()];
                    buffer.get(bytes);
                    receiver.datagram(bytes, (String) key.attachment(), from);
                }
            }
        } catch (IOException e) {
            log.debug("service link receive failed name={} cause=\"{}\"", key.attachment(), e.toString());
        }
    }

    private boolean mayTake() {
        long now = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime());
        if (now != second) {
            second = now;
            taken = 0;
        }
        boolean mayTake = taken++ < PER_SECOND_MAX;
        if (!mayTake) {
            notTaken.incrementAndGet();
        }
        return mayTake;
    }

    /// Whether the interface is up and the same as when it was opened. An interface that cannot be read, as without
    /// a free file descriptor, counts as unchanged: its socket still works.
    private static boolean isUnchanged(Open each) {
        try {
            NetworkInterface found = NetworkInterface.getByName(each.link.name());
            return found != null && found.isUp() && found.getIndex() == each.interfaceIndex;
        } catch (IOException e) {
            log.debug("interface not read name={} cause=\"{}\"", each.link.name(), e.toString());
            return true;
        }
    }

    private static void shut(Open each) {
        shut(each.channel);
    }

    private static void shut(AutoCloseable each) {
        try {
            each.close();
        } catch (Exception e) {
            log.warn("service link did not close cause=\"{}\"", e.toString());
        }
    }
}
