package holdfast.control;

import static org.assertj.core.api.Assertions.assertThatCode;

import holdfast.admin.Sync;
import holdfast.group.Readiness;
import holdfast.group.Replication;
import holdfast.group.StatusSources;
import holdfast.revision.node.RevisionFiles;
import holdfast.revision.node.RevisionNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The director's handlers against the list of operations.
class AnswersTest {
    private final IdleWorker idle = new IdleWorker();

    @AfterEach
    void close() {
        idle.close();
    }

    @TempDir
    Path directory;

    @Test
    void theDirectorAnswersEveryOperationOfTheList() {
        var sources = new StatusSources(
                () -> new Readiness.Word(
                        Sync.Standing.STANDBY, List.of(), List.of(), List.of(), List.of(), Optional.empty()),
                _ -> Optional.empty(),
                _ -> Map.of(),
                List::of,
                List::of);
        assertThatCode(() -> new Answers(
                                StatusAnswerTest::configuration,
                                new ConfigCommands(
                                        RevisionNode.open(
                                                new RevisionFiles(directory), StatusAnswerTest.configuration()),
                                        directory,
                                        Optional::empty),
                                idle.orders(),
                                idle.datapath,
                                () -> {
                                    throw new AssertionError("nobody asked");
                                },
                                (_, _) -> new CompletableFuture<>(),
                                new Replication(_ -> {}),
                                () -> 0,
                                sources,
                                Maintenance.open(directory),
                                new NoJournal(),
                                Optional::empty)
                        .handlers()
                        .complete())
                .doesNotThrowAnyException();
    }
}
