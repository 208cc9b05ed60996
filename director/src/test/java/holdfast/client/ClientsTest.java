package holdfast.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import holdfast.conn.FlowHash;
import holdfast.testing.Allocation;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

class ClientsTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int ALL = Clients.ALL_SERVICES;

    private final Clients clients = table(100);

    private static Clients table(int capacity) {
        var made = new Clients(capacity, new FlowHash(3, 4), 0, Arena.ofAuto());
        made.services(2);
        return made;
    }

    @Test
    void countsAClientAsAWholeAndAtEachService() {
        clients.opened(0, 7, 0, 0);
        clients.opened(0, 7, 1, 0);
        clients.opened(0, 7, 1, 0);
        clients.opened(1, 7, 1, 0);

        assertThat(clients.connections(0, 7, ALL)).isEqualTo(3);
        assertThat(clients.connections(0, 7, 0)).isEqualTo(1);
        assertThat(clients.connections(0, 7, 1)).isEqualTo(2);
        assertThat(clients.connections(1, 7, ALL)).isEqualTo(1);
        assertThat(clients.newPerSecond(0, 7, 1, SECOND / 2)).isEqualTo(2);

        clients.closed(0, 7, 1);
        assertThat(clients.connections(0, 7, ALL)).isEqualTo(2);
        assertThat(clients.connections(0, 7, 1)).isEqualTo(1);
        assertThat(clients.newPerSecond(0, 7, 1, SECOND / 2))
                .as("what ended was new all the same")
                .isEqualTo(2);
    }

    @Test
    void listsByConnectionsByRateAndByShareOfAService() {
        for (int i = 0; i < 10; i++) {
            clients.opened(0, 1, 0, 0);
        }
        for (int i = 0; i < 4; i++) {
            clients.opened(0, 2, 0, 5 * SECOND);
        }
        for (int i = 0; i < 3; i++) {
            clients.opened(0, 3, 1, 0);
        }
        clients.opened(0, 1, 1, 5 * SECOND);

        assertThat(Rankings.top(clients, 2, By.CONNECTIONS, ALL, 5 * SECOND))
                .containsExactly(
                        new TopClient(0, 1, ALL, 11, 0, 1, 0, 11 / 18.0),
                        new TopClient(0, 2, ALL, 4, 0, 4, 0, 4 / 18.0));
        assertThat(Rankings.top(clients, 9, By.NEW_PER_SECOND, ALL, 5 * SECOND))
                .extracting(TopClient::lo)
                .containsExactly(2L, 1L);
        assertThat(Rankings.top(clients, 9, By.CONNECTIONS, 1, 5 * SECOND))
                .extracting(TopClient::lo)
                .containsExactly(3L, 1L);
        assertThat(Rankings.top(clients, 3, By.CONNECTIONS, Clients.EACH_SERVICE, 5 * SECOND))
                .extracting(TopClient::lo, TopClient::service, TopClient::connections)
                .containsExactly(tuple(1L, 0, 10), tuple(2L, 0, 4), tuple(3L, 1, 3));
        assertThat(Rankings.top(clients, 2, By.NEW_PER_SECOND, Clients.EACH_SERVICE, 5 * SECOND))
                .extracting(TopClient::lo, TopClient::service, TopClient::newPerSecond)
                .containsExactly(tuple(2L, 0, 4), tuple(1L, 1, 1));
        assertThat(Rankings.top(clients, 2, By.SHARE, Clients.EACH_SERVICE, 5 * SECOND))
                .containsExactly(
                        new TopClient(0, 3, 1, 3, 0, 0, 0, 0.75), new TopClient(0, 1, 0, 10, 0, 0, 0, 10 / 14.0));
        assertThat(Rankings.top(clients, 0, By.CONNECTIONS, ALL, 5 * SECOND)).isEmpty();
    }

    @Test
    void anEntryIsLostOnlyToAHeavierClient() {
        var small = table(2);
        for (int i = 0; i < 5; i++) {
            small.opened(0, 1, 0, 0);
        }
        small.opened(0, 2, 0, 0);

        assertThat(small.connections(0, 1, ALL)).isEqualTo(5);
        assertThat(small.connections(0, 2, ALL)).isZero();
        assertThat(small.notEntered()).isEqualTo(2);
        assertThat(small.replaced()).isZero();
        assertThat(small.unaccounted()).isEqualTo(2);
    }

    @Test
    void theEntryThatRestsLongestIsFoundAmongAnyNumberOfBusyOnes() {
        var busy = table(2000);
        for (int i = 0; i < 999; i++) {
            busy.opened(0, i, 0, 0);
        }
        for (int i = 1000; i < 1200; i++) {
            busy.opened(0, i, 0, 3L * i * SECOND);
            assertThat(busy.connections(0, i, 0)).isEqualTo(1);
            busy.closed(0, i, 0);
        }
        assertThat(busy.replaced() + busy.notEntered()).isZero();
    }

    @Test
    void anEndWithoutABeginningIsCountedAndChangesNothing() {
        clients.closed(0, 1, 0);

        assertThat(clients.strayEnds()).isEqualTo(2);
        assertThat(clients.connections(0, 1, ALL)).isZero();
        assertThat(clients.unaccounted()).isZero();
    }

    @Test
    void memoryIsBoundedAndTakenAtOnce() {
        assertThat(table(65_536).bytes() / 65_536).isBetween(100L, 160L);
        assertThat(table(3).capacity()).isEqualTo(3);
        assertThatThrownBy(() -> table(0)).isInstanceOf(IllegalArgumentException.class);

        var full = table(50);
        for (int i = 0; i < 1000; i++) {
            full.opened(0, i, 0, i * SECOND / 100);
        }
        assertThat(full.size()).isEqualTo(50);
    }

    @Test
    void anEventAllocatesNothing() {
        var full = table(500);
        assertThat(Allocation.bytesOf(() -> {
                    for (int i = 0; i < 20_000; i++) {
                        full.opened(0, i % 3000, i % 2, i * SECOND / 1000);
                        full.connections(0, i % 7, ALL);
                        full.newPerSecond(0, i % 7, 0, i * SECOND / 1000);
                    }
                    for (int i = 0; i < 20_000; i++) {
                        full.closed(0, i % 3000, i % 2);
                    }
                }))
                .isZero();
    }
}
