package holdfast.conn;

import holdfast.linux.Memory;

/// Reads memory ahead of its use, to load it into the caches.
///
/// A CPU has a dozen reads under way at a time, but only among the next few hundred instructions. So this class
/// collects addresses first, and then reads them in a loop that does nothing else.
final class ReadAhead {
    /// Bytes read from each address on; every allocation of a table ends with that many spare bytes.
    static final int BYTES = 16;

    private final long[] addresses;
    private int count;
    private long read; // part of all that was read, so that no compiler removes the reads

    /// @param max  addresses at a time; further ones are ignored
    ReadAhead(int max) {
        addresses = new long[max];
    }

    void add(long address) {
        if (count < addresses.length) {
            addresses[count++] = address;
        }
    }

    /// Reads all added addresses, and forgets them.
    void read() {
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += Memory.getLong(addresses[i]) + Memory.getLong(addresses[i] + Long.BYTES);
        }
        read += sum;
        count = 0;
    }

    /// Meaningless; its use keeps the compiler from removing the reads of [#read].
    long sum() {
        return read;
    }
}
