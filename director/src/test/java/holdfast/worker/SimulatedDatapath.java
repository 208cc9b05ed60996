package holdfast.worker;

import holdfast.forward.Lease;
import holdfast.forward.Mode;
import holdfast.sim.SimulatedProcess;
import holdfast.sim.Strand;
import holdfast.sim.Timeline;
import holdfast.sync.DeltaRing;
import holdfast.sync.Equality;
import holdfast.sync.TableOwner;
import holdfast.sync.Version;
import holdfast.table.SimulatedTables;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// The thread of a [Worker] in virtual time: the same orders in the same [Mode]s under a [Lease], with
/// [SimulatedTables] in place of packets' tables. Orders are done late and in order.
public final class SimulatedDatapath implements TableOwner {
    private static final long NAP_MAX = 10 * Timeline.MS;
    private static final long MARK_INTERVAL = 100 * Timeline.MS;
    private static final int APPLY_BUDGET = 1024;
    private static final int SNAPSHOT_BUDGET = 256;
    private static final int RING_PACKETS = 64;

    /// What a worker tells, and where its packets go.
    public interface Listener extends Worker.Listener {
        /// It serves, where it did not before.
        void begins();

        void accepted(int key);

        void ended(int key);

        void relayed(Packet packet);
    }

    /// Of a client.
    ///
    /// @param key   of its connection
    /// @param ends  whether it closes it
    public record Packet(int key, int real, boolean ends) {}

    private final Timeline timeline;
    private final long clockOffset;
    private final Listener listener;
    private final Strand strand;
    private final SimulatedProcess process;
    private final Lease lease = new Lease();
    private final SimulatedTables tables = new SimulatedTables();
    private final Queue<Runnable> asked = new ArrayDeque<>();
    private final ArrayDeque<Packet> ring = new ArrayDeque<>();
    private Runnable reader = () -> {};
    private Mode mode = Mode.STANDBY;
    private boolean isHeldFull;
    private long markAt;

    public SimulatedDatapath(SimulatedProcess process, Timeline timeline, long clockOffset, Listener listener) {
        this.process = process;
        this.timeline = timeline;
        this.clockOffset = clockOffset;
        this.listener = listener;
        strand = process.strand(this::turn);
        strand.signal();
    }

    /// @param wakeUp  of the sync thread
    public void reader(Runnable wakeUp) {
        reader = wakeUp;
    }

    public Strand strand() {
        return strand;
    }

    /// Whether it accepts what arrives now.
    public boolean accepts() {
        return process.isRunning() && mode == Mode.ACTIVE && !lease.isLost(clock());
    }

    public Mode mode() {
        return mode;
    }

    public Set<Integer> keys() {
        return tables.entries.keySet();
    }

    /// Whether it knows the connection, or that it has ended, or will before it serves.
    public boolean knows(int key) {
        return tables.entries.containsKey(key) || tables.ended.containsKey(key);
    }

    /// What of ours another one lacks, or has in an older version, and did not end itself.
    public long ahead(SimulatedDatapath of) {
        return tables.entries.entrySet().stream()
                .filter(entry -> !of.hasAtLeast(entry.getKey(), entry.getValue().version()))
                .count();
    }

    private boolean hasAtLeast(int key, long version) {
        var mine = tables.entries.get(key);
        return mine != null ? mine.version() >= version : tables.ended.getOrDefault(key, 0L) >= version;
    }

    public Map<Integer, Long> content() {
        return tables.entries.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().version()));
    }

    public String describe() {
        return "%s %d entries at %s, applied %s, %s %s"
                .formatted(
                        mode,
                        tables.entries.size(),
                        Version.text(tables.version()),
                        Version.text(tables.appliedVersion),
                        tables.equality.state(),
                        Version.text(tables.equality.version()));
    }

    public void renewLease(long until) {
        lease.renew(until);
    }

    /// A packet reaches the receive ring.
    public void arrives(Packet packet) {
        if (ring.size() < RING_PACKETS) {
            ring.add(packet);
            strand.signal();
        }
    }

    public void activate(int term, long notAfter, Consumer<Boolean> serves) {
        ask(() -> {
            tables.apply(Integer.MAX_VALUE, clock());
            boolean isInTime = clock() - notAfter <= 0;
            if (isInTime && enter(Mode.Order.ACTIVATE)) {
                beginStream(term);
                tables.equality = Equality.UNKNOWN;
                listener.begins();
            }
            strand.nextStall();
            strand.next(() -> serves.accept(isInTime));
        });
    }

    public void renew(int term, Consumer<Boolean> renewed) {
        ask(() -> {
            boolean serves = mode == Mode.ACTIVE || mode == Mode.HELD;
            boolean isHigher = term > Version.term(tables.version());
            if (serves && isHigher) {
                beginStream(term);
            }
            strand.nextStall();
            strand.next(() -> renewed.accept(serves && isHigher));
        });
    }

    private void beginStream(int term) {
        tables.promote(term);
        markAt = clock();
    }

    public void standBy() {
        long end = lease.end();
        ask(() -> {
            if (enter(Mode.Order.STAND_BY)) {
                stopServing(end);
            }
        });
    }

    public void hold() {
        ask(() -> {
            if (enter(Mode.Order.HOLD)) {
                isHeldFull = false;
                tables.mark();
                listener.held(tables.version());
            }
        });
    }

    public void resume() {
        ask(() -> enter(Mode.Order.RESUME));
    }

    public void relay() {
        long end = lease.end();
        ask(() -> {
            if (enter(Mode.Order.RELAY)) {
                stopServing(end);
            }
        });
    }

    private void stopServing(long end) {
        lease.unbind(end);
        tables.demote();
    }

    private boolean enter(Mode.Order order) {
        Optional<Mode> next = mode.after(order);
        next.ifPresent(found -> mode = found);
        return next.isPresent();
    }

    private void ask(Runnable order) {
        asked.add(order);
        strand.signal();
    }

    private long clock() {
        return timeline.now() + clockOffset;
    }

    private void turn() {
        strand.nextStall();
        strand.next(this::obey);
        strand.nextStall();
        strand.next(this::work);
    }

    private void obey() {
        var order = asked.poll();
        if (order != null) {
            order.run();
            strand.nextStall();
            strand.next(this::obey);
        }
    }

    private void work() {
        long now = clock();
        boolean isMore = false;
        takePackets();
        switch (mode) {
            case ACTIVE -> {
                isMore = tables.writeSnapshot(SNAPSHOT_BUDGET);
                if (now - markAt >= 0) {
                    tables.mark();
                    markAt = now + MARK_INTERVAL;
                }
                tables.discard();
            }
            case STANDBY, RELAY -> {
                isMore = tables.apply(APPLY_BUDGET, now) > 0;
                if (isMore && tables.takeCompared()) {
                    listener.compared(tables.equality, tables.appliedVersion);
                }
            }
            case HELD -> {
                if (!isHeldFull && ring.size() > RING_PACKETS * 3 / 4) {
                    isHeldFull = true;
                    listener.heldFull();
                }
            }
        }
        if (isMore || tables.out.size() > 0) {
            reader.run();
        }
        strand.sleepUntil(timeline.now() + (isMore ? 0 : NAP_MAX));
    }

    private void takePackets() {
        if (mode == Mode.HELD) {
            return;
        }
        if (mode == Mode.ACTIVE && lease.isLost(clock())) {
            return;
        }
        for (var packet = ring.poll(); packet != null; packet = ring.poll()) {
            switch (mode) {
                case ACTIVE -> take(packet);
                case RELAY -> listener.relayed(packet);
                case STANDBY, HELD -> {}
            }
        }
    }

    private void take(Packet packet) {
        if (packet.ends()) {
            if (tables.entries.containsKey(packet.key())) {
                tables.end(packet.key());
                listener.ended(packet.key());
            }
        } else {
            tables.add(packet.key(), packet.real());
            listener.accepted(packet.key());
        }
    }

    @Override
    public DeltaRing out() {
        return tables.out;
    }

    @Override
    public long lost() {
        return tables.lost;
    }

    @Override
    public DeltaRing in() {
        return tables.in;
    }

    @Override
    public void wakeUp() {
        strand.signal();
    }

    @Override
    public void requestSnapshot() {
        ask(tables::beginSnapshot);
    }

    @Override
    public long applied() {
        return tables.applied;
    }

    @Override
    public Equality equality() {
        return tables.equality;
    }
}
