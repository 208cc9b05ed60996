package holdfast.sync;

import java.util.ArrayDeque;
import java.util.Queue;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Lincheck runs random programs of the two sides under controlled interleavings of their memory accesses, and compares
/// each result with that of a plain queue. It assumes sequentially consistent memory; [DeltaRingTest] covers the
/// effects of a weaker order, as far as the present machine shows them.
@Tag("slow")
class DeltaRingLincheckTest {
    private static final int CAPACITY = 2;

    @Test
    void twoThreadsSeeABoundedQueue() {
        new ModelCheckingOptions()
                .iterations(8)
                .invocationsPerIteration(100)
                .threads(2)
                .actorsBefore(2)
                .actorsPerThread(4)
                .actorsAfter(2)
                .sequentialSpecification(BoundedQueue.class)
                .check(Ring.class);
    }

    /// The ring as its two sides use it. A record with inconsistent fields gives a negative number.
    public static final class Ring {
        private final DeltaRing ring = new DeltaRing(CAPACITY);
        private int published;

        @Operation(nonParallelGroup = "producer")
        public boolean offer() {
            Delta claimed = ring.claim();
            if (claimed == null) {
                return false;
            }
            published++;
            claimed.version(published).digest(~published);
            ring.publish();
            return true;
        }

        @Operation(nonParallelGroup = "producer")
        public int sizeForProducer() {
            return ring.size();
        }

        @Operation(nonParallelGroup = "consumer")
        public long poll() {
            Delta oldest = ring.peek();
            if (oldest == null) {
                return 0;
            }
            long version = oldest.version();
            boolean isWhole = oldest.digest() == ~version;
            ring.release();
            return isWhole ? version : -1 - version;
        }

        @Operation(nonParallelGroup = "consumer")
        public int sizeForConsumer() {
            return ring.size();
        }
    }

    /// The expected behaviour of [Ring] from either side.
    public static final class BoundedQueue {
        private final Queue<Integer> queue = new ArrayDeque<>();
        private int published;

        public boolean offer() {
            return queue.size() < CAPACITY && queue.add(++published);
        }

        public int sizeForProducer() {
            return queue.size();
        }

        public long poll() {
            Integer oldest = queue.poll();
            return oldest == null ? 0 : oldest;
        }

        public int sizeForConsumer() {
            return queue.size();
        }
    }
}
