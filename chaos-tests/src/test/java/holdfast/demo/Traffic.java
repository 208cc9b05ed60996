package holdfast.demo;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.lab.Lab;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// The clients of a chaos test, by NAT and by DR at once: a typist on one TCP connection, a prober with a thousand UDP
/// requests a second, and shoppers who read their carts, each time over a new connection.
final class Traffic {
    private static final int SHOPPERS = 20;
    private static final int TYPIST = 2;
    private static final int PROBER = 3;
    private static final int PROBES_STARTED = 200;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final List<Shopper> shoppers;
    private final Map<Target, EchoSession> echoes = new EnumMap<>(Target.class);
    private final Map<Target, Prober> probers = new EnumMap<>(Target.class);
    private final RequestLoad load;

    private Traffic(List<Shopper> shoppers) throws IOException {
        this.shoppers = shoppers;
        for (var target : Target.values()) {
            echoes.put(target, EchoSession.start(target.client(TYPIST), target));
            probers.put(target, Prober.start(target.client(PROBER), target.echo()));
        }
        load = RequestLoad.start(shoppers);
    }

    /// Fills carts, starts everything, and returns when it is under way.
    static Traffic start() throws IOException {
        var shoppers = new ArrayList<Shopper>();
        for (var target : Target.values()) {
            for (int n = 1; n <= SHOPPERS; n++) {
                var shopper = new Shopper(n, target);
                shopper.fillCart(PATIENCE);
                shoppers.add(shopper);
            }
        }
        var traffic = new Traffic(shoppers);
        traffic.awaitMoreAnswers(PROBES_STARTED);
        return traffic;
    }

    /// Waits until the probers of both targets have got so many answers more.
    void awaitMoreAnswers(int more) {
        var wanted = new EnumMap<Target, Integer>(Target.class);
        probers.forEach((target, prober) -> wanted.put(target, prober.answered() + more));
        Lab.await(
                more + " more probes are answered by each of " + probers.keySet(),
                Duration.ofSeconds(15),
                () -> wanted.entrySet().stream()
                        .allMatch(w -> requireNonNull(probers.get(w.getKey())).answered() >= w.getValue()));
    }

    /// The clients' results.
    ///
    /// @param problems  of an echo session or a prober, as sentences
    /// @param repeated  probes answered twice
    record Result(Outage outage, int repeated, RequestLoad.Result requests, int cartsLost, List<String> problems) {
        /// Echo sessions are whole, no cart is lost, nobody was refused.
        void assertIntact() {
            assertThat(problems).isEmpty();
            assertThat(cartsLost).as("carts lost of %d", 2 * SHOPPERS).isZero();
        }

        /// Also every single request was answered.
        void assertHitless() {
            assertIntact();
            assertThat(requests.failures())
                    .as("failed of %d requests; the first: %s", requests.requests(), requests.firstFailure())
                    .isZero();
        }

        @Override
        public String toString() {
            return "blackout %.1f ms, %d of %d probes lost, %d of %d requests failed, %d carts lost"
                    .formatted(
                            outage.blackoutMs(),
                            outage.lost(),
                            outage.sent(),
                            requests.failures(),
                            requests.requests(),
                            cartsLost);
        }
    }

    /// Stops everything and judges.
    Result stop() throws IOException, InterruptedException {
        var problems = new ArrayList<String>();
        var requests = load.stop();
        for (var echo : echoes.entrySet()) {
            var problem = echo.getValue().stop(PATIENCE);
            if (!problem.isEmpty()) {
                problems.add("the echo session by " + echo.getKey() + " " + problem);
            }
        }
        var outage = new Outage(0, 0, 0, 0);
        int repeated = 0;
        for (var prober : probers.values()) {
            outage = outage.and(prober.stop());
            repeated += prober.repeated();
            if (prober.refused() > 0) {
                problems.add(prober.refused() + " probes were refused with an ICMP error");
            }
        }
        int cartsLost =
                (int) shoppers.stream().filter(s -> !s.keepsCart(PATIENCE)).count();
        return new Result(outage, repeated, requests, cartsLost, List.copyOf(problems));
    }
}
