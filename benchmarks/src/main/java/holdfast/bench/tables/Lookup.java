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

/// What a lookup costs in a table that is full to its capacity, of clients in random order.
///
/// *Amortised* lookups come in batches of as many as the datapath takes packets at once, of which the table is told
/// first ([holdfast.conn.Lookups]), which is part of what they cost. A director looks up so the connections of a batch
/// of packets, and what a batch of another director's changes is about; the template of a new connection it looks up
/// alone. The other tables have nothing of the kind, but their lookups do not depend on each other either.
/// *Single* ones cannot overlap: each client comes from the result of the lookup before, and a full fence stands
/// between, because after a miss the CPU would guess the result and go on. The fence's own time is included.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Lookup {
    /// As many packets as the datapath takes at once.
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

    /// @param first  number of the first client that may be asked for; those from [#entries] on are not in
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
