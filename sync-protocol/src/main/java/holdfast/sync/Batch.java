package holdfast.sync;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// A numbered part of an active's stream: up to [#RECORDS_MAX] records, each key at most once between two barriers.
/// A part of a copy goes to one standby; the others get the same number without records. Immutable; the words hold
/// records in the layout of [Delta].
public final class Batch implements SyncMessage {
    public static final int RECORDS_MAX = 200;

    private final int term;
    private final int lane;
    private final long number;
    private final long stampNanos;
    private final long lost;
    private final int count;
    private final boolean isCopy;
    private final long[] words;
    private final MemorySegment records;

    /// @param lane        the worker that wrote the records; 0 for now
    /// @param number      1 for the first of a term, then without a gap
    /// @param stampNanos  the sender's monotonic clock when it took the first record from the worker
    /// @param lost        changes between this batch and the previous one that the worker could not queue
    /// @param words       [Delta#BYTES] / 8 per record; kept, not copied
    public Batch(int term, int lane, long number, long stampNanos, long lost, long[] words) {
        this(term, lane, number, stampNanos, lost, words, false);
    }

    private Batch(int term, int lane, long number, long stampNanos, long lost, long[] words, boolean isCopy) {
        this.term = term;
        this.lane = lane;
        this.number = number;
        this.stampNanos = stampNanos;
        this.lost = lost;
        this.words = words;
        this.isCopy = isCopy;
        this.count = words.length / Delta.WORDS;
        this.records = MemorySegment.ofArray(words);
    }

    @Override
    public int term() {
        return term;
    }

    public int lane() {
        return lane;
    }

    public long number() {
        return number;
    }

    public long stampNanos() {
        return stampNanos;
    }

    public long lost() {
        return lost;
    }

    public int count() {
        return count;
    }

    /// The same part of the stream for those whom its records do not concern.
    Batch emptied() {
        return new Batch(term, lane, number, stampNanos, lost, new long[0], isCopy);
    }

    /// This batch as a part of a copy for one standby.
    public Batch asCopy() {
        return new Batch(term, lane, number, stampNanos, lost, words, true);
    }

    /// Whether it is a part of a copy for one standby.
    public boolean isCopy() {
        return isCopy;
    }

    /// A new window onto the records, at the first one.
    public Delta view() {
        return new Delta(records);
    }

    /// Moves a window of [#view] to the record `index`.
    public Delta record(Delta view, int index) {
        return view.at((long) index * Delta.BYTES);
    }

    /// Fills the words of a batch record by record.
    public static final class Builder {
        private final long[] words;
        private final Delta view;
        private int count;

        public Builder(int recordsMax) {
            words = new long[recordsMax * Delta.WORDS];
            view = new Delta(MemorySegment.ofArray(words));
        }

        /// The next record, zeroed.
        public Delta next() {
            Delta record = view.at((long) count++ * Delta.BYTES);
            record.clear();
            return record;
        }

        Delta record(int index) {
            return view.at((long) index * Delta.BYTES);
        }

        int count() {
            return count;
        }

        void clear() {
            count = 0;
        }

        /// A batch with a copy of the records so far.
        public Batch build(int term, int lane, long number, long stampNanos, long lost) {
            return new Batch(term, lane, number, stampNanos, lost, Arrays.copyOf(words, count * Delta.WORDS));
        }
    }

    @Override
    public String toString() {
        return "Batch[term=" + term + ", number=" + number + ", count=" + count + ", lost=" + lost + "]";
    }
}
