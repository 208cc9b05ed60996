package holdfast.conn;

import holdfast.linux.Memory;

/// Reads memory before it is used, so that it is in the caches then.
///
/// A CPU has a dozen reads under way at a time, but only those among the next few hundred instructions. So addresses
/// are collected first, and then read in a loop that does nothing else.
final class ReadAhead {
    /// What is read from each address on; all that a table allocates ends with as much to spare.
    static final int BYTES = 16;

    private final long[] addresses;
    private int count;
    private long read; // something of all that was read, so that no compiler takes the reads for useless

    /// @param max  addresses at a time; more are left out
    ReadAhead(int max) {
        addresses = new long[max];
    }

    void add(long address) {
        if (count < addresses.length) {
            addresses[count++] = address;
        }
    }

    /// Reads all that were added, and forgets them.
    void read() {
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += Memory.getLong(addresses[i]) + Memory.getLong(addresses[i] + Long.BYTES);
        }
        read += sum;
        count = 0;
    }

    /// Of no meaning; reading it keeps [#read] honest.
    long sum() {
        return read;
    }
}
