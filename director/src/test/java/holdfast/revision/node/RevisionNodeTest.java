package holdfast.revision.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import holdfast.conf.AgentReport;
import holdfast.conf.ByHand;
import holdfast.conf.Configuration;
import holdfast.conf.Ipv4;
import holdfast.conf.Ipvs;
import holdfast.conf.MarkRule;
import holdfast.conf.Revision;
import holdfast.conf.RevisionId;
import holdfast.conf.RevisionText;
import holdfast.conf.ServiceKey;
import holdfast.conf.Shared;
import holdfast.revision.Outcome;
import holdfast.revision.Place;
import holdfast.revision.RevisionSamples;
import holdfast.sync.ConfigMessage;
import holdfast.sync.ConfigVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Revisions on a real disk, and the thread that makes them.
@Timeout(20)
class RevisionNodeTest {
    private final Configuration file = RevisionSamples.configuration();
    private final Shared shared = Shared.of(file);
    private static final ByHand BLOCK =
            ByHand.NONE.with(new ByHand.ClientRule(MarkRule.Prefix.of("10.0.0.0/8"), true, 0, 0, Optional.empty()));

    @TempDir
    Path directory;

    @Test
    void withoutARevisionTheFileCounts() {
        var node = open();
        assertThat(node.present().id()).isEqualTo(RevisionId.OF_FILE);
        assertThat(node.present().configuration()).isEqualTo(file);
    }

    @Test
    void theNewestRevisionCountsAndNotTheFile() throws IOException {
        var files = new RevisionFiles(directory);
        write(files, new RevisionId(3, 9), 30);
        write(files, new RevisionId(2, 12), 20);
        var node = open();
        assertThat(node.present().id()).isEqualTo(new RevisionId(3, 9));
        assertThat(node.present().configuration().ipvs().tcpTimeoutS()).isEqualTo(30);
        assertThat(node.present().configuration().director()).isEqualTo(file.director());
        assertThat(node.history(10))
                .extracting(Revision::id)
                .containsExactly(new RevisionId(3, 9), new RevisionId(2, 12));
    }

    /// A power failure leaves any beginning of the unfinished file, beside all that was there before.
    @Test
    void aWriteThatWasCutAnywhereLeavesTheRevisionBefore() throws IOException {
        var files = new RevisionFiles(directory);
        write(files, new RevisionId(1, 1), 10);
        var next = RevisionText.of(revision(new RevisionId(1, 2), 20));
        for (int length = 0; length <= next.length; length += 7) {
            Files.write(directory.resolve("unfinished"), Arrays.copyOf(next, length));
            assertThat(open().present().id()).as("cut after %d bytes", length).isEqualTo(new RevisionId(1, 1));
        }
        files.write(new RevisionId(1, 2), next);
        assertThat(open().present().id()).isEqualTo(new RevisionId(1, 2));
    }

    @Test
    void aNewestRevisionThatIsDamagedIsNoReasonToGuess() throws IOException {
        write(new RevisionFiles(directory), new RevisionId(1, 1), 10);
        Files.writeString(directory.resolve("0000000001.00001.yaml"), "revision: {");
        assertThatThrownBy(this::open)
                .isInstanceOf(UnusableRevisionException.class)
                .hasMessageContaining("1.1")
                .hasMessageContaining("move that revision away");
    }

    @Test
    void onlyTheLastAreKept() throws IOException {
        var files = new RevisionFiles(directory, 10);
        for (int number = 1; number <= 13; number++) {
            files.write(new RevisionId(1, number), new byte[] {1});
        }
        assertThat(files.list()).hasSize(10).startsWith(new RevisionId(1, 13)).endsWith(new RevisionId(1, 4));
    }

    @Test
    void aChangeIsOnDiskBeforeItIsInForceAndBothBeforeTheAnswer() throws Exception {
        try (var node = open()) {
            var around = new Around();
            node.start(around);
            var outcome =
                    node.propose(RevisionId.OF_FILE, "root", "slower", with(44)).get();
            assertThat(outcome).isEqualTo(new Outcome.Made(new RevisionId(5, 1), List.of()));
            assertThat(around.used).containsExactly(44);
            assertThat(around.onDiskWhenUsed).containsExactly(true);
            assertThat(node.present().configuration().ipvs().tcpTimeoutS()).isEqualTo(44);
            assertThat(open().present().id()).isEqualTo(new RevisionId(5, 1));
            assertThat(node.propose(RevisionId.OF_FILE, "root", "late", with(45))
                            .get())
                    .isEqualTo(new Outcome.Overtaken(new RevisionId(5, 1)));
        }
    }

    @Test
    void aReportOfAnAgentIsInForceBeforeTheAnswerAndIsNoRevision() throws Exception {
        try (var node = open()) {
            var around = new Around();
            node.start(around);
            var real = new AgentReport.Real(ServiceKey.of("tcp/192.0.2.10:80"), Ipv4.of("10.0.0.11"), 80);
            assertThat(node.report(real, 60).get()).isTrue();
            assertThat(around.agents).singleElement().satisfies(report -> {
                assertThat(report.real()).isEqualTo(real);
                assertThat(report.percent()).isEqualTo(60);
            });
            assertThat(node.reports()).isEqualTo(around.agents);
            assertThat(node.history(10)).isEmpty();
            var unknown = new AgentReport.Real(real.service(), Ipv4.of("10.0.0.99"), 80);
            assertThat(node.report(unknown, 60).get()).isFalse();

            var without = new Shared(shared.vips(), shared.ipvs(), shared.marks(), List.of());
            assertThat(node.propose(RevisionId.OF_FILE, "root", "none", without).get())
                    .isInstanceOf(Outcome.Made.class);
            assertThat(node.report(real, 50).get()).isFalse();
            assertThat(node.reports()).isEmpty();
        }
    }

    @Test
    void reportsOfAgentsOutliveTheProcessAndASpoiltFileStopsNothing() throws Exception {
        var real = new AgentReport.Real(ServiceKey.of("tcp/192.0.2.10:80"), Ipv4.of("10.0.0.11"), 80);
        List<AgentReport> before;
        try (var node = open()) {
            node.start(new Around());
            assertThat(node.report(real, 60).get()).isTrue();
            before = node.reports();
        }
        try (var node = open()) {
            assertThat(node.reports()).isEqualTo(before);
            var around = new Around();
            node.start(around);
            assertThat(node.report(real, 50).get()).isTrue();
            assertThat(around.agents).extracting(AgentReport::percent).containsExactly(60, 50);
        }
        var kept = directory.resolve("agent-reports");
        Files.writeString(
                kept,
                "\0\0\0\ntcp/192.0.2.10:80 10.0.0.11:80 101 5\n"
                        + "tcp/192.0.2.10:80 10.0.0.11:80 10 12345678901234567890\n" + Files.readString(kept));
        assertThat(open().reports()).extracting(AgentReport::percent).containsExactly(50);
        Files.writeString(kept, "http/192.0.2.10 10.0.0.11:80 10 5\n");
        assertThat(open().reports()).isEmpty();
        Files.delete(kept);
        Files.createDirectory(kept);
        assertThat(open().reports()).isEmpty();
    }

    @Test
    void aDiskThatRefusesLeavesEverythingAsItWas() throws Exception {
        Files.writeString(directory.resolve("revisions"), "no directory");
        try (var node = RevisionNode.open(new RevisionFiles(directory.resolve("revisions")), file)) {
            var around = new Around();
            node.start(around);
            var outcome =
                    node.propose(RevisionId.OF_FILE, "root", "slower", with(44)).get();
            assertThat(outcome).isInstanceOf(Outcome.Refused.class);
            assertThat(around.used).isEmpty();
            assertThat(node.present().configuration()).isEqualTo(file);
            assertThat(node.trouble()).hasValueSatisfying(why -> assertThat(why).contains("cannot be kept"));
        }
    }

    @Test
    void aChangeThatTheDatapathDoesNotTakeIsShown() throws Exception {
        try (var node = open()) {
            var around = new Around();
            around.refusal = "no room for service";
            node.start(around);
            var outcome =
                    node.propose(RevisionId.OF_FILE, "root", "slower", with(44)).get();
            assertThat(outcome).isInstanceOf(Outcome.Made.class);
            assertThat(node.trouble())
                    .hasValueSatisfying(why ->
                            assertThat(why).contains("no room for service").contains("rollback"));
        }
    }

    @Test
    void aChangeThatTheMachineCannotHaveIsRefused() throws Exception {
        try (var node = open()) {
            var around = new Around();
            var obstacle = new Outcome.Refused("an address is the kernel's", "take it away");
            around.obstacle = obstacle;
            node.start(around);
            assertThat(node.propose(RevisionId.OF_FILE, "root", "slower", with(44))
                            .get())
                    .isEqualTo(obstacle);
            assertThat(node.present().id()).isEqualTo(RevisionId.OF_FILE);
            assertThat(node.trouble()).isEmpty();
        }
    }

    @Test
    void afterOrdersByHandAloneTheFileStillCounts() throws Exception {
        try (var node = open()) {
            node.start(new Around());
            assertThat(node.propose(node.present(), "root", "block", BLOCK).get())
                    .isInstanceOf(Outcome.Made.class);
        }
        var edited = with(77).in(file);
        try (var node = RevisionNode.open(new RevisionFiles(directory), edited)) {
            var around = new Around();
            node.start(around);
            assertThat(node.present().configuration()).isEqualTo(edited);
            assertThat(node.present().byHand()).isEqualTo(BLOCK);
            var base = node.present();
            assertThat(node.propose(base.id(), "root", "slower", with(44)).get())
                    .isInstanceOf(Outcome.Made.class);
            assertThat(node.propose(node.present(), "root", "unblock", ByHand.NONE)
                            .get())
                    .isInstanceOf(Outcome.Made.class);
        }
        assertThat(open().present().configuration().ipvs().tcpTimeoutS())
                .as("once it was changed at run time")
                .isEqualTo(44);
    }

    @Test
    void anotherDirectorsOrdersAreReadWhereItsServicesWouldNotFit() {
        var theirs = new Revision(RevisionId.OF_FILE, Instant.EPOCH, "d2", "root", "", shared, true, BLOCK)
                .after(null, new RevisionId(1, 1), "d2");
        var vip = shared.services().getFirst().key().address().toString();
        var text = new String(RevisionText.of(theirs), StandardCharsets.UTF_8).replace(vip, "203.0.113.99");
        assertThat(RevisionText.read(Path.of("revision"), text.getBytes(StandardCharsets.UTF_8), file))
                .isInstanceOfSatisfying(RevisionText.Good.class, good -> {
                    assertThat(good.configuration()).isEqualTo(file);
                    assertThat(good.revision().byHand()).isEqualTo(BLOCK);
                });
    }

    private RevisionNode open() {
        return RevisionNode.open(new RevisionFiles(directory), file);
    }

    private Shared with(int tcpTimeoutS) {
        var usual = Ipvs.DEFAULT;
        return new Shared(
                shared.vips(),
                new Ipvs(
                        false,
                        false,
                        usual.connReuseMode(),
                        false,
                        false,
                        false,
                        false,
                        0,
                        0,
                        0,
                        usual.amDroprate(),
                        usual.amemthresh(),
                        usual.lblcExpirationS(),
                        usual.lblcrExpirationS(),
                        tcpTimeoutS,
                        usual.tcpFinTimeoutS(),
                        usual.udpTimeoutS()),
                shared.marks(),
                shared.services());
    }

    private Revision revision(RevisionId id, int tcpTimeoutS) {
        return new Revision(RevisionId.OF_FILE, Instant.EPOCH, "d1", "root", "", with(tcpTimeoutS), false, ByHand.NONE)
                .after(null, id, "d1");
    }

    private void write(RevisionFiles files, RevisionId id, int tcpTimeoutS) throws IOException {
        files.write(id, RevisionText.of(revision(id, tcpTimeoutS)));
    }

    /// A lone active in term 5.
    private final class Around implements RevisionNode.Surroundings {
        final List<Integer> used = Collections.synchronizedList(new ArrayList<>());
        final List<Boolean> onDiskWhenUsed = Collections.synchronizedList(new ArrayList<>());
        final List<AgentReport> agents = Collections.synchronizedList(new ArrayList<>());
        volatile @Nullable String refusal;
        volatile Outcome.@Nullable Refused obstacle;

        @Override
        public Place place() {
            return new Place(true, 5, "");
        }

        @Override
        public void send(String to, ConfigMessage message) {}

        @Override
        public void tell(ConfigVersion version) {}

        @Override
        public Optional<Outcome.Refused> obstacle(Configuration configuration) {
            return Optional.ofNullable(obstacle);
        }

        @Override
        public void use(Configuration configuration, ByHand byHand) {
            Optional.ofNullable(refusal).ifPresent(why -> {
                throw new IllegalStateException(why);
            });
            used.add(configuration.ipvs().tcpTimeoutS());
            onDiskWhenUsed.add(open().present().configuration().equals(configuration));
        }

        @Override
        public CompletableFuture<?> use(List<AgentReport> reports) {
            agents.addAll(reports);
            return CompletableFuture.completedFuture(reports);
        }
    }
}
