package holdfast.sync;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The newest batches of one term, kept for resends, with whom each was for and the stream's totals up to it. A
/// ring: a new batch overwrites the oldest.
final class History {
    private final @Nullable Batch[] batches;
    private final @Nullable MemberId[] addressees;
    private final Totals[] totals;
    private long newest;

    /// The content of the stream from its first batch to a given one. A lost change counts as one connection and as
    /// one template, since its kind is unknown. A copy brings no change.
    record Totals(long templates, long connections, long deltas) {
        static final Totals ZERO = new Totals(0, 0, 0);

        Totals minus(Totals other) {
            return new Totals(templates - other.templates, connections - other.connections, deltas - other.deltas);
        }

        Totals plus(Totals other) {
            return new Totals(templates + other.templates, connections + other.connections, deltas + other.deltas);
        }

        private static Totals of(Batch batch) {
            long templates = batch.lost();
            long connections = batch.lost();
            Delta view = batch.view();
            for (int i = 0; i < batch.count() && !batch.isCopy(); i++) {
                switch (batch.record(view, i).op()) {
                    case TEMPLATE, TEMPLATE_END -> templates++;
                    case CONNECTION, CONNECTION_END -> connections++;
                    case COPY_BEGIN, COPY_END, CHECKPOINT, BUCKET -> {}
                }
            }
            return new Totals(templates, connections, batch.count() + batch.lost());
        }
    }

    History(int size) {
        batches = new Batch[size];
        addressees = new MemberId[size];
        totals = new Totals[size];
        Arrays.fill(totals, Totals.ZERO);
    }

    /// @param to  the standby whose copy it is a part of; null if it is for all
    void add(Batch batch, @Nullable MemberId to) {
        Totals before = newest == 0 ? Totals.ZERO : totalsOf(newest);
        newest = batch.number();
        batches[slot(newest)] = batch;
        addressees[slot(newest)] = to;
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

    /// The batch as `member` gets it: a part of another standby's copy without its records.
    @Nullable
    Batch batch(long number, MemberId member) {
        Batch batch = batch(number);
        MemberId to = batch == null ? null : addressees[slot(number)];
        return batch == null || to == null || to.equals(member) ? batch : batch.emptied();
    }

    /// The totals up to and including batch `number`, which must be held; zero for number 0.
    Totals totalsOf(long number) {
        return number == 0 ? Totals.ZERO : totals[slot(number)];
    }

    private int slot(long number) {
        return (int) (number % batches.length);
    }
}
