package holdfast.bench.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import holdfast.bench.MeasurementException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// On reports of iperf3 3.12 from the lab, two streams for a second in quarters, up and down.
class IperfReportTest {
    @Test
    void countsTheStreamsTogetherAfterTheWarmUp() {
        var report = IperfReport.of(resource("up.json"), 0.5);
        assertThat(report.bitsPerSecond())
                .isEqualTo((1_817_968_640L + 1_798_307_840L) * 8 / (0.249532998 + 0.250285000), within(1e3));
        assertThat(report.bytes()).isEqualTo(7_220_887_552L);
        assertThat(report.retransmits()).isEqualTo(401);
    }

    @Test
    void withoutAWarmUpTheRateIsThatOfTheWholeTest() {
        var report = IperfReport.of(resource("up.json"), 0);
        assertThat(report.bitsPerSecond()).isEqualTo(report.bytes() * 8 / 1.000441, within(1e7));
    }

    @Test
    void countsWhatTheClientReceivedOfADownload() {
        var report = IperfReport.of(resource("down.json"), 0.25);
        assertThat(report.bitsPerSecond())
                .isEqualTo(
                        (1_473_773_568L + 1_592_786_944L + 1_681_522_688L)
                                * 8
                                / (0.249959007 + 0.249983996 + 0.249941006),
                        within(1e3));
        assertThat(report.bytes()).isEqualTo(6_392_381_440L);
    }

    @Test
    void anErrorOfIperf3IsAFailedSample() {
        assertThatThrownBy(() -> IperfReport.of(resource("error.json"), 0))
                .isInstanceOf(MeasurementException.class)
                .hasMessageContaining("Connection refused");
    }

    @Test
    void aTestShorterThanTheWarmUpIsAFailedSample() {
        assertThatThrownBy(() -> IperfReport.of(resource("up.json"), 5)).isInstanceOf(MeasurementException.class);
    }

    @Test
    void whatIsNotJsonIsShown() {
        assertThatThrownBy(() -> IperfReport.of("iperf3: unrecognized option", 0))
                .isInstanceOf(MeasurementException.class)
                .hasMessageContaining("unrecognized option");
    }

    private static String resource(String name) {
        try (var in = Objects.requireNonNull(IperfReportTest.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
