package holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.json.AdminJson;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ReportTest {
    private static final Report.Outcome GOOD = outcome(200, true, true, 12.5, 0);
    private static final Report.Rejoin REJOINED = new Report.Rejoin(true, 1.25, false);

    @Test
    void passesOnlyWhereEveryBarWasHeld() {
        assertThat(report(GOOD, GOOD, REJOINED).verdict()).isEqualTo(Report.Verdict.PASS);
        assertThat(Report.of(GOOD, REJOINED, GOOD, GOOD, List.of("freeze: one more thing."))
                        .verdict())
                .isEqualTo(Report.Verdict.FAIL);
    }

    @Test
    void namesEachBarThatWasMissed() {
        assertThat(failures(outcome(199, true, true, 1, 0), GOOD))
                .containsExactly("crash: 1 of 200 clients lost their cart.");
        assertThat(failures(outcome(200, false, true, 1, 0), GOOD)).containsExactly("crash: a download broke.");
        assertThat(failures(outcome(200, true, false, 1, 0), GOOD)).containsExactly("crash: an echo session broke.");
        assertThat(failures(outcome(200, true, true, 250.1, 0), GOOD)).hasSize(1);
        assertThat(failures(outcome(200, true, true, 250, 9), GOOD)).isEmpty();
        assertThat(failures(GOOD, outcome(200, true, true, 20.1, 0))).hasSize(1);
        assertThat(failures(GOOD, outcome(200, true, true, 20, 1))).containsExactly("planned: 1 requests failed.");
    }

    @Test
    void rejoinMustEndEqualAndQuiet() {
        assertThat(report(GOOD, GOOD, new Report.Rejoin(false, 30, false)).failures())
                .hasSize(1);
        assertThat(report(GOOD, GOOD, new Report.Rejoin(true, 1, true)).failures())
                .hasSize(1);
    }

    @Test
    void stepThatWasNotReachedIsNoPass() {
        assertThat(Report.of(GOOD, null, null, null, List.of()).failures()).hasSize(3);
    }

    @Test
    void jsonHasTheFieldsThatTheIssueNames() {
        assertThat(AdminJson.pretty(report(GOOD, GOOD, REJOINED)))
                .contains(
                        "\"verdict\" : \"pass\"",
                        "\"tookOverByItself\" : false",
                        "\"seconds\" : 1.25",
                        "\"equal\" : true")
                .contains(
                        "\"carts\" : 200", "\"cartsKept\" : 200", "\"downloadsIntact\" : true", "\"echoIntact\" : true")
                .contains("\"blackoutMs\" : 12.5", "\"packetsLost\" : 3", "\"requestsFailed\" : 0")
                .contains("\"templatesLost\" : 0", "\"templatesPredictedLost\" : null")
                .contains("\"connectionsLost\" : 1", "\"connectionsPredictedLost\" : 2");
    }

    private static List<String> failures(Report.Outcome crash, Report.Outcome planned) {
        return report(crash, planned, REJOINED).failures();
    }

    private static Report report(Report.Outcome crash, Report.Outcome planned, Report.Rejoin rejoin) {
        return Report.of(crash, rejoin, planned, GOOD, List.of());
    }

    private static Report.Outcome outcome(int kept, boolean downloads, boolean echo, double blackoutMs, int failed) {
        return new Report.Outcome(200, kept, downloads, echo, blackoutMs, 3, failed, 0, null, 1, 2L);
    }
}
