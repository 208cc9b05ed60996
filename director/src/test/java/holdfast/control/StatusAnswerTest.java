package holdfast.control;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.FailoverReadiness.Safe;
import holdfast.admin.Role;
import holdfast.admin.Status;
import holdfast.admin.Sync;
import holdfast.admin.Sync.Standing;
import holdfast.conf.Configuration;
import holdfast.conf.Ipv4;
import holdfast.conf.Ipvs;
import holdfast.group.Readiness.Heard;
import holdfast.group.Readiness.Word;
import holdfast.group.StatusSources;
import holdfast.linux.Clock;
import holdfast.sync.SyncState;
import holdfast.sync.SyncStatus;
import holdfast.sync.TableSize;
import holdfast.vip.VrrpStatus;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A status while one part after the other does not answer.
@Timeout(30)
class StatusAnswerTest {
    private static final String DEAD = "the sync thread has ended by a bug";

    private final IdleWorker idle = new IdleWorker();
    private VrrpStatus.Role role = VrrpStatus.Role.ACTIVE;
    private Optional<Ipv4> activeAddress = Optional.of(Ipv4.of("192.0.2.1"));
    private Optional<SyncStatus> sync = Optional.of(SyncSamples.seen("d1", SyncState.EQUAL));
    private boolean isSyncDead;
    private Standing standing = Standing.ACTIVE;
    private List<String> faults = List.of();
    private TableSize peersMax = SyncSamples.HOLDS;

    private final StatusAnswer answer = new StatusAnswer(
            StatusAnswerTest::configuration,
            () -> new Status.Config("0.0", true, false, 0, 0, 0),
            idle.datapath,
            this::election,
            () -> isSyncDead ? Optional.of(SyncSamples.dead(DEAD)) : sync,
            () -> 9,
            new StatusSources(
                    () -> new Word(standing, List.of(), List.of(), List.of(), List.of(), Optional.empty()),
                    _ -> Optional.of(new Heard(
                            new Word(
                                    standing == Standing.ACTIVE ? Standing.STANDBY : Standing.ACTIVE,
                                    List.of(),
                                    List.of(),
                                    List.of(),
                                    List.of(),
                                    Optional.of(peersMax)),
                            80_000_000)),
                    _ -> Map.of("front", 80L),
                    () -> faults,
                    () -> List.of("192.0.2.66 answers for 192.0.2.10")));

    @AfterEach
    void close() {
        idle.close();
    }

    @Test
    void aWholePairIsSafe() {
        var status = answer.status();

        assertThat(status.failover().safe()).isEqualTo(Safe.YES);
        assertThat(status.failover().to()).isEqualTo("d2");
        assertThat(status.term()).as("of the stream, not the highest heard of").isEqualTo(7);
        assertThat(status.datapath().connections()).isNotNull();
        assertThat(status.faults()).isEmpty();
        assertThat(status.alarms()).containsExactly("192.0.2.66 answers for 192.0.2.10");
        assertThat(Instant.parse(status.at())).isBeforeOrEqualTo(Instant.now());
        assertThat(status.adverts().lastReceivedFrom()).as("kept while active").isEqualTo("192.0.2.2");
        assertThat(status.sync().peers())
                .singleElement()
                .satisfies(peer -> assertThat(peer.word())
                        .isEqualTo(new Sync.Word(
                                80, Standing.STANDBY, List.of(), List.of(), List.of(), List.of(), 750, 20)))
                .satisfies(peer -> assertThat(peer.paths()).isEqualTo(Map.of("front", 80L)));
    }

    @Test
    void aStandbyWhoseTablesAreSmallerThanWhatTheActiveHoldsIsNotSafe() {
        peersMax = new TableSize(16, 20);
        var failover = answer.status().failover();

        assertThat(failover.safe()).isEqualTo(Safe.NO);
        assertThat(failover.reasons())
                .containsExactly("d2 cannot hold the 750 connections of this director: its connections-max is 16; raise"
                        + " it and restart d2");
    }

    @Test
    void aStuckDatapathHidesNothingElse() {
        faults = List.of("the disk is full");
        var goesOn = new CountDownLatch(1);
        var stuck = idle.datapath.query(_ -> await(goesOn));
        try {
            var status = answer.status();

            assertThat(status.role()).isEqualTo(Role.ACTIVE);
            assertThat(status.failover().safe()).isEqualTo(Safe.YES);
            assertThat(status.datapath().connections()).isNull();
            assertThat(status.datapath().templates()).isNull();
            assertThat(status.sync().position())
                    .isNotNull()
                    .satisfies(at -> assertThat(at.digest()).isNull());
            assertThat(status.faults())
                    .containsExactly("the disk is full", "datapath: unknown, it has not answered for 1 s");
        } finally {
            goesOn.countDown();
        }
        assertThat(stuck.join()).isTrue();
        Awaitility.await("answers again").until(() -> answer.status().datapath().connections() != null);
    }

    private static boolean await(CountDownLatch latch) {
        try {
            latch.await();
            return true;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aDeadSyncThreadIsUnknownAndHidesNothingElse() {
        isSyncDead = true;
        var status = answer.status();

        assertThat(status.failover().safe()).isEqualTo(Safe.UNKNOWN);
        assertThat(status.failover().reasons()).containsExactly(DEAD);
        assertThat(status.role()).isEqualTo(Role.ACTIVE);
        assertThat(status.term()).isEqualTo(9);
        assertThat(status.datapath().connections()).isNotNull();
        assertThat(answer.sync().trouble()).isEqualTo(DEAD);
        assertThat(answer.peer("d2")).isEmpty();
    }

    @Test
    void aStandbyNamesTheActiveAndTheAgeOfItsCopy() {
        standsBy(Optional.of(SyncSamples.seen("d2", SyncState.EQUAL)));
        var failover = answer.status().failover();

        assertThat(failover.safe()).isEqualTo(Safe.YES);
        assertThat(failover.active()).isEqualTo("d2");
        assertThat(failover.to()).isEqualTo("d1");
        assertThat(failover.copyAgeMs()).isEqualTo(60);
    }

    @Test
    void aStandbyWithoutAStreamNamesTheActiveByItsAdverts() {
        standsBy(Optional.of(SyncSamples.seen(null, SyncState.UNKNOWN)));
        activeAddress = Optional.of(Ipv4.of("192.0.2.2"));
        assertThat(answer.status().failover().active()).isEqualTo("d2");
        activeAddress = Optional.of(Ipv4.of("192.0.2.3"));
        assertThat(answer.status().failover().active()).isEqualTo("192.0.2.3");
        activeAddress = Optional.empty();
        assertThat(answer.status().failover().active()).isNull();
    }

    @Test
    void aGapInTheStreamMakesTheAgeOfTheCopyUnknown() {
        standsBy(Optional.of(SyncSamples.seen("d2", SyncState.BEHIND)));
        assertThat(answer.status().failover().copyAgeMs()).isNull();
    }

    private void standsBy(Optional<SyncStatus> seen) {
        role = VrrpStatus.Role.STANDBY;
        standing = Standing.STANDBY;
        sync = seen;
    }

    private VrrpStatus election() {
        return new VrrpStatus(
                role,
                List.of(),
                List.of(),
                Map.of(),
                3_200_000_000L,
                activeAddress,
                Optional.empty(),
                1,
                2,
                OptionalLong.of(Clock.boottime()),
                Optional.of(Ipv4.of("192.0.2.2")),
                Clock.boottime(),
                Map.of(),
                new VrrpStatus.Counts(5, 4, 3, 2, 1));
    }

    static Configuration configuration() {
        return new Configuration(
                new Configuration.Director("d1", Path.of("/var/lib/holdfast"), Path.of("/run/holdfast/api.sock")),
                new Configuration.Datapath(64, 64, 0, true),
                List.of("front"),
                new Configuration.Cluster(
                        "shop", Ipv4.of("10.0.0.2"), Ipv4.of("239.1.1.1"), 7500, Path.of("/etc/holdfast/key"), true),
                List.of(new Configuration.VipGroup(
                        "shop",
                        51,
                        "front",
                        200,
                        false,
                        1000,
                        Configuration.AdvertChecksum.RFC9568,
                        Configuration.Trust.SEALED,
                        new Configuration.Garp(List.of(), 0),
                        List.of(new Configuration.Vip(Ipv4.of("192.0.2.10"), "front")))),
                Ipvs.DEFAULT,
                List.of(),
                List.of());
    }
}
