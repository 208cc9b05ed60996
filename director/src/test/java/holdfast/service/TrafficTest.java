package holdfast.service;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.service.Traffic.Unit;
import org.junit.jupiter.api.Test;

/// Rates as IPVS averages and rounds them (IPVS-REF 4.12).
class TrafficTest {
    private final Traffic traffic = new Traffic(1);

    @Test
    void theNewestTwoSecondsCountForAQuarter() {
        for (int i = 0; i < 100; i++) {
            traffic.connection(0);
        }
        traffic.in(0, 1000);
        traffic.estimate(0);
        assertThat(traffic.rate(0, Unit.CONNECTIONS)).isEqualTo(12); // 50 a second, a quarter of it, rounded down
        assertThat(traffic.rate(0, Unit.BYTES_IN)).isEqualTo(125);

        traffic.estimate(0);
        assertThat(traffic.rate(0, Unit.CONNECTIONS)).isEqualTo(9);
    }

    @Test
    void aRateThatDecaysReachesZero() {
        for (int i = 0; i < 10_000; i++) {
            traffic.connection(0);
        }
        for (int i = 0; i < 60; i++) {
            traffic.estimate(0);
        }
        assertThat(traffic.rate(0, Unit.CONNECTIONS)).isZero();
        assertThat(traffic.total(0, Unit.CONNECTIONS)).isEqualTo(10_000);
    }
}
