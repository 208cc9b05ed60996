package holdfast.sim;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.Supplier;

/// Virtual time and its events, all in one thread and from one seed.
public final class Timeline {
    public static final long MS = 1_000_000;
    public static final long S = 1000 * MS;

    private static final int TRACE_MAX = 400;

    public final Random random;
    private final boolean tracing;
    private final List<String> trace = new ArrayList<>();
    private final PriorityQueue<Timed> queue =
            new PriorityQueue<>(Comparator.comparingLong(Timed::at).thenComparingLong(Timed::order));
    private long now;
    private long order;

    private record Timed(long at, long order, Runnable action) {}

    public Timeline(long seed, boolean tracing) {
        random = new Random(seed * 7919 + 17);
        this.tracing = tracing;
    }

    public long now() {
        return now;
    }

    public void at(long when, Runnable action) {
        queue.add(new Timed(Math.max(now, when), order++, action));
    }

    public long between(long from, long to) {
        return from + random.nextLong(to - from + 1);
    }

    public boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /// @param afterEach  what must hold
    public void run(long until, Runnable afterEach) {
        while (!queue.isEmpty() && queue.peek().at() <= until) {
            var next = queue.remove();
            now = next.at();
            next.action().run();
            afterEach.run();
        }
        now = until;
    }

    public void note(Supplier<String> what) {
        if (tracing) {
            trace.add("%.3f ms %s".formatted(now / 1e6, what.get()));
        }
    }

    /// The latest of what was noted.
    public String trace() {
        return String.join("\n", trace.subList(Math.max(0, trace.size() - TRACE_MAX), trace.size()));
    }
}
