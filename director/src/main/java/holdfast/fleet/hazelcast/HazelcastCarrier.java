package holdfast.fleet.hazelcast;

import com.hazelcast.cluster.MembershipAdapter;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.core.EntryAdapter;
import com.hazelcast.core.EntryEvent;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import com.hazelcast.instance.impl.HazelcastInstanceFactory;
import com.hazelcast.replicatedmap.ReplicatedMap;
import holdfast.conf.KeyFile;
import holdfast.conf.Management;
import holdfast.fleet.node.Carrier;
import holdfast.sync.ClusterKeys;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries the fleet's values in a replicated map of Hazelcast. Only the thread `fleet-link` calls Hazelcast, whose
/// calls may block for seconds or for ever; all others use the [Outbox] and what that thread has written down.
public final class HazelcastCarrier implements Carrier {
    private static final Logger log = LoggerFactory.getLogger(HazelcastCarrier.class);
    private static final AtomicInteger INSTANCES = new AtomicInteger();
    private static final int OUTBOX_MAX = 256;
    private static final long AGAIN_MS = 5000;
    private static final long LOOK_FIRST_NS = TimeUnit.SECONDS.toNanos(4);
    private static final long LOOK_AGAIN_NS = TimeUnit.SECONDS.toNanos(64);
    private static final String LOGGING = "hazelcast.logging.type";
    private static final long SLOW_NS = TimeUnit.SECONDS.toNanos(3);
    private static final long CLOSE_MS = 1000;
    private static final long WAIT_MS = 200;

    private final Management.Fleet fleet;
    private final BooleanSupplier mayStart;
    private final Ear ear;
    private final Outbox outbox = new Outbox(OUTBOX_MAX);
    private final Thread thread =
            Thread.ofPlatform().name("fleet-link").daemon().unstarted(this::run);
    private final AtomicLong carried = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private volatile boolean isClosed;
    private volatile boolean isLookDue;
    private volatile List<String> members = List.of();
    private volatile Doing doing = new Doing("has not started", System.nanoTime());
    private volatile @Nullable String trouble;
    private volatile @Nullable SealedLinks links;

    // Owned by the thread.
    private String failure = ""; // that is in the log already
    private Set<String> mute = Set.of(); // members that are left out at the next start

    /// What the thread does now.
    ///
    /// @param what  for a sentence; empty while it waits for work
    private record Doing(String what, long since) {}

    private HazelcastCarrier(Management.Fleet fleet, BooleanSupplier mayStart, Ear ear) {
        this.fleet = fleet;
        this.mayStart = mayStart;
        this.ear = ear;
    }

    /// Returns at once; the member starts on a thread of its own, and again whenever it fails.
    ///
    /// @param mayStart  whether this director has nothing more urgent to do with its CPUs; asked until it is so
    public static HazelcastCarrier start(Management.Fleet fleet, BooleanSupplier mayStart, Ear ear) {
        var carrier = new HazelcastCarrier(fleet, mayStart, ear);
        carrier.thread.start();
        return carrier;
    }

    @Override
    public void publish(String key, byte[] value) {
        outbox.put(new Outbox.Letter(key, value));
    }

    @Override
    public void remove(String key) {
        outbox.put(new Outbox.Letter(key, null));
    }

    @Override
    public List<String> members() {
        return members;
    }

    @Override
    public Optional<String> trouble() {
        var now = doing;
        if (!now.what().isEmpty() && System.nanoTime() - now.since() > SLOW_NS) {
            return Optional.of("the fleet's link " + now.what() + " for "
                    + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - now.since())
                    + " s; what is shown of others may be old");
        }
        var sealed = links;
        return Optional.ofNullable(trouble)
                .or(() -> sealed == null ? Optional.empty() : sealed.refusal())
                .or(() -> members.size() == 1
                        ? Optional.of("no other director is connected to the fleet; see fleet.members and the key")
                        : Optional.empty());
    }

    @Override
    public Map<String, Long> counters() {
        var all = new TreeMap<String, Long>();
        all.put("values-carried", carried.get());
        all.put("values-failed", failed.get());
        all.put("values-dropped", outbox.dropped());
        var now = links;
        if (now != null) {
            all.putAll(now.counters());
        }
        return all;
    }

    private void run() {
        while (!isClosed) {
            try {
                live();
            } catch (InterruptedException _) {
                isClosed = true;
            } catch (IOException | RuntimeException e) {
                members = List.of();
                doing = new Doing("", System.nanoTime());
                trouble = "the fleet's link does not work: " + cause(e) + "; it is tried again every " + AGAIN_MS / 1000
                        + " s";
                if (!cause(e).equals(failure)) {
                    log.warn("fleet link failed cause=\"{}\" again-after-ms={}", cause(e), AGAIN_MS);
                }
                failure = cause(e);
                pause();
            }
        }
    }

    private static String cause(Throwable e) {
        var root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getClass().getSimpleName() + ": " + root.getMessage();
    }

    private void pause() {
        try {
            Thread.sleep(AGAIN_MS);
        } catch (InterruptedException _) {
            isClosed = true;
        }
    }

    private void live() throws IOException, InterruptedException {
        doing = new Doing("has been waiting until this director is warm", System.nanoTime());
        while (!mayStart.getAsBoolean()) {
            Thread.sleep(WAIT_MS);
        }
        doing = new Doing("has been starting", System.nanoTime());
        System.setProperty(LOGGING, "slf4j"); // some of its classes log before they have a configuration
        try (var sealed = new SealedLinks(ClusterKeys.of(KeyFile.read(fleet.keyFile())), fleet.site())) {
            links = sealed;
            try {
                live(sealed);
            } finally {
                mute = sealed.mute();
            }
        }
    }

    private void live(SealedLinks sealed) throws InterruptedException {
        var config = MemberConfig.of(fleet, "fleet-" + INSTANCES.incrementAndGet());
        // A member that accepts a connection and never answers keeps Hazelcast from starting at all.
        var others = config.getNetworkConfig().getJoin().getTcpIpConfig();
        var all = others.getMembers();
        others.setMembers(all.stream().filter(each -> !mute.contains(each)).toList());
        mute = Set.of();
        var member =
                HazelcastInstanceFactory.newHazelcastInstance(config, config.getInstanceName(), new SealedNode(sealed));
        try {
            log.info(
                    "fleet joined site={} members={}",
                    fleet.site(),
                    member.getCluster().getMembers().size());
            failure = "";
            others.setMembers(all); // it goes on looking for them
            carry(member);
        } finally {
            member.getLifecycleService().terminate();
        }
    }

    private void carry(HazelcastInstance member) throws InterruptedException {
        ReplicatedMap<String, byte[]> map = member.getReplicatedMap(MemberConfig.MAP);
        map.addEntryListener(new Listener());
        member.getCluster().addMembershipListener(new MembershipAdapter() {
            @Override
            public void memberAdded(MembershipEvent event) {
                ear.joined();
            }
        });
        member.getLifecycleService().addLifecycleListener(event -> {
            if (event.getState() == LifecycleState.MERGED) {
                isLookDue = true;
            }
        });
        isLookDue = true;
        long lookAt = 0;
        long interval = LOOK_FIRST_NS;
        trouble = null;
        while (!isClosed && member.getLifecycleService().isRunning()) {
            members = member.getCluster().getMembers().stream()
                    .map(each -> each.getAddress().getHost())
                    .toList();
            if (isLookDue) {
                isLookDue = false;
                interval = LOOK_FIRST_NS;
                lookAt = System.nanoTime();
                ear.joined();
            }
            if (System.nanoTime() - lookAt >= 0) {
                doing = new Doing("has not read what others published", System.nanoTime());
                map.forEach(ear::heard);
                // A map that was joined just now is filled by and by, without events.
                lookAt = System.nanoTime() + interval;
                interval = Math.min(LOOK_AGAIN_NS, 2 * interval);
            }
            doing = new Doing("", System.nanoTime());
            var letter = outbox.take(Outbox.SECOND);
            if (letter != null) {
                doing = new Doing("has not taken a value", System.nanoTime());
                send(map, letter);
            }
        }
    }

    private void send(ReplicatedMap<String, byte[]> map, Outbox.Letter letter) {
        try {
            var value = letter.value();
            if (value == null) {
                map.remove(letter.key());
            } else {
                map.put(letter.key(), value);
            }
            carried.incrementAndGet();
            trouble = null;
        } catch (RuntimeException e) {
            failed.incrementAndGet();
            isLookDue = true; // the value is lost, so all are published again
            trouble = "the fleet's link did not take a value: " + cause(e);
        }
    }

    private final class Listener extends EntryAdapter<String, byte[]> {
        @Override
        public void entryAdded(EntryEvent<String, byte[]> event) {
            ear.heard(event.getKey(), event.getValue());
        }

        @Override
        public void entryUpdated(EntryEvent<String, byte[]> event) {
            ear.heard(event.getKey(), event.getValue());
        }
    }

    @Override
    public void close() {
        isClosed = true;
        thread.interrupt();
        try {
            thread.join(CLOSE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
