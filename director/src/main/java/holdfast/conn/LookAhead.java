package holdfast.conn;

import holdfast.linux.Memory;

/// Fetches into the caches what the lookups for a batch of packets are going to read.
///
/// A lookup reads a line of the index and then the record that it names: two reads of memory, the second of which needs
/// the first. A CPU has a dozen reads under way at a time if none waits for another. So all lines of the index are
/// asked for first, then all records, and the lookups themselves find everything there. They go their ordinary way:
/// this changes no result, whatever happens to the table in between. `bin/bench tables` shows the gain, and the price
/// where the caches hold the table anyway.
public final class LookAhead {
    private final SlotTable table;
    private final int[] slots;
    private int count;
    private long read; // of all records, so that no compiler takes the reads for useless

    /// @param max  of the lookups of one batch; further ones are not fetched
    public LookAhead(SlotTable table, int max) {
        this.table = table;
        slots = new int[max];
    }

    /// A lookup will come that is likely to read this slot, or none where it is [SlotTable#MISSING].
    void expect(int slot) {
        if (count < slots.length) {
            slots[count++] = slot;
        }
    }

    /// Fetches the records of all that is expected, and expects nothing any more.
    public void fetch() {
        long sum = 0;
        for (int i = 0; i < count; i++) {
            int slot = slots[i];
            if (slot >= 0) {
                sum += Memory.getLong(table.recordAddress(slot));
            }
        }
        read += sum;
        count = 0;
    }

    /// Of no meaning; reading it keeps [#fetch] honest.
    public long read() {
        return read;
    }
}
