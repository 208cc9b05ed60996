package holdfast.demo;

import static holdfast.demo.Rounds.GOOD;
import static holdfast.demo.Rounds.PLANNED;
import static holdfast.demo.Rounds.blackout;
import static holdfast.demo.Rounds.round;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.json.AdminJson;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ReportTest {
    private static final Machine MACHINE = new Machine("Some CPU @ 50%", 2, 1, "6.1.0");

    @Test
    void jsonOfOneRoundHasTheFieldsOfEachStepAtItsTop() {
        assertThat(AdminJson.pretty(report(List.of(round(GOOD, PLANNED, GOOD)), null)))
                .contains(
                        "\n  \"crash\" : {",
                        "\n  \"planned\" : {",
                        "\n  \"freeze\" : {",
                        "\n  \"verdict\" : \"pass\"",
                        "\"tookOverByItself\" : false",
                        "\"seconds\" : 2.25",
                        "\"readySeconds\" : 1.5",
                        "\"equal\" : true")
                .contains(
                        "\"carts\" : 200", "\"cartsKept\" : 200", "\"downloadsIntact\" : true", "\"echoIntact\" : true")
                .contains("\"blackoutMs\" : 0.0", "\"packetsLost\" : 0", "\"requestsFailed\" : 0", "\"heldMs\" : 3.5")
                .contains("\"templatesLost\" : 0", "\"templatesPredictedLost\" : null")
                .contains("\"connectionsLost\" : 1", "\"connectionsPredictedLost\" : 2")
                .contains("\"cpuModel\" : \"Some CPU @ 50%\"", "\"cpus\" : 2", "\"kernel\" : \"6.1.0\"");
    }

    @Test
    void jsonOfSeveralRoundsHasThemAll() {
        assertThat(AdminJson.pretty(report(List.of(round(1, blackout(50, 1)), round(2, blackout(70, 2))), null)))
                .contains("\n  \"crash\" : null", "\"number\" : 1", "\"number\" : 2")
                .contains("\"blackoutMs\" : 50.0", "\"blackoutMs\" : 70.0");
    }

    @Test
    void tableOfOneRoundHasAColumnForEachStep() {
        var table = Tables.of(report(List.of(round(blackout(70.25, 3.2), PLANNED, GOOD)), null));
        assertThat(table)
                .contains("Some CPU @ 50%, 1 of 2 CPUs, Linux 6.1.0; plain\n")
                .contains(cells("", "crash", "planned", "freeze"))
                .contains(cells("carts kept", "200 of 200", "200 of 200", "200 of 200"))
                .contains(cells("blackout, ms", "70.3", "0.0", "0.0"))
                .contains(cells("packets held, ms", "-", "3.5", "-"))
                .contains(cells("longest wait for a CPU, ms", "3.2", "0.0", "0.0"))
                .contains("the dead director came back: equal after 2.3 s, and stayed the standby\n");
    }

    @Test
    void tableOfSeveralRoundsHasTheirSpreadAndSums() {
        var broken = new Round(3, null, null, null, null, true, List.of());
        var table = Tables.of(report(List.of(round(1, blackout(50, 1)), round(2, blackout(70, 2)), broken), null));
        assertThat(table)
                .contains(cells("3 rounds", "min", "median", "max"))
                .contains(cells("crash: blackout, ms", "50.0", "60.0", "70.0"))
                .contains(cells("crash: longest wait for a CPU, ms", "1.0", "1.5", "2.0"))
                .contains(cells("planned: packets held, ms", "3.5", "3.5", "3.5"))
                .contains(cells("carts kept", "400 of 400", "400 of 400", "400 of 400"))
                .contains(cells("requests failed", "0 of 6000", "0 of 6000", "0 of 6000"));
    }

    @Test
    void rowOfFailoversTellsTheFirstTheMedianAndTheLongest() {
        assertThat(Tables.of(report(List.of(), row(4, 0, 1000, Arrays.asList(24.5, 3.0, null, 9.0)))))
                .contains(
                        "4 of 4 planned failovers in a row under 1000 requests/s: 0 aborted, 2 refused and asked again\n")
                .contains("longest wait for a CPU 7.5 ms (d1 sync)\n")
                .contains("packets held, ms: first 24.5, median 9.0, max 24.5; the first taker was ready 2.5 s after");
    }

    @Test
    void rowOfFailoversMustCostNothing() {
        assertThat(row(4, 0, 1000, List.of()).judge(Mode.PLAIN).verdict()).isEqualTo(Bars.Verdict.PASS);
        assertThat(row(3, 0, 1000, List.of()).judge(Mode.PLAIN).failures())
                .containsExactly("failovers: 3 of 4 planned failovers were done.");
        assertThat(row(4, 1, 1000, List.of()).judge(Mode.PLAIN).failures())
                .containsExactly("failovers: 1 of 10000 requests failed.");
    }

    @Test
    void whatFailsWhileTheFirstTakerStartsIsNamedApart() {
        var row = new FailoverRow(
                4, 4, 0, 0, 1000, 1000, 10_000, 0, 7, 20_000, 0, 8, 200, 200, 2.5, List.of(), 0, "", List.of());
        assertThat(row.judge(Mode.PLAIN).failures())
                .containsExactly("failovers: 7 requests failed and 8 probes were lost before the first of them,"
                        + " while its taker started.");
    }

    @Test
    void rowUnderTooLittleLoadProvesNothing() {
        assertThat(row(4, 0, 949, List.of()).judge(Mode.PLAIN).verdict()).isEqualTo(Bars.Verdict.TOO_BUSY_TO_JUDGE);
        assertThat(row(4, 0, 949, List.of()).judge(new Mode(true, false)).verdict())
                .isEqualTo(Bars.Verdict.PASS);
    }

    private static String cells(String name, String first, String second, String third) {
        return "%-34s %12s %12s %12s\n".formatted(name, first, second, third);
    }

    private static Report report(List<Round> rounds, @Nullable FailoverRow row) {
        return Report.of(MACHINE, Mode.PLAIN, 6.5, rounds, row, List.of());
    }

    private static FailoverRow row(int moved, int failed, double perSecond, List<@Nullable Double> heldMs) {
        return new FailoverRow(
                4, moved, 2, 0, 1000, perSecond, 10_000, failed, 0, 20_000, 0, 0, 200, 200, 2.5, heldMs, 7.5, "d1 sync",
                List.of());
    }
}
