package holdfast.bench.tables;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// The cost of removing a client by its address and inserting a new one, with the table full before and after. The
/// order of removal is independent of the position in the table.
///
/// *Amortised*, it is announced in batches, as a standby does with the changes of another director
/// ([holdfast.conn.Lookups]). Otherwise one client is replaced after the other, without announcement. The other tables
/// have no announcements.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Turnover {
    private static final int REPLACED = 1024;

    @Param("templates")
    public String subject = "templates";

    @Param("1000")
    public int entries = 1000;

    private final int[] leaving = new int[Lookup.BATCH];
    private final int[] coming = new int[Lookup.BATCH];
    private Subject table;
    private int mask; // covers the numbers of all entries
    private int shift;
    private int position; // in this pass over the table
    private int first; // number in this pass

    @SuppressWarnings("NullAway.Init") // JMH calls fill() before anything else
    public Turnover() {}

    @Setup
    public void fill() {
        table = Subject.filled(subject, entries);
        mask = -1 >>> Integer.numberOfLeadingZeros(entries - 1);
        shift = Integer.bitCount(mask) / 2;
    }

    @Benchmark
    @OperationsPerInvocation(REPLACED)
    public void insertAndDelete() {
        for (int i = 0; i < REPLACED; i++) {
            int number = next();
            table.remove(Clients.client(number));
            table.insert(Clients.client(number + entries));
        }
    }

    @Benchmark
    @OperationsPerInvocation(REPLACED)
    public void amortisedInsertAndDelete() {
        for (int batch = 0; batch < REPLACED; batch += Lookup.BATCH) {
            table.begin();
            for (int i = 0; i < Lookup.BATCH; i++) {
                int number = next();
                leaving[i] = Clients.client(number);
                coming[i] = Clients.client(number + entries);
                table.willReplace(leaving[i], coming[i]);
            }
            table.fetch();
            for (int i = 0; i < Lookup.BATCH; i++) {
                table.replace(i, leaving[i], coming[i]);
            }
        }
    }

    /// Number of the client that leaves next: each pass over the table has each of its clients once, in a computed
    /// order, because a list of them would be one more table to read at random.
    private int next() {
        while (true) {
            if (position > mask) {
                position = 0;
                first += entries;
            }
            int number = scattered(position++);
            if (number < entries) {
                return first + number;
            }
        }
    }

    /// A bijection of the numbers up to [#mask].
    private int scattered(int number) {
        int x = number * 0x2c1b3c6d & mask;
        x = (x ^ x >>> shift) * 0x297a2d39 & mask;
        return x ^ x >>> shift;
    }
}
