package holdfast.worker;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.Ipv4;
import holdfast.forward.Links;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinkReportTest {
    private static final long MS = 1_000_000;
    private static final Links LINKS = new Links(List.of(new Links.Link("front", 11, 0xf, 1500, 1)));
    private static final LinkState WELL = state(List.of(), 1);

    private final LinkReport report = new LinkReport();

    private static LinkState state(List<String> faults, int unreachable) {
        return new LinkState(LINKS, faults, List.of(new Ipv4(unreachable)), List.of("10.0.0.0/24"), List.of());
    }

    @Test
    void theFirstIsNewsAndTheSameAgainIsNot() {
        assertThat(report.news(WELL, 0)).contains(WELL);
        assertThat(report.news(state(List.of(), 1), 5000 * MS)).isEmpty();
        assertThat(report.waits(5000 * MS)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aFaultIsToldAtOnceAndSoIsItsEnd() {
        report.news(WELL, 0);
        for (int i = 1; i < 10; i++) {
            var faulty = state(List.of("front is down"), 1);
            assertThat(report.news(faulty, i)).contains(faulty);
            assertThat(report.news(WELL, i)).contains(WELL);
        }
    }

    @Test
    void anotherMacIsToldAtOnce() {
        report.news(WELL, 0);
        var links = new Links(List.of(new Links.Link("front", 11, 0xe, 1500, 1)));
        var now = new LinkState(links, List.of(), WELL.unreachable(), WELL.routes(), List.of());
        assertThat(report.news(now, 1)).contains(now);
    }

    @Test
    void whatIsReachedIsToldOnceASecondAndThenTheLatest() {
        report.news(WELL, 0);
        assertThat(report.news(state(List.of(), 2), 400 * MS)).isEmpty();
        assertThat(report.waits(400 * MS)).isEqualTo(600 * MS);
        assertThat(report.news(state(List.of(), 3), 700 * MS)).isEmpty();
        assertThat(report.news(state(List.of(), 3), 1000 * MS)).contains(state(List.of(), 3));
        assertThat(report.waits(1000 * MS)).isEqualTo(Long.MAX_VALUE);
        assertThat(report.news(state(List.of(), 4), 1001 * MS)).isEmpty();
    }

    @Test
    void aFaultDoesNotTakeWithItWhatMustWait() {
        report.news(WELL, 0);
        assertThat(report.news(state(List.of("front is down"), 2), 400 * MS))
                .contains(state(List.of("front is down"), 1));
        assertThat(report.waits(400 * MS)).isEqualTo(600 * MS);
        assertThat(report.news(state(List.of("front is down"), 2), 1000 * MS))
                .contains(state(List.of("front is down"), 2));
    }

    @Test
    void whatCameBackBeforeItWasToldIsNoNews() {
        report.news(WELL, 0);
        assertThat(report.news(state(List.of(), 2), 400 * MS)).isEmpty();
        assertThat(report.news(WELL, 500 * MS)).isEmpty();
        assertThat(report.waits(500 * MS)).isEqualTo(Long.MAX_VALUE);
    }
}
