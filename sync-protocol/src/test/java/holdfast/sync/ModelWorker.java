package holdfast.sync;

import holdfast.sync.node.SyncNode;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A thread that works [ModelTables] as a director's worker would, together with a [SyncNode].
public final class ModelWorker implements AutoCloseable {
    private static final long CHECKPOINT_INTERVAL = TimeUnit.MILLISECONDS.toNanos(100);

    public final ModelTables tables = new ModelTables(1 << 16, 1 << 16);
    private final Thread thread = new Thread(this::run, "worker");
    private final Random random = new Random(1);
    private volatile boolean running = true;
    private volatile int wantedTerm;
    private volatile int preload;
    private volatile int ratePerSecond;
    private volatile @Nullable SyncNode node;
    private volatile boolean active;
    private volatile int outMax;
    private volatile long rest = TimeUnit.MICROSECONDS.toNanos(200);
    private long checkpointAt;
    private long written;
    private long rateSince;

    public ModelWorker() {
        tables.onWakeUp = () -> LockSupport.unpark(thread);
        thread.setDaemon(true);
        thread.start();
    }

    public void with(SyncNode syncNode) {
        node = syncNode;
    }

    public void promote(int term, int templates) {
        preload = templates;
        wantedTerm = term;
    }

    public void demote() {
        wantedTerm = 0;
    }

    public void rate(int perSecond, long restNanos) {
        rest = restNanos;
        ratePerSecond = perSecond;
    }

    public boolean isActive() {
        return active;
    }

    public int takeOutMax() {
        int max = outMax;
        outMax = 0;
        return max;
    }

    @Override
    public void close() {
        running = false;
        LockSupport.unpark(thread);
    }

    private void run() {
        while (running) {
            long now = System.nanoTime();
            if (!active && wantedTerm > 0) {
                tables.promote(wantedTerm, now);
                for (int i = 0; i < preload; i++) {
                    tables.preload(new ModelTables.Key(true, 0x0a000000 + i, 0), i % 100);
                }
                rateSince = now;
                active = true;
            }
            if (active && wantedTerm == 0) {
                tables.demote();
                active = false;
            }
            boolean wrote = active ? write(now) : tables.apply(10_000, now) > 0;
            SyncNode sync = node;
            if (wrote && sync != null && sync.parked()) {
                sync.wakeUp();
            }
            if (!wrote) {
                LockSupport.parkNanos(rest);
            }
        }
    }

    private boolean write(long now) {
        int before = tables.out().size();
        tables.copyTurn(500);
        long due = (now - rateSince) / 1000 * ratePerSecond / 1_000_000;
        if (ratePerSecond == 0 || due - written > ratePerSecond) {
            rateSince = now;
            written = 0;
        }
        for (; ratePerSecond > 0 && written < due; written++) {
            int client = random.nextInt(50_000);
            tables.change(
                    new ModelTables.Key(false, 0x0a000000 + client, 1024 + client % 1000),
                    random.nextInt(100),
                    random.nextInt(4) == 0);
        }
        if (now - checkpointAt >= CHECKPOINT_INTERVAL && tables.checkpoint()) {
            checkpointAt = now;
        }
        outMax = Math.max(outMax, tables.out().size());
        return tables.out().size() > before;
    }
}
