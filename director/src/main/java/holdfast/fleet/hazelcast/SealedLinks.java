package holdfast.fleet.hazelcast;

import com.hazelcast.internal.networking.Channel;
import com.hazelcast.internal.networking.ChannelInitializer;
import holdfast.fleet.wire.LinkSeal;
import holdfast.sync.ClusterKeys;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts a seal below Hazelcast on each of its connections, and bounds those whose other side has not proved yet that it
/// has the key.
final class SealedLinks {
    /// Connections of others that prove nothing; a stranger holds no more of our memory.
    static final int UNPROVED_MAX = 16;

    private static final Logger log = LoggerFactory.getLogger(SealedLinks.class);
    private static final long PROOF_NS = TimeUnit.SECONDS.toNanos(5);

    private final ClusterKeys keys;
    private final String site;
    private final SecureRandom dice = new SecureRandom();
    private final Map<SealedLink, Channel> unproved = new ConcurrentHashMap<>();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong proved = new AtomicLong();

    SealedLinks(ClusterKeys keys, String site) {
        this.keys = keys;
        this.site = site;
    }

    /// Lets a protocol set up a connection above the seal.
    ChannelInitializer below(ChannelInitializer protocol) {
        return channel -> {
            sweep();
            if (unproved.size() >= UNPROVED_MAX && !channel.isClientMode()) {
                refused.incrementAndGet();
                channel.close(); // an exception here would end Hazelcast's acceptor
            }
            var seal = new LinkSeal(keys, site, channel.isClientMode(), dice);
            var link = new SealedLink(seal, System.nanoTime(), () -> wake(channel), this::prove, this::refuse);
            unproved.put(link, channel);
            channel.inboundPipeline().addLast(new OpeningHandler(link));
            protocol.initChannel(channel);
            channel.outboundPipeline().addLast(new SealingHandler(link));
        };
    }

    private static void wake(Channel channel) {
        channel.outboundPipeline().wakeup();
    }

    private void prove(SealedLink link) {
        unproved.remove(link);
        proved.incrementAndGet();
    }

    private void refuse(SealedLink link) {
        unproved.remove(link);
        refused.incrementAndGet();
    }

    /// Closes the connections that had time enough to prove themselves, and forgets those that are closed.
    void sweep() {
        long now = System.nanoTime();
        unproved.forEach((link, channel) -> {
            if (channel.isClosed()) {
                unproved.remove(link);
            } else if (now - link.begun() > PROOF_NS && unproved.remove(link) != null) {
                refused.incrementAndGet();
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
        return new TreeMap<>(Map.of(
                "links-proved", proved.get(), "links-refused", refused.get(), "links-unproved", (long)
                        unproved.size()));
    }
}
