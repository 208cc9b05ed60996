package holdfast.fleet.node;

import holdfast.admin.AuditList;
import holdfast.admin.FleetHistory;
import holdfast.admin.FleetView;
import holdfast.admin.Role;
import holdfast.fleet.DirectorId;
import holdfast.fleet.Following;
import holdfast.fleet.Mirror;
import holdfast.fleet.News;
import holdfast.fleet.OwnHistory;
import holdfast.fleet.Roster;
import holdfast.fleet.wire.FleetCodec;
import holdfast.fleet.wire.Refused;
import holdfast.linux.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One director's part in the fleet. The thread `fleet` owns all of it. Others hand it notes through a queue that drops
/// and counts, and read a snapshot, so that nobody ever waits for the fleet.
public final class FleetNode implements Carrier.Ear, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(FleetNode.class);
    private static final long TURN_NS = TimeUnit.SECONDS.toNanos(1);
    private static final int QUEUE_MAX = 2048;
    private static final int HISTORY_CHARS_MAX = 8_000_000;
    private static final long CLOSE_MS = 1000;

    private final String site;
    private final DirectorId self;
    private final FleetSurroundings around;
    private final long bootMs = System.currentTimeMillis();
    private final BlockingQueue<Runnable> notes = new ArrayBlockingQueue<>(QUEUE_MAX);
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final Thread thread = Thread.ofPlatform().name("fleet").daemon().unstarted(this::run);
    private final Carrier carrier;
    private volatile boolean isClosed;
    private volatile Snapshot snapshot = new Snapshot(List.of(), Mirror.Snapshot.EMPTY, Optional.empty());

    // Owned by the thread.
    private final Roster roster = new Roster();
    private final Mirror mirror = new Mirror(HISTORY_CHARS_MAX);
    private final OwnHistory history;
    private final Following following;
    private Optional<News.SharedCopy> published = Optional.empty();
    private Optional<String> trouble = Optional.empty();
    private String refusal = ""; // that is in the log already
    private boolean isHistoryNew;
    private boolean isAllDue = true;
    private long sequence;
    private long newestEvent;
    private long turnAt;

    private record Snapshot(List<Roster.Heard> roster, Mirror.Snapshot history, Optional<String> trouble) {}

    private FleetNode(
            String site,
            DirectorId self,
            Optional<String> follows,
            FleetSurroundings around,
            Function<Carrier.Ear, Carrier> carrier) {
        this.site = site;
        this.self = self;
        this.around = around;
        history = new OwnHistory(self);
        following = new Following(self.cluster(), follows);
        this.carrier = carrier.apply(this);
    }

    /// @param follows  the cluster whose configuration this one takes; empty for none
    /// @param carrier  made with the ear for what it carries; making it takes no time
    public static FleetNode start(
            String site,
            DirectorId self,
            Optional<String> follows,
            FleetSurroundings around,
            Function<Carrier.Ear, Carrier> carrier) {
        var node = new FleetNode(site, self, follows, around, carrier);
        node.thread.start();
        return node;
    }

    /// Takes an entry of this director's audit log; one that it has already does no harm. Any thread; returns at once.
    public void audited(AuditList.Entry entry) {
        note(() -> history.add(entry));
    }

    @Override
    public void heard(String key, byte[] value) {
        note(() -> take(key, value));
    }

    @Override
    public void joined() {
        note(() -> isAllDue = true);
    }

    private void note(Runnable note) {
        if (!notes.offer(note)) {
            dropped.incrementAndGet();
        }
    }

    /// All directors. Any thread; returns at once.
    public FleetView view() {
        var now = snapshot;
        long at = Clock.monotonic();
        var troubles = new ArrayList<String>();
        carrier.trouble().ifPresent(troubles::add);
        now.trouble().ifPresent(troubles::add);
        troubles.addAll(Roster.troubles(now.roster(), self, at));
        troubles.addAll(now.history().troubles());
        return new FleetView(site, troubles, Roster.members(now.roster(), at), counters());
    }

    private Map<String, Long> counters() {
        var all = new TreeMap<>(carrier.counters());
        all.put("members", (long) carrier.members().size());
        all.put("notes-dropped", dropped.get());
        all.put("values-refused", refused.get());
        return all;
    }

    /// What happened on all directors. Any thread; returns at once.
    public FleetHistory history(int limit) {
        return snapshot.history().newest(limit);
    }

    private void run() {
        turnAt = Clock.monotonic();
        while (!isClosed) {
            try {
                var note = notes.poll(Math.max(0, turnAt - Clock.monotonic()), TimeUnit.NANOSECONDS);
                if (note != null) {
                    note.run();
                }
                if (Clock.monotonic() - turnAt >= 0) {
                    turn();
                    turnAt = Clock.monotonic() + TURN_NS;
                }
                trouble = Optional.empty();
            } catch (InterruptedException _) {
                isClosed = true;
            } catch (RuntimeException bug) {
                turnAt = Clock.monotonic() + TURN_NS;
                if (trouble.isEmpty() && !isClosed) {
                    log.error("fleet failed by a bug effect=\"the others see old news of this director\"", bug);
                }
                trouble = Optional.of("this director's part in the fleet failed: " + bug + "; see its log");
                snapshot = new Snapshot(roster.snapshot(), snapshot.history(), trouble);
            }
        }
    }

    private void turn() {
        sequence++;
        publish(new News.Summary(self, bootMs, sequence, System.currentTimeMillis(), around.self(following.said())));
        around.eventsAfter(newestEvent).forEach(event -> {
            newestEvent = event.number();
            history.add(event);
        });
        (isAllDue ? history.all() : history.takeNews()).forEach(this::publish);
        share();
        if (isAllDue) {
            history.takeNews();
        }
        isAllDue = false;
        follow();
        roster.forget(Clock.monotonic()).forEach(this::forget);
        snapshot = new Snapshot(
                roster.snapshot(), isHistoryNew ? mirror.snapshot() : snapshot.history(), Optional.empty());
        isHistoryNew = false;
    }

    private void share() {
        var now = around.shared();
        if (isAllDue || !now.equals(published)) {
            published = now;
            now.ifPresent(this::publish);
        }
    }

    private void follow() {
        var due = following.due(
                roster.of(self).map(own -> own.summary().said().role()).equals(Optional.of(Role.ACTIVE)),
                this::serves,
                around.lastTaken(),
                around.presentText(),
                Clock.monotonic());
        due.ifPresent(copy -> {
            following.begun();
            Thread.ofVirtual().name("fleet-follow").start(() -> {
                var taken = around.take(copy, Following.reason(copy));
                note(() -> ended(copy.tag(), taken));
            });
        });
    }

    private void ended(String tag, FleetSurroundings.Taken taken) {
        switch (taken) {
            case FleetSurroundings.Taken.InForce() -> following.made(tag);
            case FleetSurroundings.Taken.Refused(String why, boolean isForGood) -> {
                following.refused(tag, why, isForGood, Clock.monotonic());
                if (!why.equals(refusal)) {
                    log.warn("fleet revision not taken revision=\"{}\" cause=\"{}\"", tag, why);
                }
                refusal = why;
            }
        }
    }

    private boolean serves(DirectorId director) {
        long now = Clock.monotonic();
        return roster.of(director)
                .filter(each -> now - each.at() <= Roster.SILENT_INTERVAL)
                .filter(each -> each.summary().said().role() == Role.ACTIVE)
                .isPresent();
    }

    private void publish(News news) {
        hear(news);
        FleetCodec.write(news)
                .ifPresentOrElse(
                        bytes -> carrier.publish(news.key(), bytes),
                        () -> log.warn("fleet value too long key={} most-bytes={}", news.key(), FleetCodec.VALUE_MAX));
    }

    private void take(String key, byte[] value) {
        try {
            var news = FleetCodec.read(key, value);
            if (!news.from().equals(self)) {
                hear(news);
            }
        } catch (Refused why) {
            refused.incrementAndGet();
            log.debug("fleet value refused key={} cause=\"{}\"", key, why.getMessage());
        }
    }

    private void hear(News news) {
        switch (news) {
            case News.Summary summary -> roster.hear(summary, Clock.monotonic(), System.currentTimeMillis());
            case News.SharedCopy copy -> following.hear(copy);
            case News.Changes changes -> isHistoryNew |= mirror.hear(changes);
            case News.Audits audits -> isHistoryNew |= mirror.hear(audits);
        }
    }

    private void forget(DirectorId director) {
        following.forget(director);
        carrier.remove(News.summaryKey(director));
        carrier.remove(News.sharedKey(director));
    }

    @Override
    public void close() {
        isClosed = true;
        thread.interrupt();
        carrier.close();
        try {
            thread.join(CLOSE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
