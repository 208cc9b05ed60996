package holdfast.bench.tables;

import java.lang.invoke.VarHandle;
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

/// The cost of a lookup in a table that is full to its capacity, of clients in random order.
///
/// *Amortised* lookups come in batches of the datapath's size. The table learns of the batch first
/// ([holdfast.conn.Lookups]), which is part of the cost. A director looks up the connections of a batch of packets and
/// the entries of a batch of another director's changes in this way; it looks up the template of a new connection
/// alone. The other tables have no such interface, but their lookups do not depend on each other either.
///
/// *Single* lookups cannot overlap: each client comes from the result of the lookup before. A full fence separates
/// them, because after a miss the CPU would guess the result and continue. The fence's own time is included.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Lookup {
    /// The size of a datapath's batch.
    static final int BATCH = 64;

    private static final int LOOKUPS = 1024;

    @Param("templates")
    public String subject = "templates";

    @Param("1000")
    public int entries = 1000;

    private final int[] clients = new int[BATCH];
    private Subject table;
    private long random = 1;

    @SuppressWarnings("NullAway.Init") // JMH calls fill() before anything else
    public Lookup() {}

    @Setup
    public void fill() {
        table = Subject.filled(subject, entries);
    }

    @Benchmark
    @OperationsPerInvocation(LOOKUPS)
    public int amortisedHit() {
        return independent(0);
    }

    @Benchmark
    @OperationsPerInvocation(LOOKUPS)
    public int amortisedMiss() {
        return independent(entries);
    }

    @Benchmark
    @OperationsPerInvocation(LOOKUPS)
    public int singleHit() {
        return dependent(0);
    }

    @Benchmark
    @OperationsPerInvocation(LOOKUPS)
    public int singleMiss() {
        return dependent(entries);
    }

    /// @param first  number of the first client that may be looked up; clients from [#entries] on are not in the
    ///     table
    private int independent(int first) {
        int found = 0;
        for (int batch = 0; batch < LOOKUPS; batch += BATCH) {
            table.begin();
            for (int i = 0; i < BATCH; i++) {
                clients[i] = Clients.client(first + below(entries));
                table.willFind(clients[i]);
            }
            table.fetch();
            for (int i = 0; i < BATCH; i++) {
                found += table.find(i, clients[i]);
            }
        }
        return found;
    }

    private int dependent(int first) {
        int found = 0;
        for (int i = 0; i < LOOKUPS; i++) {
            random += found;
            found = table.find(Clients.client(first + below(entries)));
            VarHandle.fullFence();
        }
        return found;
    }

    /// A random number below a bound (Knuth's MMIX generator, whose high bits are the good ones).
    private int below(int bound) {
        random = random * 6364136223846793005L + 1442695040888963407L;
        return (int) (((random >>> 32) * bound) >>> 32);
    }
}
