package holdfast.service;

import java.util.Arrays;

/// What passed, row by row: the counters of `ipvsadm --stats` and the rates of `--rate` (IPVS-REF 4.12).
///
/// Written by the datapath thread. Another thread may read and sees values of some moment ago.
public final class Traffic {
    /// How often [#estimate] is to be called.
    public static final long ESTIMATE_INTERVAL_NS = 2_000_000_000L;

    /// What is counted, in the order in which ipvsadm prints it.
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

    /// Rates are kept in fractions: 1/1024 of a connection or packet, 1/32 of a byte, each per second.
    private static final int COUNT_SHIFT = 10, BYTE_SHIFT = 5;

    private final long[] counted;
    private final long[] zeroedAt; // what had been counted when an operator last asked for zero
    private final long[] estimatedAt; // what had been counted when the rate was last estimated
    private final long[] rates;

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

    /// Per second, as IPVS rounds it: a decaying rate reaches 0.
    public long rate(int row, Unit unit) {
        int shift = unit.isBytes() ? BYTE_SHIFT : COUNT_SHIFT;
        return (rates[at(row, unit)] + (1L << (shift - 1)) - 1) >> shift;
    }

    /// Shown totals begin at 0 again and rates too (`ipvsadm -Z`).
    public void zero(int row) {
        for (var unit : UNITS) {
            zeroedAt[at(row, unit)] = counted[at(row, unit)];
            rates[at(row, unit)] = 0;
        }
    }

    /// The row is another's from now on.
    void reset(int row) {
        int from = row * UNITS.length;
        for (var column : columns()) {
            Arrays.fill(column, from, from + UNITS.length, 0);
        }
    }

    /// The row goes on from where another one stands.
    void copy(int from, int to) {
        for (var column : columns()) {
            System.arraycopy(column, from * UNITS.length, column, to * UNITS.length, UNITS.length);
        }
    }

    private long[][] columns() {
        return new long[][] {counted, zeroedAt, estimatedAt, rates};
    }

    /// Gives the newest two seconds a quarter of the say.
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
