package holdfast.fleet.hazelcast;

import com.hazelcast.internal.networking.Channel;
import com.hazelcast.internal.networking.ChannelInitializer;
import holdfast.fleet.wire.LinkSeal;
import holdfast.sync.ClusterKeys;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts a seal below Hazelcast on each of its connections, and bounds those whose other side has not proved yet that
/// it has the key.
final class SealedLinks implements AutoCloseable {
    /// Connections of others that prove nothing; a stranger holds no more of our memory.
    static final int UNPROVED_MAX = 16;

    private static final Logger log = LoggerFactory.getLogger(SealedLinks.class);
    private static final long PROOF_NS = TimeUnit.SECONDS.toNanos(4);
    private static final long SWEEP_MS = 500;
    private static final long REFUSAL_NS = TimeUnit.MINUTES.toNanos(1);

    private final ClusterKeys keys;
    private final String site;
    private final SecureRandom dice = new SecureRandom();
    private final Map<SealedLink, Channel> unproved = new ConcurrentHashMap<>();
    /// `ADDRESS:PORT` of members that we have connected to, and that did not prove that they have the key.
    private final Set<String> mute = ConcurrentHashMap.newKeySet();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong proved = new AtomicLong();
    /// Hazelcast waits for a member that is connected and never answers; so the sweep does not wait for Hazelcast.
    private final Thread sweeper = Thread.ofVirtual().name("fleet-proofs").unstarted(this::sweepAlways);

    private volatile @Nullable Refusal lastRefusal;

    private record Refusal(String peer, String why, long at) {}

    SealedLinks(ClusterKeys keys, String site) {
        this.keys = keys;
        this.site = site;
        sweeper.start();
    }

    /// Lets a protocol set up a connection above the seal.
    ChannelInitializer below(ChannelInitializer protocol) {
        return channel -> {
            boolean isTooMany = unproved.size() >= UNPROVED_MAX && !channel.isClientMode();
            if (isTooMany) {
                refused.incrementAndGet();
                channel.close(); // an exception here would end Hazelcast's acceptor
            }
            var seal = new LinkSeal(keys, site, channel.isClientMode(), dice);
            var link = new SealedLink(
                    seal,
                    System.nanoTime(),
                    () -> wake(channel),
                    this::prove,
                    (refusing, why) -> refuse(refusing, why, channel));
            if (!isTooMany) {
                unproved.put(link, channel);
            }
            channel.inboundPipeline().addLast(new OpeningHandler(link));
            protocol.initChannel(channel);
            channel.outboundPipeline().addLast(new SealingHandler(link));
        };
    }

    private static void wake(Channel channel) {
        channel.outboundPipeline().wakeup();
    }

    private void prove(SealedLink link) {
        var channel = unproved.remove(link);
        proved.incrementAndGet();
        if (channel != null) {
            called(channel).ifPresent(mute::remove);
            var last = lastRefusal;
            if (last != null && address(channel).equals(Optional.of(last.peer()))) {
                lastRefusal = null;
            }
        }
    }

    /// The member to which we have made a connection; empty for a connection of another one.
    private static Optional<String> called(Channel channel) {
        return channel.isClientMode() && channel.remoteSocketAddress() instanceof InetSocketAddress peer
                ? Optional.of(peer.getAddress().getHostAddress() + ":" + peer.getPort())
                : Optional.empty();
    }

    /// The members that did not prove that they have the key.
    Set<String> mute() {
        return Set.copyOf(mute);
    }

    private void refuse(SealedLink link, String why, Channel channel) {
        if (unproved.remove(link) != null) {
            refused.incrementAndGet();
            called(channel).ifPresent(mute::add);
            address(channel).ifPresent(peer -> lastRefusal = new Refusal(peer, why, System.nanoTime()));
        }
    }

    private static Optional<String> address(Channel channel) {
        return channel.remoteSocketAddress() instanceof InetSocketAddress peer
                ? Optional.of(peer.getAddress().getHostAddress())
                : Optional.empty();
    }

    /// The last connection that was refused within a minute, as a sentence.
    Optional<String> refusal() {
        var last = lastRefusal;
        return last == null || System.nanoTime() - last.at() > REFUSAL_NS
                ? Optional.empty()
                : Optional.of("a connection with " + last.peer() + " was refused: " + last.why()
                        + "; see to the key files and 'site' of the fleet");
    }

    private void sweepAlways() {
        try {
            while (true) {
                Thread.sleep(SWEEP_MS);
                sweep();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        sweeper.interrupt();
    }

    /// Closes the connections that had time enough to prove themselves, and forgets those that are closed.
    private void sweep() {
        long now = System.nanoTime();
        unproved.forEach((link, channel) -> {
            if (channel.isClosed() && channel.isClientMode()) {
                unproved.remove(link);
                called(channel).ifPresent(mute::add);
            } else if (channel.isClosed() || now - link.begun() > PROOF_NS) {
                refuse(link, "it proved nothing", channel);
                close(channel);
            }
        });
    }

    private static void close(Channel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            log.debug("fleet connection not closed cause=\"{}\"", e.toString());
        }
    }

    Map<String, Long> counters() {
        return new TreeMap<>(
                Map.of("links-proved", proved.get(), "links-refused", refused.get(), "links-unproved", (long)
                        unproved.size()));
    }
}
