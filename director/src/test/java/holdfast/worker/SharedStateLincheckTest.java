package holdfast.worker;

import holdfast.forward.Lease;
import holdfast.forward.ProbeQueue;
import holdfast.table.Counter;
import holdfast.table.Counters;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jetbrains.lincheck.Lincheck;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The state that the worker shares with other threads without a lock, under Lincheck's controlled interleavings.
@Tag("slow")
class SharedStateLincheckTest {
    /// 1 to 4 are offered to a queue with room for two, 1 and 2 in time to find room in any case.
    private static final Set<List<Long>> POSSIBLE =
            Set.of(List.of(1L, 2L), List.of(1L, 2L, 3L), List.of(1L, 2L, 4L), List.of(1L, 2L, 3L, 4L));

    private static ModelCheckingOptions options() {
        return new ModelCheckingOptions()
                .iterations(8)
                .invocationsPerIteration(80)
                .threads(2)
                .actorsBefore(1)
                .actorsPerThread(4)
                .actorsAfter(1);
    }

    @Test
    void probesComeOutInOrderAndOnce() {
        options().sequentialSpecification(ProbeList.class).check(Probes.class);
    }

    /// A full queue is no list: while it is drained, a request may find the room of one that was taken
    /// just now.
    @Test
    void probesThatFindNoRoomAreDroppedWhole() {
        Lincheck.runConcurrentTest(200, SharedStateLincheckTest::overfill);
    }

    private static void overfill() {
        try (var queue = new ProbeQueue(2)) {
            queue.offer(1);
            var worker = new Thread(() -> {
                queue.offer(2);
                queue.offer(3);
                queue.offer(4);
            });
            var drained = new ArrayList<Long>();
            worker.start();
            queue.drain(drained::add);
            join(worker);
            queue.drain(drained::add);
            if (!POSSIBLE.contains(drained)) { // no AssertJ, which Lincheck would follow too
                throw new IllegalStateException("came out: " + drained);
            }
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void leaseIsTheOneRenewedLast() {
        options().iterations(20).sequentialSpecification(PlainLease.class).check(SharedLease.class);
    }

    @Test
    void countersOfOneWriterLoseNothing() {
        options().check(SharedCounters.class);
    }

    /// One worker, one thread that asks the kernel.
    public static final class Probes {
        private final ProbeQueue queue = new ProbeQueue();

        @Operation(nonParallelGroup = "worker")
        public void offer(@Param(gen = IntGen.class, conf = "1:3") int neighbour) {
            queue.offer(neighbour);
        }

        @Operation(nonParallelGroup = "netlink")
        public List<Long> drain() {
            var drained = new ArrayList<Long>();
            queue.drain(drained::add);
            return drained;
        }

        @Validate
        public void close() {
            queue.close();
        }
    }

    public static final class ProbeList {
        private final List<Long> queue = new ArrayList<>();

        public void offer(int neighbour) {
            queue.add((long) neighbour);
        }

        public List<Long> drain() {
            var drained = List.copyOf(queue);
            queue.clear();
            return drained;
        }
    }

    /// One election, one worker. The election renews, and orders to stop for its last renewal. The worker obeys
    /// later, perhaps after a newer renewal, which must then stay.
    public static final class SharedLease {
        private final Lease lease = new Lease();
        private int until;
        private volatile long ordered;

        @Operation(nonParallelGroup = "election")
        public void renew() {
            lease.renew(++until);
        }

        @Operation(nonParallelGroup = "election")
        public void orderStop() {
            ordered = lease.end();
        }

        @Operation(nonParallelGroup = "worker")
        public void stop() {
            lease.unbind(ordered);
        }

        @Operation(nonParallelGroup = "worker")
        public boolean isLost(@Param(gen = IntGen.class, conf = "1:4") int boottime) {
            return lease.isLost(boottime);
        }
    }

    public static final class PlainLease {
        private int until;
        private boolean bound;
        private int ordered;

        public void renew() {
            until++;
            bound = true;
        }

        public void orderStop() {
            ordered = until;
        }

        public void stop() {
            bound = bound && ordered != until;
        }

        public boolean isLost(int boottime) {
            return bound && boottime > until;
        }
    }

    /// One worker, anybody reads.
    public static final class SharedCounters {
        private final Counters counters = new Counters();

        @Operation(nonParallelGroup = "worker")
        public void count() {
            counters.count(Counter.RELAYED);
        }

        @Operation
        public long value() {
            return counters.value(Counter.RELAYED);
        }
    }
}
