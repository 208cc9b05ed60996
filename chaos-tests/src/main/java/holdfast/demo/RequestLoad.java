package holdfast.demo;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/// Shoppers who read their carts all the time, each time over a new connection.
final class RequestLoad {
    private static final int WORKERS = 8;
    private static final long REQUEST_INTERVAL = 25_000_000;
    /// A longer wait counts as a failure.
    private static final Duration PROMPT = Duration.ofSeconds(2);
    /// A request that a blackout only delayed is answered by then, although TCP's timer doubles; later answers
    /// never come.
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /// Most requests of a paced load under way at once: more than wait while packets are held, and a bound on those
    /// that wait if nothing answers.
    private static final int UNDER_WAY_MAX = 2000;

    private static final long SECOND = 1_000_000_000;

    private final AtomicInteger requests = new AtomicInteger();
    private final ConcurrentLinkedQueue<Failure> failed = new ConcurrentLinkedQueue<>();
    private final Semaphore places = new Semaphore(UNDER_WAY_MAX);
    private final long beganAt = System.nanoTime();
    private final List<Thread> workers;
    private volatile boolean stopping;

    /// @param perSecond  rate of all requests, by an absolute schedule; 0 for a few shoppers, each of whom waits
    ///     for the answer and then for a moment
    private RequestLoad(List<Shopper> shoppers, int perSecond) {
        workers = perSecond > 0
                ? List.of(Thread.ofPlatform().daemon().name("shoppers").start(() -> pace(shoppers, perSecond)))
                : IntStream.range(0, WORKERS)
                        .mapToObj(worker ->
                                Thread.ofVirtual().name("shopper-" + worker).start(() -> work(shoppers, worker)))
                        .toList();
    }

    static RequestLoad start(List<Shopper> shoppers) {
        return new RequestLoad(shoppers, 0);
    }

    /// Starts a fixed number of requests in each second, whether or not earlier ones were answered.
    static RequestLoad start(List<Shopper> shoppers, int perSecond) {
        return new RequestLoad(shoppers, perSecond);
    }

    private void work(List<Shopper> shoppers, int worker) {
        for (int turn = worker; !stopping; turn += WORKERS) {
            request(shoppers.get(turn % shoppers.size()));
            LockSupport.parkNanos(REQUEST_INTERVAL);
        }
    }

    private void pace(List<Shopper> shoppers, int perSecond) {
        for (int turn = 0; !stopping; turn++) {
            long dueAt = beganAt + turn * SECOND / perSecond;
            for (long early = dueAt - System.nanoTime(); early > 0; early = dueAt - System.nanoTime()) {
                LockSupport.parkNanos(early);
            }
            var shopper = shoppers.get(turn % shoppers.size());
            places.acquireUninterruptibly();
            Thread.ofVirtual().name("shopper").start(() -> {
                request(shopper);
                places.release();
            });
        }
        places.acquireUninterruptibly(UNDER_WAY_MAX); // until the last one has ended
    }

    private void request(Shopper shopper) {
        long beginAt = System.nanoTime();
        try {
            long connected = shopper.readCart(PATIENCE);
            long took = System.nanoTime() - beginAt;
            if (took > PROMPT.toNanos()) {
                var why = "%s: took %.1f s, %.1f s of them to connect".formatted(shopper, took / 1e9, connected / 1e9);
                failed.add(new Failure(beginAt, beginAt + took, true, why));
            }
        } catch (IOException e) {
            failed.add(new Failure(beginAt, System.nanoTime(), false, shopper + ": " + e.getMessage()));
        }
        requests.incrementAndGet();
    }

    /// Stops without waiting for the requests under way.
    void abandon() {
        stopping = true;
    }

    /// Stops after the requests under way.
    Result stop() throws InterruptedException {
        stopping = true;
        double seconds = (System.nanoTime() - beganAt) / 1e9;
        for (var worker : workers) {
            worker.join();
        }
        return new Result(requests.get(), seconds, List.copyOf(failed));
    }

    /// A request that failed.
    ///
    /// @param beganAt  [System#nanoTime]
    /// @param endedAt  likewise
    /// @param isLate   the right answer came, too late
    record Failure(long beganAt, long endedAt, boolean isLate, String why) {
        /// What went wrong, and when it began.
        ///
        /// @param struckAt  when the fault struck, [System#nanoTime]
        String since(long struckAt) {
            return "%s; begun %+.1f ms from the fault".formatted(why, (beganAt - struckAt) / 1e6);
        }
    }

    /// @param seconds  during which requests were begun
    record Result(int requests, double seconds, List<Failure> failed) {
        int failures() {
            return failed.size();
        }

        /// Failures that ended before a point of time.
        int failuresBefore(long at) {
            return (int) failed.stream().filter(f -> f.endedAt - at < 0).count();
        }

        /// Of these, the requests without any right answer.
        int lostBefore(long at) {
            return (int)
                    failed.stream().filter(f -> !f.isLate && f.endedAt - at < 0).count();
        }

        /// Requests without a right answer after a fault that did not begin within the window.
        int lostOutside(long struckAt, Workload.Window young) {
            return (int) failed.stream()
                    .filter(f -> !f.isLate && f.endedAt - struckAt >= 0)
                    .filter(f -> f.beganAt - young.from() < 0 || f.beganAt - young.to() > 0)
                    .count();
        }

        /// What went wrong first.
        Optional<Failure> firstFailure() {
            return failed.stream().findFirst();
        }

        double perSecond() {
            return Math.round(requests / seconds * 10) / 10.0;
        }
    }
}
