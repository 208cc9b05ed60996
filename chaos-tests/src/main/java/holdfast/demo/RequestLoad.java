package holdfast.demo;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/// Shoppers who look into their carts all the time, each time over a new connection.
final class RequestLoad {
    private static final int WORKERS = 8;
    private static final long REQUEST_INTERVAL = 25_000_000;
    /// A client who waits for longer has been failed.
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private final ConcurrentLinkedQueue<String> reasons = new ConcurrentLinkedQueue<>();
    private final List<Thread> workers;
    private volatile boolean stopping;

    private RequestLoad(List<Shopper> shoppers) {
        workers = IntStream.range(0, WORKERS)
                .mapToObj(worker -> Thread.ofVirtual().name("shopper-" + worker).start(() -> work(shoppers, worker)))
                .toList();
    }

    static RequestLoad start(List<Shopper> shoppers) {
        return new RequestLoad(shoppers);
    }

    private void work(List<Shopper> shoppers, int worker) {
        for (int turn = worker; !stopping; turn += WORKERS) {
            request(shoppers.get(turn % shoppers.size()));
            LockSupport.parkNanos(REQUEST_INTERVAL);
        }
    }

    private void request(Shopper shopper) {
        long beginAt = System.nanoTime();
        try {
            shopper.readCart(PATIENCE);
            if (System.nanoTime() - beginAt > PATIENCE.toNanos()) {
                throw new IOException("took more than " + PATIENCE.toSeconds() + " s");
            }
        } catch (IOException e) {
            failures.incrementAndGet();
            reasons.add(shopper + ": " + e.getMessage());
        }
        requests.incrementAndGet();
    }

    /// Stops after the requests that are under way.
    Result stop() throws InterruptedException {
        stopping = true;
        for (var worker : workers) {
            worker.join();
        }
        return new Result(requests.get(), failures.get(), Optional.ofNullable(reasons.peek()));
    }

    /// @param firstFailure  what went wrong first
    record Result(int requests, int failures, Optional<String> firstFailure) {}
}
