package holdfast.service;

import java.util.Arrays;

/// Traffic by row: the counters of `ipvsadm --stats` and the rates of `--rate` (IPVS-REF 4.12).
///
/// Written by the datapath thread. Another thread may read and sees slightly old values.
public final class Traffic {
    /// The interval between calls of [#estimate].
    public static final long ESTIMATE_INTERVAL_NS = 2_000_000_000L;

    /// The counted units, in ipvsadm's order.
    public enum Unit {
        CONNECTIONS,
        PACKETS_IN,
        PACKETS_OUT,
        BYTES_IN,
        BYTES_OUT;

        private boolean isBytes() {
            return this == BYTES_IN || this == BYTES_OUT;
        }
    }

    private static final Unit[] UNITS = Unit.values();
    private static final int CONNECTIONS = 0, PACKETS_IN = 1, PACKETS_OUT = 2, BYTES_IN = 3, BYTES_OUT = 4;

    /// Rates are fixed-point: 1/1024 of a connection or packet, 1/32 of a byte, each per second.
    private static final int COUNT_SHIFT = 10, BYTE_SHIFT = 5;

    private final long[] counted;
    private final long[] zeroedAt; // the counts when an operator last reset them
    private final long[] estimatedAt; // the counts when the rate was last estimated
    private final long[] rates;

    /// @param rows  number of rows, one for each id
    public Traffic(int rows) {
        counted = new long[rows * UNITS.length];
        zeroedAt = new long[counted.length];
        estimatedAt = new long[counted.length];
        rates = new long[counted.length];
    }

    /// A connection was scheduled.
    public void connection(int row) {
        counted[row * UNITS.length + CONNECTIONS]++;
    }

    /// @param bytes  of the IP packet with its header
    public void in(int row, int bytes) {
        counted[row * UNITS.length + PACKETS_IN]++;
        counted[row * UNITS.length + BYTES_IN] += bytes;
    }

    /// @param bytes  of the IP packet with its header
    public void out(int row, int bytes) {
        counted[row * UNITS.length + PACKETS_OUT]++;
        counted[row * UNITS.length + BYTES_OUT] += bytes;
    }

    /// Since the start, or since [#zero].
    public long total(int row, Unit unit) {
        int at = at(row, unit);
        return counted[at] - zeroedAt[at];
    }

    /// Per second, rounded as in IPVS: a decaying rate reaches 0.
    public long rate(int row, Unit unit) {
        int shift = unit.isBytes() ? BYTE_SHIFT : COUNT_SHIFT;
        return (rates[at(row, unit)] + (1L << (shift - 1)) - 1) >> shift;
    }

    /// Resets the shown totals and the rates (`ipvsadm -Z`).
    public void zero(int row) {
        for (var unit : UNITS) {
            zeroedAt[at(row, unit)] = counted[at(row, unit)];
            rates[at(row, unit)] = 0;
        }
    }

    /// Clears the row for another owner.
    void reset(int row) {
        int from = row * UNITS.length;
        for (var column : columns()) {
            Arrays.fill(column, from, from + UNITS.length, 0);
        }
    }

    /// Copies a row, which continues from there.
    void copy(int from, int to) {
        for (var column : columns()) {
            System.arraycopy(column, from * UNITS.length, column, to * UNITS.length, UNITS.length);
        }
    }

    private long[][] columns() {
        return new long[][] {counted, zeroedAt, estimatedAt, rates};
    }

    /// Weights the newest two seconds with a quarter.
    public void estimate(int row) {
        for (var unit : UNITS) {
            int at = at(row, unit);
            int shift = unit.isBytes() ? BYTE_SHIFT : COUNT_SHIFT;
            long newest = (counted[at] - estimatedAt[at]) << (shift - 1); // of two seconds
            rates[at] += (newest - rates[at]) >> 2;
            estimatedAt[at] = counted[at];
        }
    }

    @SuppressWarnings("EnumOrdinal") // the order above is the layout
    private static int at(int row, Unit unit) {
        return row * UNITS.length + unit.ordinal();
    }
}
