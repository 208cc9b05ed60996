package holdfast.client;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conn.FlowHash;
import holdfast.testing.Seeds;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The bounds against a model that remembers everything, over random loads that fit in or do not.
@Tag("slow")
class ClientsPropertyTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int SERVICES = 3;

    private record Pair(long client, int service) {}

    private record Open(long client, int service) {}

    private static final class Run {
        final SplittableRandom random;
        final Clients clients;
        final List<Open> open = new ArrayList<>();
        final Map<Pair, Integer> live = new HashMap<>();
        final Map<Pair, Long> windows = new HashMap<>();
        final int population;
        long now;

        Run(SplittableRandom random, int capacity, int population) {
            this.random = random;
            this.population = population;
            now = random.nextLong(-SECOND, SECOND);
            clients = new Clients(capacity, new FlowHash(random.nextLong(), random.nextLong()), now, Arena.ofAuto());
            clients.services(SERVICES);
            start = now;
        }

        final long start;

        void step(int openPercent) {
            now += random.nextInt(100) == 0 ? random.nextLong(2 * SECOND) : random.nextLong(SECOND / 200);
            if (random.nextInt(100) < openPercent) {
                long client = random.nextInt(10) == 0 ? random.nextInt(3) : random.nextInt(population);
                opened(client, random.nextInt(SERVICES));
            } else if (!open.isEmpty()) {
                closed(random.nextInt(open.size()));
            }
        }

        void opened(long client, int service) {
            clients.opened(client >>> 1, client, service, now);
            open.add(new Open(client, service));
            for (int scope : new int[] {Clients.ALL_SERVICES, service}) {
                var pair = new Pair(client, scope);
                live.merge(pair, 1, Integer::sum);
                windows.put(pair, Window.added(windows.getOrDefault(pair, 0L), second()));
            }
        }

        void closed(int index) {
            var closed = open.get(index);
            open.set(index, open.getLast());
            open.removeLast();
            clients.closed(closed.client >>> 1, closed.client, closed.service);
            live.merge(new Pair(closed.client, Clients.ALL_SERVICES), -1, Integer::sum);
            live.merge(new Pair(closed.client, closed.service), -1, Integer::sum);
        }

        int second() {
            return (int) ((now - start) / SECOND);
        }

        int rate(Pair pair) {
            return Window.perSecond(windows.getOrDefault(pair, 0L), second(), (int) ((now - start) % SECOND));
        }

        int live(Pair pair) {
            return live.getOrDefault(pair, 0);
        }

        void checkBounds() {
            for (var by : By.values()) {
                for (int scope = Clients.EACH_SERVICE; scope < SERVICES; scope++) {
                    Rankings.top(clients, 1000, by, scope, now).forEach(this::checkListed);
                }
            }
            long known = 0;
            for (var pair : live.keySet()) {
                int atLeast = clients.connections(pair.client >>> 1, pair.client, pair.service);
                assertThat(atLeast).isBetween(0, live(pair));
                assertThat(clients.newPerSecond(pair.client >>> 1, pair.client, pair.service, now))
                        .isBetween(0, rate(pair));
                known += atLeast;
            }
            assertThat(clients.unaccounted()).isEqualTo(2L * open.size() - known);
            assertThat(clients.strayEnds()).isZero();
        }

        void checkListed(TopClient listed) {
            var pair = new Pair(listed.lo(), listed.service());
            assertThat(live(pair))
                    .as("connections of %s", listed)
                    .isBetween(listed.connections() - listed.connectionsError(), listed.connections());
            assertThat(rate(pair))
                    .as("new connections of %s", listed)
                    .isBetween(listed.newPerSecond() - listed.newPerSecondError(), listed.newPerSecond());
        }

        void checkExact() {
            for (var pair : live.keySet()) {
                assertThat(clients.connections(pair.client >>> 1, pair.client, pair.service))
                        .isEqualTo(live(pair));
                assertThat(clients.newPerSecond(pair.client >>> 1, pair.client, pair.service, now))
                        .isEqualTo(rate(pair));
            }
            for (var by : By.values()) {
                assertThat(Rankings.top(clients, 1000, by, Clients.ALL_SERVICES, now))
                        .allMatch(listed -> listed.connectionsError() == 0 && listed.newPerSecondError() == 0);
            }
            assertThat(clients.unaccounted()).isZero();
            assertThat(clients.replaced() + clients.notEntered()).isZero();
        }
    }

    @Test
    void isExactWhileAllFitIn() {
        Seeds.each(40, (random, _) -> {
            int population = random.nextInt(1, 50);
            var run = new Run(random, Math.max(3, population) * (SERVICES + 1), population);
            for (int i = 1; i <= 2000; i++) {
                run.step(i / 400 % 2 == 0 ? 60 : 40);
                if (i % 100 == 0) {
                    run.checkExact();
                    run.checkBounds();
                }
            }
        });
    }

    @Test
    void roomOfClientsThatLeftIsGivenToOthersWithoutLoss() {
        Seeds.each(20, (random, _) -> {
            var run = new Run(random, 20, 1);
            for (int round = 0; round < 50; round++) {
                for (int i = 0; i < 10; i++) {
                    run.opened(1000 + round * 10L + i, 0);
                }
                run.checkExact();
                while (!run.open.isEmpty()) {
                    run.closed(random.nextInt(run.open.size()));
                }
                run.now += 2 * SECOND;
            }
        });
    }

    @Test
    void boundsHoldHoweverManyClientsCome() {
        Seeds.each(60, (random, _) -> {
            var run = new Run(random, random.nextInt(1, 60), random.nextInt(20, 2000));
            for (int i = 1; i <= 4000; i++) {
                run.step(i / 1000 % 2 == 0 ? 80 : 30);
                if (i % 500 == 0) {
                    run.checkBounds();
                }
            }
        });
    }

    @Test
    void whenAllHaveLeftAllIsExactAgain() {
        Seeds.each(30, (random, _) -> {
            var run = new Run(random, 30, 2000);
            for (int i = 0; i < 3000; i++) {
                run.step(80);
            }
            assertThat(run.clients.unaccounted()).isPositive();
            while (!run.open.isEmpty()) {
                run.closed(random.nextInt(run.open.size()));
            }
            run.checkBounds();
            assertThat(run.clients.unaccounted()).isZero();
            assertThat(Rankings.top(run.clients, 1000, By.CONNECTIONS, Clients.ALL_SERVICES, run.now))
                    .isEmpty();
        });
    }

    /// A hundred clients with 200 connections each, half of them before the flood and half of them in it, where each
    /// opens one among hundreds of clients that come once and stay or leave.
    @Test
    void aFloodOfOneConnectionClientsNeitherHidesNorEvictsAHeavyOne() {
        Seeds.each(3, (random, _) -> {
            var run = new Run(random, 1000, 1);
            for (int i = 0; i < 50 * 200; i++) {
                run.opened(i % 50, 0);
            }
            long stranger = 1_000_000;
            for (int i = 0; i < 50 * 200; i++) {
                run.opened(50 + i % 50, 0);
                for (int j = 0; j < 20; j++) {
                    run.opened(stranger++, 0);
                    run.now += SECOND / 20_000;
                    if (run.open.size() > 40_000) {
                        closeAStranger(run);
                    }
                }
            }

            var top = Rankings.top(run.clients, 100, By.CONNECTIONS, 0, run.now);
            assertThat(top).extracting(TopClient::lo).allMatch(client -> client < 100);
            top.forEach(run::checkListed);
            assertThat(top.stream().filter(client -> client.lo() < 50))
                    .as("those that were there before stay exact")
                    .hasSize(50)
                    .allMatch(client -> client.connections() == 200 && client.connectionsError() == 0);
            assertThat(top.stream().filter(client -> client.lo() >= 50))
                    .allMatch(client -> client.connectionsError() <= 60);
        });
    }

    private static void closeAStranger(Run run) {
        int index = run.random.nextInt(run.open.size());
        while (run.open.get(index).client < 100) {
            index = run.random.nextInt(run.open.size());
        }
        run.closed(index);
    }
}
