package holdfast.metrics;

import java.util.concurrent.atomic.AtomicLong;

/// Counts what became of the readers of metrics. Any thread.
public final class Tally {
    private final AtomicLong pages = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong late = new AtomicLong();
    private final AtomicLong crowded = new AtomicLong();

    /// The counts at one moment.
    record Sums(long pages, long failed, long late, long crowded) {
        void write(Sheet sheet) {
            sheet.set(Family.PAGES, pages);
            sheet.set(Family.PAGES_FAILED, failed);
            sheet.set(Family.CONNECTIONS_CLOSED, late, "late");
            sheet.set(Family.CONNECTIONS_CLOSED, crowded, "crowded");
        }
    }

    void made() {
        pages.incrementAndGet();
    }

    void failed() {
        failed.incrementAndGet();
    }

    /// A connection was closed because it was open for too long.
    public void late() {
        late.incrementAndGet();
    }

    /// A connection was closed to make room for a newer one.
    public void crowded() {
        crowded.incrementAndGet();
    }

    Sums sums() {
        return new Sums(pages.get(), failed.get(), late.get(), crowded.get());
    }
}
