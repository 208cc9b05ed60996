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

/// What it costs to take a random client out, by its address, and to put a new one in: an insertion and a deletion,
/// with the table full before and after.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Turnover {
    private static final int BATCH = 1024;

    @Param("templates")
    public String subject = "templates";

    @Param("1000")
    public int entries = 1000;

    private Subject table;
    private int[] numbers; // of the clients that are in
    private int next;
    private long random = 1;

    @SuppressWarnings("NullAway.Init") // JMH calls fill() before anything else
    public Turnover() {}

    @Setup
    public void fill() {
        table = Subject.filled(subject, entries);
        numbers = new int[entries];
        for (next = 0; next < entries; next++) {
            numbers[next] = next;
        }
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void insertAndDelete() {
        for (int i = 0; i < BATCH; i++) {
            random = random * 6364136223846793005L + 1442695040888963407L;
            int leaves = (int) (((random >>> 32) * entries) >>> 32);
            table.remove(Clients.client(numbers[leaves]));
            table.insert(Clients.client(next));
            numbers[leaves] = next++;
        }
    }
}
