package holdfast.demo;

import holdfast.lab.Lab;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// All clients with a cart, half of them by NAT and half by DR.
final class Shoppers {
    static final int COUNT = 200;
    private static final int AT_ONCE = 16;
    private static final int WARM_UP_ROUNDS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final List<Shopper> all = Stream.of(Target.values())
            .flatMap(target -> IntStream.rangeClosed(1, COUNT / 2).mapToObj(n -> new Shopper(n, target)))
            .toList();

    List<Shopper> all() {
        return all;
    }

    /// Lets the JVM compile the lab's own programs before anything is measured: they share their machine with the
    /// directors.
    static void warmUp(Lab lab) throws IOException, InterruptedException {
        for (var target : Target.values()) {
            Workload.Hashes.of(target);
        }
        var directly = lab.realServers().stream()
                .flatMap(server -> IntStream.rangeClosed(1, COUNT / 2)
                        .mapToObj(n -> new Shopper(
                                n,
                                Target.DR,
                                new InetSocketAddress(server, Target.DR.http().getPort()))))
                .toList();
        for (int round = 0; round < WARM_UP_ROUNDS; round++) {
            fillCarts(directly);
        }
    }

    /// Makes all log in anew and fill their carts.
    void fillCarts() throws IOException, InterruptedException {
        fillCarts(all);
    }

    private static void fillCarts(List<Shopper> shoppers) throws IOException, InterruptedException {
        forAll(shoppers, shopper -> {
            shopper.fillCart(PATIENCE);
            return true;
        });
    }

    /// Number of shoppers that still have their cart.
    int countKept() throws IOException, InterruptedException {
        return forAll(all, shopper -> shopper.keepsCart(PATIENCE));
    }

    private interface Visit {
        boolean by(Shopper shopper) throws IOException;
    }

    /// Makes all do the same, some at once.
    ///
    /// @return number of successes
    private static int forAll(List<Shopper> shoppers, Visit visit) throws IOException, InterruptedException {
        try (var pool = Executors.newFixedThreadPool(AT_ONCE)) {
            var visits = new ArrayList<Future<Boolean>>();
            for (var shopper : shoppers) {
                visits.add(pool.submit(() -> visit.by(shopper)));
            }
            int succeeded = 0;
            for (var done : visits) {
                succeeded += done.get() ? 1 : 0;
            }
            return succeeded;
        } catch (ExecutionException e) {
            throw new IOException("a client could not do its shopping: " + e.getCause(), e);
        }
    }
}
