package holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.FailoverReadiness;
import holdfast.admin.FailoverResult;
import holdfast.admin.Role;
import holdfast.admin.Status;
import holdfast.admin.Sync;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The output of `holdfast status` for a director with faults, and for monitoring.
class StatusCommandTest extends AgainstASocket {
    private static final String STUCK = "datapath: unknown, it has not answered for 1 s";
    private static final String STOLEN = "192.0.2.66 answers for 192.0.2.10";
    private static final Status.Table TABLE = new Status.Table(1200, 1_000_000);
    private static final String NUMBERS =
            " | unsynced_templates=0 unsynced_connections=0 oldest_unsynced=0ms lag_p99=1320us\n";

    @Test
    void whatIsWrongStandsInTheFirstLines() throws IOException {
        var status = Samples.status(
                Role.ACTIVE, Samples.SAFE, null, List.of(STUCK), List.of(STOLEN), Samples.EQUAL, Samples.GONE);

        assertThat(with("/v1/status", 200, status, "status")).isEqualTo(new Ended(0, golden("status-stuck"), ""));
    }

    @Test
    void aStandbyNamesTheActiveAndItsOwnFaultOnce() throws IOException {
        var safe = Samples.status(Role.STANDBY, Samples.WOULD_SERVE, Samples.EQUAL);
        assertThat(StatusText.headline(safe))
                .isEqualTo("d2 is STANDBY of d1. Safe to fail over to d2 now: yes. If d1 died now: d2 would serve, with"
                        + " a copy 40ms old.");

        var faulty = Samples.status(
                Role.FAULT, Samples.WOULD_NOT_SERVE, TABLE, List.of("front has no carrier"), List.of(), Samples.EQUAL);
        assertThat(StatusText.of(faulty).lines().takeWhile(line -> !line.isEmpty()))
                .containsExactly(
                        "d2 is FAULT. Safe to fail over to d2 now: NO. If d1 died now: d2 might NOT serve; it has a copy"
                                + " of UNKNOWN age.",
                        "  - d2 cannot take over: front has no carrier");
    }

    @Test
    void nothingToLoseIsNoComfortWhereNobodyWouldServe() {
        var fault = new FailoverReadiness(
                FailoverReadiness.Safe.NO, "d2", "d1", List.of("d2 cannot take over: x"), 0L, 0L, 0L, null);
        assertThat(StatusText.headline(Samples.status(Role.ACTIVE, fault, Samples.IN_FAULT)))
                .isEqualTo(
                        "d1 is ACTIVE. Safe to fail over to d2 now: NO. If it died now: d2 might NOT serve, though it"
                                + " lacks no entry.");
        var alone = new FailoverReadiness(
                FailoverReadiness.Safe.NO, null, "d1", List.of("no other director"), null, null, null, null);
        assertThat(StatusText.headline(Samples.status(Role.ACTIVE, alone)))
                .isEqualTo("d1 is ACTIVE. Safe to fail over now: NO. If it died now: NOBODY would serve.");
    }

    @Test
    void advertsWithoutAnAddressAreNotFromNull() {
        var whole = Samples.status(Role.ACTIVE, Samples.SAFE, Samples.EQUAL);
        assertThat(StatusText.of(whole))
                .contains("the last from 192.0.2.2 3h11m ago")
                .doesNotContain("null");
        var nameless = new Status(
                whole.director(),
                whole.version(),
                whole.at(),
                whole.pid(),
                whole.uptimeMs(),
                whole.role(),
                whole.term(),
                whole.group(),
                whole.vrid(),
                whole.priority(),
                whole.faults(),
                whole.alarms(),
                whole.vips(),
                new Status.Adverts(100, 1, 2, Map.of(), Map.of(), null, 50_900L),
                whole.lastTransition(),
                whole.failover(),
                whole.sync(),
                whole.datapath(),
                whole.config());
        assertThat(StatusText.of(nameless))
                .contains("received 2, the last 50.9s ago; ")
                .doesNotContain("null");
    }

    @Test
    void syncStatusSaysWhatEachPeerSaysOfItself() throws IOException {
        var sync = Samples.sync(Role.ACTIVE, Samples.IN_FAULT, Samples.GONE);
        assertThat(with("/v1/sync", 200, sync, "sync", "status")).isEqualTo(new Ended(0, golden("sync-words"), ""));
    }

    @Test
    void aSyncThreadThatEndedIsNotAClusterWithoutPeers() throws IOException {
        var sync = new Sync(Role.STANDBY, null, "the sync thread has ended", null, List.of(), Map.of());
        assertThat(with("/v1/sync", 200, sync, "sync", "status").out())
                .startsWith(
                        "This director is STANDBY in no term yet. NOTHING IS KNOWN of the others: the sync thread has"
                                + " ended.\n");
    }

    @Test
    void aRefusedFailoverNamesWhoStaysActive() {
        var refused = new FailoverResult(
                false,
                FailoverResult.Outcome.REFUSED,
                List.of("d2 is not active; d1 is: run it there"),
                List.of(),
                null,
                "d1",
                null,
                List.of(),
                null);
        assertThat(FailoverText.of(refused))
                .isEqualTo("Refused: nothing was begun, d1 stays active, because\n  - d2 is not active; d1 is: run it"
                        + " there");
        var nobody = new FailoverResult(
                false, FailoverResult.Outcome.REFUSED, List.of("x"), List.of(), null, null, null, List.of(), null);
        assertThat(FailoverText.of(nobody)).startsWith("Refused: nothing was begun, whoever is active stays active");
    }

    private record Row(String what, int exit, String line, Status status) {}

    private static Status active(
            FailoverReadiness readiness, Status.@Nullable Table table, List<String> faults, List<String> alarms) {
        return Samples.status(Role.ACTIVE, readiness, table, faults, alarms, Samples.EQUAL);
    }

    @TestFactory
    Stream<DynamicTest> theCheckIsOneLineWithTheExitCodeOfAPlugin() {
        return Stream.of(
                        new Row(
                                "an active that is safe",
                                0,
                                "OK - d1 is ACTIVE, safe to fail over to d2" + NUMBERS,
                                active(Samples.SAFE, TABLE, List.of(), List.of())),
                        new Row(
                                "a standby that would serve",
                                0,
                                "OK - d2 is STANDBY of d1, would serve | copy_age=40ms lag_p99=1320us\n",
                                Samples.status(Role.STANDBY, Samples.WOULD_SERVE, Samples.EQUAL)),
                        new Row(
                                "an active that is not safe",
                                1,
                                "WARNING - d1 is ACTIVE, NOT safe to fail over to d2: d2 is 1300 ms behind, more than 100"
                                        + " | unsynced_templates=12 unsynced_connections=340 oldest_unsynced=1300ms"
                                        + " lag_p99=15000us\n",
                                Samples.status(Role.ACTIVE, Samples.UNSAFE, Samples.BEHIND)),
                        new Row(
                                "an active that knows nothing",
                                1,
                                "WARNING - d1 is ACTIVE, UNKNOWN whether it is safe to fail over: no other director was"
                                        + " heard\n",
                                Samples.status(Role.ACTIVE, Samples.UNKNOWN)),
                        new Row(
                                "a standby that would not serve",
                                1,
                                "WARNING - d2 is STANDBY of d1, might NOT serve: d2 cannot take over: front has no"
                                        + " carrier\n",
                                Samples.status(Role.STANDBY, Samples.WOULD_NOT_SERVE)),
                        new Row(
                                "a fault beside",
                                1,
                                "WARNING - d1 is ACTIVE, safe to fail over to d2: the disk is full" + NUMBERS,
                                active(Samples.SAFE, TABLE, List.of("the disk is full"), List.of())),
                        new Row(
                                "an alarm, with what would break the line",
                                1,
                                "WARNING - d1 is ACTIVE, safe to fail over to d2: a / b c" + NUMBERS,
                                active(Samples.SAFE, TABLE, List.of(), List.of("a | b\nc"))),
                        new Row(
                                "a fault of the election",
                                2,
                                "CRITICAL - d2 is FAULT, might NOT serve: d2 cannot take over: front has no carrier\n",
                                Samples.status(Role.FAULT, Samples.WOULD_NOT_SERVE)),
                        new Row(
                                "an active with a stuck datapath",
                                2,
                                "CRITICAL - d1 is ACTIVE, safe to fail over to d2: " + STUCK + NUMBERS,
                                active(Samples.SAFE, null, List.of(STUCK), List.of())),
                        new Row(
                                "a standby with a stuck datapath",
                                1,
                                "WARNING - d2 is STANDBY of d1, would serve: " + STUCK + " | copy_age=40ms\n",
                                Samples.status(Role.STANDBY, Samples.WOULD_SERVE, null, List.of(STUCK), List.of())))
                .map(row -> DynamicTest.dynamicTest(
                        row.what(),
                        () -> assertThat(with("/v1/status", 200, row.status(), "status", "--check"))
                                .isEqualTo(new Ended(row.exit(), "HOLDFAST " + row.line(), ""))));
    }

    @Test
    void aDirectorThatDoesNotAnswerIsCritical() throws IOException {
        assertThat(run("status", "--check"))
                .isEqualTo(new Ended(
                        2,
                        "HOLDFAST CRITICAL - There is no socket " + socket()
                                + ": the director does not run; start it, or correct --socket\n",
                        ""));
        assertThat(runBare("status", "--check").out()).startsWith("HOLDFAST CRITICAL - There is no director's socket");
        try (var _ = new TinyServer(socket(), _ -> null)) {
            var silent = run("status", "--check", "--timeout", "1");
            assertThat(silent.exit()).isEqualTo(2);
            assertThat(silent.out()).startsWith("HOLDFAST CRITICAL - The director on " + socket() + " gave no answer");
        }
    }

    @Test
    void aQuestionThatFailsByItselfIsUnknown() throws IOException {
        Files.writeString(socket(), "");
        var noSocket = run("status", "--check");
        assertThat(noSocket.exit()).isEqualTo(3);
        assertThat(noSocket.out()).startsWith("HOLDFAST UNKNOWN - " + socket() + " is not a socket");
        assertThat(noSocket.err()).isEmpty();

        var other = with("/v1/status", 200, Map.of("hello", "world"), "status", "--check");
        assertThat(other.exit()).isEqualTo(3);
        assertThat(other.out()).startsWith("HOLDFAST UNKNOWN - ").hasLineCount(1);
    }

    @Test
    void theCheckInJsonIsTheStatusWithTheExitCode() throws IOException {
        var status = Samples.status(Role.ACTIVE, Samples.UNSAFE, Samples.BEHIND);
        var ended = with("/v1/status", 200, status, "status", "--check", "--output", "json");
        assertThat(ended.exit()).isEqualTo(1);
        assertThat(ended.out()).startsWith("{").contains("\"safe\" : \"no\"");
    }

    @Test
    void theHelpNamesTheExitCodes() throws IOException {
        assertThat(runBare("status", "--help")).isEqualTo(new Ended(0, golden("help-status"), ""));
    }
}
