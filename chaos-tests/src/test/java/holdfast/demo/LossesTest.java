package holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.Connections;
import holdfast.admin.Endpoint;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.Protocol;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LossesTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void whatBothKnowIsNotLost() {
        assertThat(Losses.between(listing(connection(1, 9000)), listing(connection(1, 7000)), SECOND))
                .isEqualTo(new Losses(0, 0));
    }

    @Test
    void whatOnlyTheOldOneKnewIsLost() {
        assertThat(Losses.between(listing(connection(1, 9000), template(2, 9000)), listing(), SECOND))
                .isEqualTo(new Losses(1, 1));
    }

    @Test
    void whatHadRunOutByThenIsNotLost() {
        assertThat(Losses.between(listing(connection(1, 900)), listing(), SECOND))
                .isEqualTo(new Losses(0, 0));
    }

    @Test
    void templateIsNoConnectionOfTheSameClient() {
        assertThat(Losses.between(listing(template(1, 9000)), listing(connection(1, 9000)), SECOND))
                .isEqualTo(new Losses(1, 0));
    }

    private static Connections listing(Connections.Entry... entries) {
        return new Connections(entries.length, false, List.of(entries));
    }

    private static Connections.Entry connection(int client, long expiresMs) {
        return entry(Connections.Kind.CONNECTION, client, expiresMs);
    }

    private static Connections.Entry template(int client, long expiresMs) {
        return entry(Connections.Kind.TEMPLATE, client, expiresMs);
    }

    private static Connections.Entry entry(Connections.Kind kind, int client, long expiresMs) {
        return new Connections.Entry(
                kind,
                Protocol.TCP,
                Endpoint.of("198.51.100." + client + ":0"),
                Endpoint.of("192.0.2.10:80"),
                Endpoint.of("10.0.0.11:8080"),
                ForwardingMethod.NAT,
                "ESTABLISHED",
                expiresMs,
                900,
                1,
                1,
                null,
                false,
                null);
    }
}
