package holdfast.bench.seal;

import holdfast.sync.ClusterKey;
import holdfast.sync.ClusterKeys;
import holdfast.sync.wire.DatagramSeal;
import holdfast.sync.wire.Gate;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// A director's datagram, sealed and opened, and a stranger's, refused.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Datagrams {
    private static final int SESSION = 12;

    @Param("1400")
    public int bytes = 1400;

    private final byte[] sealed = new byte[70_000];
    private final byte[] opened = new byte[70_000];
    private byte[] plain;
    private DatagramSeal ours;
    private Gate<String> theirs;
    private byte[] noise;
    private byte[] forgedBody;
    private byte[] forgedHello;
    private byte[] unknownSession;
    private long now;

    @SuppressWarnings("NullAway.Init") // JMH calls meet() before anything else
    public Datagrams() {}

    /// Two directors that have proved themselves to each other.
    @Setup
    public void meet() {
        var keys = ClusterKeys.of(ClusterKey.of(new byte[ClusterKey.BYTES]));
        ours = new DatagramSeal(keys, "bench");
        var ourGate = new Gate<String>(keys, "bench", ours, (_, _) -> {}, now);
        var seal = new DatagramSeal(keys, "bench");
        theirs = new Gate<>(keys, "bench", seal, (_, _) -> {}, now);
        for (int i = 0; i < 3; i++) {
            open(theirs, copy(ours.sealHello(ourGate.hello(now), sealed)));
            open(ourGate, copy(seal.sealHello(theirs.hello(now), sealed)));
        }
        plain = new byte[bytes];
        noise = new byte[bytes];
        forgedBody = copy(seal(ours));
        forgedBody[forgedBody.length - 1] ^= 1;
        unknownSession = forgedBody.clone();
        unknownSession[SESSION] ^= 1;
        forgedHello = copy(ours.sealHello(ourGate.hello(now), sealed));
        forgedHello[SESSION] ^= 1;
        if (!theirs.isSettled(now) || open(theirs, copy(seal(ours))) != bytes) {
            throw new IllegalStateException("the two did not meet");
        }
    }

    @Benchmark
    public int sealed() {
        return seal(ours);
    }

    @Benchmark
    public int sealedAndOpened() {
        return theirs.open(sealed, 0, seal(ours), opened, "", false, now);
    }

    @Benchmark
    public int refusedNotSealed() {
        return open(theirs, noise);
    }

    @Benchmark
    public int refusedUnknownSession() {
        return open(theirs, unknownSession);
    }

    @Benchmark
    public int refusedForgedHello() {
        return open(theirs, forgedHello);
    }

    @Benchmark
    public int refusedForgedBody() {
        return open(theirs, forgedBody);
    }

    private int seal(DatagramSeal by) {
        return by.seal(true, plain, 0, bytes, sealed);
    }

    private int open(Gate<String> at, byte[] datagram) {
        return at.open(datagram, 0, datagram.length, opened, "", false, now);
    }

    private byte[] copy(int size) {
        return Arrays.copyOf(sealed, size);
    }
}
