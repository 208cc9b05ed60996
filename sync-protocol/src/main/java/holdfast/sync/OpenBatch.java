package holdfast.sync;

import java.util.Arrays;

/// The records of a batch that is not cut yet. A newer record of a key replaces the older one, but never across a
/// barrier (any record without a key). An end stays before a later record of its key, which may need the records in
/// between; so do records before and after a move.
final class OpenBatch {
    private static final int INDEX_SIZE = 512;

    private final Batch.Builder records = new Batch.Builder(Batch.RECORDS_MAX);
    private final int[] index = new int[INDEX_SIZE];
    private long openedAt;
    private long coalesced;

    void add(Delta delta, long now) {
        if (records.count() == 0) {
            openedAt = now;
        }
        if (delta.op().isBarrier()) {
            Arrays.fill(index, 0);
            records.next().copyOf(delta);
        } else if (!coalesces(delta)) {
            records.next().copyOf(delta);
        }
    }

    int count() {
        return records.count();
    }

    boolean isFull() {
        return records.count() == Batch.RECORDS_MAX;
    }

    /// When the first record came; undefined without records.
    long openedAt() {
        return openedAt;
    }

    /// Records that newer ones have replaced, since the start.
    long coalesced() {
        return coalesced;
    }

    /// A batch of the records so far; there are none after it.
    Batch cut(int term, long number, long lost) {
        Batch batch = records.build(term, 0, number, openedAt, lost);
        records.clear();
        Arrays.fill(index, 0);
        return batch;
    }

    /// Replaces an older delta of the same key, if there is one that may be replaced.
    private boolean coalesces(Delta delta) {
        int slot = delta.keyHash() & INDEX_SIZE - 1;
        while (index[slot] != 0) {
            Delta held = records.record(index[slot] - 1);
            if (held.hasKeyOf(delta)) {
                return replace(held, delta, slot);
            }
            slot = slot + 1 & INDEX_SIZE - 1;
        }
        index[slot] = records.count() + 1;
        return false;
    }

    private boolean replace(Delta held, Delta delta, int slot) {
        if (delta.version() < held.version()) {
            coalesced++; // within a copy of changes, the end of an earlier entry of the same key
            return true;
        }
        boolean isOfAnother = held.op().isEnd() && !delta.op().isEnd();
        if (isOfAnother || held.isMove() || delta.isMove()) {
            index[slot] = records.count() + 1;
            return false;
        }
        held.copyOf(delta);
        coalesced++;
        return true;
    }
}
