package holdfast.sync;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The newest batches of one term, kept for resends, with the stream's totals up to each batch. A ring: a new batch
/// overwrites the oldest.
final class History {
    private final @Nullable Batch[] batches;
    private final Totals[] totals;
    private long newest;

    /// The content of the stream from its first batch to a given one. A lost change counts as one connection and as
    /// one template, since its kind is unknown.
    record Totals(long templates, long connections, long deltas) {
        static final Totals ZERO = new Totals(0, 0, 0);

        Totals minus(Totals other) {
            return new Totals(templates - other.templates, connections - other.connections, deltas - other.deltas);
        }

        Totals plus(Totals other) {
            return new Totals(templates + other.templates, connections + other.connections, deltas + other.deltas);
        }

        static Totals of(Batch batch) {
            long templates = batch.lost();
            long connections = batch.lost();
            Delta view = batch.view();
            for (int i = 0; i < batch.count(); i++) {
                switch (batch.record(view, i).op()) {
                    case TEMPLATE, TEMPLATE_END -> templates++;
                    case CONNECTION, CONNECTION_END -> connections++;
                    case SNAPSHOT_BEGIN, SNAPSHOT_END, CHECKPOINT -> {}
                }
            }
            return new Totals(templates, connections, batch.count() + batch.lost());
        }
    }

    History(int size) {
        batches = new Batch[size];
        totals = new Totals[size];
        Arrays.fill(totals, Totals.ZERO);
    }

    void add(Batch batch) {
        Totals before = newest == 0 ? Totals.ZERO : totalsOf(newest);
        newest = batch.number();
        batches[slot(newest)] = batch;
        totals[slot(newest)] = before.plus(Totals.of(batch));
    }

    /// Number of the newest batch; 0 without a batch.
    long newest() {
        return newest;
    }

    /// Number of the oldest batch held; 1 without a batch, because the first will have it.
    long oldest() {
        return Math.max(1, newest - batches.length + 1);
    }

    boolean holds(long number) {
        return number >= oldest() && number <= newest;
    }

    @Nullable
    Batch batch(long number) {
        return holds(number) ? batches[slot(number)] : null;
    }

    /// The totals up to and including batch `number`, which must be held; zero for number 0.
    Totals totalsOf(long number) {
        return number == 0 ? Totals.ZERO : totals[slot(number)];
    }

    private int slot(long number) {
        return (int) (number % batches.length);
    }
}
