package holdfast.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import holdfast.admin.FailoverRequest;
import holdfast.admin.FailoverResult;
import holdfast.admin.MaintenanceRequest;
import holdfast.admin.MaintenanceState;
import holdfast.api.RefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MaintenanceTest {
    private static final MaintenanceRequest ON = new MaintenanceRequest(true, "root", "kernel update");
    private static final MaintenanceRequest OFF = new MaintenanceRequest(false, "root", null);

    @TempDir
    Path directory;

    private final List<String> failovers = new ArrayList<>();
    private boolean isActive;
    private boolean isSafe = true;

    private FailoverResult failover(FailoverRequest request) {
        failovers.add(String.valueOf(request.reason()));
        return new FailoverResult(
                isSafe,
                isSafe ? FailoverResult.Outcome.MOVED : FailoverResult.Outcome.REFUSED,
                isSafe ? List.of() : List.of("d2 is gone; start it"),
                List.of(),
                request.reason(),
                "d1",
                "d2",
                List.of(),
                null);
    }

    private MaintenanceState change(Maintenance maintenance, MaintenanceRequest request) {
        return maintenance.change(request, () -> isActive, this::failover);
    }

    @Test
    void itIsAReasonAgainstATakeoverUntilItEnds() {
        var maintenance = Maintenance.open(directory);
        assertThat(maintenance.obstacle()).isEmpty();
        assertThat(change(maintenance, ON).on()).isTrue();
        assertThat(maintenance.obstacle().orElseThrow())
                .matches("it is in maintenance since \\S+ by root \\(kernel update\\), and serves only if no other"
                        + " director does");
        assertThat(failovers).isEmpty();
        assertThat(change(maintenance, OFF).on()).isFalse();
        assertThat(maintenance.obstacle()).isEmpty();
    }

    @Test
    void aRestartDoesNotEndIt() {
        change(Maintenance.open(directory), ON);
        var next = Maintenance.open(directory);
        assertThat(next.state().author()).isEqualTo("root");
        assertThat(next.state().reason()).isEqualTo("kernel update");
        change(next, OFF);
        assertThat(Maintenance.open(directory).obstacle()).isEmpty();
    }

    @Test
    void anActiveMovesTheVipsFirst() {
        isActive = true;
        assertThat(change(Maintenance.open(directory), ON).moved()).isEqualTo("d2");
        assertThat(failovers).containsExactly("maintenance: kernel update");
    }

    @Test
    void anActiveWithoutASafePeerStaysActiveAndIsNotInMaintenance() {
        isActive = true;
        isSafe = false;
        var maintenance = Maintenance.open(directory);
        assertThatThrownBy(() -> change(maintenance, ON))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> assertThat(refused.error().why()).isEqualTo("d2 is gone; start it"));
        assertThat(maintenance.obstacle()).isEmpty();
        assertThat(Maintenance.open(directory).obstacle()).isEmpty();
    }

    @Test
    void whatIsAskedTwiceIsDoneOnce() {
        var maintenance = Maintenance.open(directory);
        var first = change(maintenance, ON);
        isActive = true;
        assertThat(change(maintenance, new MaintenanceRequest(true, "eve", "later")))
                .isEqualTo(first);
        assertThat(failovers).isEmpty();
        change(maintenance, OFF);
        assertThat(change(maintenance, OFF).on()).isFalse();
    }

    @Test
    void aDiskThatFailsIsNamedAndNothingChanges() {
        var maintenance = Maintenance.open(directory.resolve("missing"));
        assertThatThrownBy(() -> change(maintenance, ON)).isInstanceOf(RefusedException.class);
        assertThat(maintenance.obstacle()).isEmpty();
    }

    @Test
    void aDamagedFileCountsAsMaintenance() throws IOException {
        Files.writeString(directory.resolve("maintenance"), "");
        assertThat(Maintenance.open(directory).obstacle()).isPresent();
    }

    @Test
    void aLongOrStrangeReasonIsCut() {
        var maintenance = Maintenance.open(directory);
        change(maintenance, new MaintenanceRequest(true, "a b", "x\n\"" + "y".repeat(300)));
        assertThat(maintenance.state().author()).isEqualTo("a-b");
        assertThat(maintenance.obstacle().orElseThrow()).hasSizeLessThan(200).doesNotContain("\n", "\"");
    }
}
