package holdfast.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import holdfast.admin.AuditList;
import holdfast.admin.AuditRequest;
import holdfast.api.Caller;
import holdfast.conf.Access;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real audit on a real disk, its restarts, and what shows when somebody changes it.
class AuditLogTest {
    private static final Caller ALICE = new Caller("alice", Access.OPERATOR, "10.0.0.5");
    private static final AuditRequest ALL = new AuditRequest(100_000);

    @TempDir
    Path directory;

    private final List<AuditList.Entry> mirrored = new CopyOnWriteArrayList<>();

    private AuditLog open() {
        return AuditLog.open("d1", directory, mirrored::add);
    }

    private static void change(AuditLog audit, String body, String outcome) {
        audit.begun(ALICE, "POST /v1/failover", body.getBytes(StandardCharsets.UTF_8))
                .accept(outcome);
    }

    private Path file() throws IOException {
        try (var files = Files.list(directory.resolve("audit"))) {
            return files.sorted().toList().getLast();
        }
    }

    @Test
    void aChangeIsWrittenBeforeItIsObeyedAndItsOutcomeAfter() {
        try (var audit = open()) {
            var outcome = audit.begun(
                    ALICE, "POST /v1/failover", "{\"reason\":\"new kernel\"}".getBytes(StandardCharsets.UTF_8));
            var begun = audit.list(ALL).entries();
            assertThat(begun).hasSize(1);
            assertThat(begun.getFirst().user()).isEqualTo("alice");
            assertThat(begun.getFirst().from()).isEqualTo("10.0.0.5");
            assertThat(begun.getFirst().reason()).isEqualTo("new kernel");
            assertThat(begun.getFirst().outcome()).isEqualTo("begun");

            outcome.accept("409");
            await().until(() -> mirrored.size() == 2);
            var ended = audit.list(ALL).entries().getLast();
            assertThat(ended.ends()).isEqualTo(1);
            assertThat(ended.outcome()).isEqualTo("409");
            assertThat(audit.list(ALL).broken()).isNull();
            assertThat(mirrored).isEqualTo(audit.list(ALL).entries());
        }
    }

    @Test
    void theChainGoesOnOverARestartAndOverATornLine() throws IOException {
        try (var audit = open()) {
            change(audit, "{}", "200");
        }
        Files.writeString(file(), "0123 {\"torn", StandardOpenOption.APPEND);
        try (var audit = open()) {
            change(audit, "{}", "200");
            var list = audit.list(ALL);
            assertThat(list.broken()).isNull();
            assertThat(list.entries()).extracting(AuditList.Entry::number).containsExactly(1L, 2L, 3L, 4L);
            assertThat(list.newest()).isEqualTo(4);
        }
    }

    @Test
    void anEntryThatIsChangedOrTakenAwayShows() throws IOException {
        try (var audit = open()) {
            for (int i = 0; i < 5; i++) {
                change(audit, "{\"reason\":\"number " + i + "\"}", "200");
            }
            var whole = Files.readAllLines(file());
            assertThat(audit.list(ALL).broken()).isNull();

            Files.writeString(file(), String.join("\n", whole).replace("number 2", "number 9") + "\n");
            assertThat(audit.list(ALL).broken()).contains(":6 is not what was written");

            var without = new java.util.ArrayList<>(whole);
            without.remove(4);
            Files.write(file(), without);
            assertThat(audit.list(ALL).broken()).contains(":5 is not what was written");

            Files.write(file(), whole.subList(1, whole.size()));
            assertThat(audit.list(ALL).broken()).contains(":1 is no entry");
        }
    }

    @Test
    void theOldestFilesGoAndTheRestIsStillAChain() throws IOException {
        try (var audit = open()) {
            var large = "{\"reason\":\"" + "x".repeat(3000) + "\"}";
            for (int i = 0; i < 3 * AuditFiles.FILE_BYTES_MAX * AuditFiles.FILES_MAX / 2 / 6500; i++) {
                change(audit, large, "200");
            }
            var list = audit.list(ALL);
            assertThat(list.broken()).isNull();
            assertThat(list.entries().getFirst().number()).isGreaterThan(1);
            try (var files = Files.list(directory.resolve("audit"))) {
                assertThat(files).hasSize(AuditFiles.FILES_MAX);
            }
        }
    }

    @Test
    void anEntryIsReadBackWhateverItsRequestHasInIt() {
        try (var audit = open()) {
            var odd = "\u0000\r\n\u0085\u2028\u2029\ufffd\ud83d\ude00 \\ \" ";
            change(audit, odd, "200");
            change(audit, "x".repeat(4095) + "\ud83d\ude00", "200");
            await().until(() -> mirrored.size() == 4);
            var list = audit.list(ALL);
            assertThat(list.broken()).isNull();
            assertThat(list.entries()).isEqualTo(mirrored);
            assertThat(list.entries().getFirst().request()).isEqualTo(odd);
            assertThat(audit.trouble()).isEmpty();
        }
    }

    @Test
    void aLongRequestIsCut() {
        try (var audit = open()) {
            change(audit, "{\"text\":\"" + "#".repeat(1_000_000) + "\",\"reason\":\"why\"}", "200");
            var entry = audit.list(ALL).entries().getFirst();
            assertThat(entry.request()).hasSize(4096);
            assertThat(entry.reason()).isEqualTo("why");
        }
    }

    @Test
    void aDiskThatDoesNotTakeEntriesKeepsNobodyFromAChangeAndTheGapShows() throws IOException {
        Files.writeString(directory.resolve("audit"), "a file in place of the directory");
        try (var audit = open()) {
            change(audit, "{}", "200");
            assertThat(audit.trouble())
                    .hasValueSatisfying(why -> assertThat(why).contains("cannot be written"));

            Files.delete(directory.resolve("audit"));
            change(audit, "{}", "200");
            assertThat(audit.trouble()).isEmpty();
            var list = audit.list(ALL);
            assertThat(list.broken()).isNull();
            assertThat(list.entries().getFirst().outcome()).isEqualTo("2 entries were lost");
            assertThat(list.entries()).hasSize(3);
        }
    }
}
