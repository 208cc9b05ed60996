package holdfast.cli.ipvsadm;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.ServiceList;
import holdfast.cli.ipvsadm.ServicesText.Columns;
import holdfast.conf.DrainMode;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Large numbers, as ipvsadm 1.31 printed them: those of connections are never shortened, rates only in bytes.
class ServicesTextTest {
    private static final ServiceList.Totals TOTALS =
            new ServiceList.Totals(99_999_999, 100_000_000, 100_000_000_000L, 4_294_967_295L, 1L << 60);
    private static final ServiceList.Rates RATES =
            new ServiceList.Rates(999_999_999, 1_000_000_000, 4_294_967_295L, 1, 100_000_000);

    @Test
    void numbersOfConnectionsHaveAllTheirDigits() {
        assertThat(line(Columns.PLAIN, false)).isEqualTo("Route   1      123456789  4294967295");
        assertThat(line(Columns.TUN_INFO, false)).isEqualTo("Route   n/a           1      123456789  4294967295");
        assertThat(line(Columns.THRESHOLDS, false)).isEqualTo("0          0          123456789  4294967295");
        assertThat(line(Columns.PERSISTENT_CONN, false)).isEqualTo("1         2           123456789  4294967295");
    }

    @Test
    void sumsAreShortenedUnlessExact() {
        assertThat(line(Columns.STATS, false)).isEqualTo("99999999  100000K    4294M     100G 1152921T");
        assertThat(line(Columns.STATS, true))
                .isEqualTo("99999999 100000000 4294967295 100000000000 1152921504606846976");
    }

    @Test
    void ratesAreShortenedInBytes() {
        assertThat(line(Columns.RATE, false)).isEqualTo("999999999 1000000000        1    4294M  100000K");
        assertThat(line(Columns.RATE, true)).isEqualTo("999999999 1000000000        1 4294967295 100000000");
    }

    private static String line(Columns columns, boolean isExact) {
        var real = new ServiceList.RealServer(
                "10.0.0.1",
                80,
                ForwardingMethod.DR,
                1,
                ServiceList.State.UP,
                123_456_789,
                4_294_967_295L,
                2,
                0,
                0,
                false,
                DrainMode.KEEP_ALL,
                null,
                null,
                TOTALS,
                RATES);
        var service = new ServiceList.Service(
                ServiceKey.of("tcp/192.0.2.1:80"),
                SchedulerName.WLC,
                List.of(),
                null,
                false,
                null,
                List.of(real),
                TOTALS,
                RATES);
        var text = new ServicesText(columns, isExact, true, EndpointText.NUMERIC).of(service);
        return text.lines()
                .filter(line -> line.startsWith("  -> 10.0.0.1:80"))
                .findFirst()
                .orElseThrow()
                .substring(34);
    }
}
