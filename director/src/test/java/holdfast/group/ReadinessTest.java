package holdfast.group;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.FailoverReadiness;
import holdfast.admin.FailoverReadiness.Safe;
import holdfast.admin.Sync;
import holdfast.admin.Sync.Standing;
import holdfast.group.Readiness.Heard;
import holdfast.group.Readiness.Peer;
import holdfast.group.Readiness.Self;
import holdfast.group.Readiness.Word;
import holdfast.sync.TableSize;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Each row removes one part from a whole pair; a row with two removals shows that the parts are independent.
class ReadinessTest {
    private static final String SILENT = "d2 has said nothing for 3.2 s";
    private static final String DIFFERS = "d2 holds other tables than this director: its digest differs";

    private static final String[] MANY = IntStream.range(0, 1024)
            .mapToObj(i -> "10.1." + i / 256 + "." + i % 256)
            .toArray(String[]::new);

    /// The effect of one removal on the answer.
    private record Row(String what, Safe safe, List<String> reasons, Given given) {}

    private static Row row(String what, Given given, Safe safe, String... reasons) {
        return new Row(what, safe, List.of(reasons), given);
    }

    @TestFactory
    Stream<DynamicTest> theActiveJudgesItsStandby() {
        return test(
                row("all is well", active(), Safe.YES),
                row("behind by less than clients notice", active().peer(p -> p.tables(Sync.State.BEHIND)), Safe.YES),
                row("a word of just one second", active().peer(p -> p.age(SECONDS.toNanos(1))), Safe.YES),
                row("an older word", active().peer(p -> p.age(MILLISECONDS.toNanos(3200))), Safe.UNKNOWN, SILENT),
                row("no word", active().peer(Given.PeerGiven::mute), Safe.UNKNOWN, "d2 has said nothing yet"),
                row(
                        "a fault with its reasons",
                        active().peer(p ->
                                p.standing(Standing.FAULT).obstacles("front has no carrier", "back is gone")),
                        Safe.NO,
                        "d2 cannot take over: front has no carrier",
                        "d2 cannot take over: back is gone"),
                row(
                        "a fault without any",
                        active().peer(p -> p.standing(Standing.FAULT)),
                        Safe.NO,
                        "d2 cannot take over: it is in FAULT"),
                row(
                        "an obstacle",
                        active().peer(p -> p.obstacles("the term cannot be written to /x/term-main: No space left on"
                                + " device; free space there")),
                        Safe.NO,
                        "d2 cannot take over: the term cannot be written to /x/term-main: No space left on device; free"
                                + " space there"),
                row(
                        "a fault said too long ago",
                        active().peer(p -> p.standing(Standing.FAULT).age(MILLISECONDS.toNanos(3200))),
                        Safe.UNKNOWN,
                        SILENT),
                row("two actives", active().peer(p -> p.standing(Standing.ACTIVE)), Safe.NO, "d2 is active too"),
                row(
                        "a failover just before",
                        active().peer(p -> p.standing(Standing.RELAYING)),
                        Safe.NO,
                        "d2 still relays packets for the failover before"),
                row(
                        "a server that only we reach",
                        active().peer(p -> p.unreachable("10.0.0.11", "10.0.0.12"))
                                .unreachable("10.0.0.11"),
                        Safe.NO,
                        "d2 gets no answer from 10.0.0.12, which answers this director"),
                row(
                        "a gateway that we may never have asked",
                        active().peer(p -> p.unreachable("192.0.2.250")),
                        Safe.NO,
                        "d2 gets no answer from its gateway 192.0.2.250"),
                row(
                        "a gateway that answers nobody",
                        active().peer(p -> p.unreachable("192.0.2.254")).unreachable("192.0.2.254"),
                        Safe.YES),
                row("a server that only the peer reaches", active().unreachable("10.0.0.11"), Safe.YES),
                row(
                        "more silent servers than a word can name",
                        active().peer(p -> p.unreachable(MANY)).unreachable(MANY),
                        Safe.UNKNOWN,
                        "d2 gets no answer from 1024 addresses, and more are not compared"),
                row(
                        "a route that leads elsewhere on the peer alone",
                        active().peer(p -> p.elsewhere("10.9.0.0/16", "198.51.100.128/25"))
                                .elsewhere("10.9.0.0/16"),
                        Safe.NO,
                        "d2 sends 198.51.100.128/25 elsewhere, which this director does not"),
                row("a route that leads elsewhere on us alone", active().elsewhere("198.51.100.128/25"), Safe.YES),
                row(
                        "a route that only we have",
                        active().routes("198.51.100.0/24", "0.0.0.0/0").peer(p -> p.routes("0.0.0.0/0")),
                        Safe.NO,
                        "d2 has no route to 198.51.100.0/24, which this director uses"),
                row("a route that only the peer has", active().peer(p -> p.routes("0.0.0.0/0")), Safe.YES),
                row(
                        "the first copy",
                        active().peer(p -> p.tables(Sync.State.JOINING)),
                        Safe.NO,
                        "d2 is taking its first copy of the tables"),
                row("other tables", active().peer(p -> p.tables(Sync.State.DIFFERENT)), Safe.NO, DIFFERS),
                row("smaller tables that hold all", active().holds(16, 20).peer(p -> p.tablesMax(16, 20)), Safe.YES),
                row(
                        "tables that are too small, which explains why they differ",
                        active().holds(750, 21).peer(p -> p.tablesMax(16, 20).tables(Sync.State.DIFFERENT)),
                        Safe.NO,
                        "d2 cannot hold the 750 connections of this director: its connections-max is 16; raise it and"
                                + " restart d2",
                        "d2 cannot hold the 21 templates of this director: its templates-max is 20; raise it and"
                                + " restart d2"),
                row(
                        "tables that are large enough do not explain why they differ",
                        active().holds(16, 20).peer(p -> p.tablesMax(16, 20).tables(Sync.State.DIFFERENT)),
                        Safe.NO,
                        DIFFERS),
                row(
                        "tables that are too small while the first copy comes",
                        active().holds(750, 0).peer(p -> p.tablesMax(16, 20).tables(Sync.State.JOINING)),
                        Safe.NO,
                        "d2 cannot hold the 750 connections of this director: its connections-max is 16; raise it and"
                                + " restart d2",
                        "d2 is taking its first copy of the tables"),
                row("maxima that an older version does not report", active().holds(750, 750), Safe.YES),
                row(
                        "tables of which nothing is known",
                        active().peer(p -> p.tables(Sync.State.UNKNOWN)),
                        Safe.UNKNOWN,
                        "nothing is known of the tables of d2; if that lasts, see to the interconnect"),
                row(
                        "a cut sync channel while the word still comes",
                        active().peer(p -> p.tables(Sync.State.GONE)),
                        Safe.NO,
                        "d2 lives, but the sync channel to it is cut; see to the interconnect"),
                row(
                        "a dead standby",
                        active().peer(p -> p.tables(Sync.State.GONE)
                                .age(SECONDS.toNanos(133))
                                .silence(133)),
                        Safe.NO,
                        "d2 is gone, it was last heard 2 min 13 s ago; start it, or see to the interconnect"),
                row(
                        "another configuration",
                        active().peer(Given.PeerGiven::otherConfiguration),
                        Safe.NO,
                        "d2 runs another configuration than this director; see 'holdfast config compare'"),
                row(
                        "a lag",
                        active().peer(p -> p.lag(OptionalLong.of(MILLISECONDS.toNanos(254)))),
                        Safe.NO,
                        "d2 is 254 ms behind, more than 100"),
                row(
                        "a lag that nobody knows",
                        active().peer(p -> p.lag(OptionalLong.empty())),
                        Safe.UNKNOWN,
                        "how far d2 is behind is not known"),
                row(
                        "a sync thread that ended",
                        active().alone().syncTrouble("the sync thread has ended"),
                        Safe.UNKNOWN,
                        "the sync thread has ended"),
                row(
                        "a sync thread that ended, and a peer known all the same",
                        active().syncTrouble("the sync thread has ended").peer(Given.PeerGiven::otherConfiguration),
                        Safe.NO,
                        "the sync thread has ended",
                        "d2 runs another configuration than this director; see 'holdfast config compare'"),
                row(
                        "no sync at all",
                        active().alone().withoutSync(),
                        Safe.NO,
                        "cluster.sync is off, so a standby would know no client"),
                row(
                        "nobody",
                        active().alone(),
                        Safe.NO,
                        "no other director has been heard on the interconnect; see that one runs, and its cluster"
                                + " section"),
                row(
                        "silence does not hide other tables",
                        active().peer(p -> p.age(MILLISECONDS.toNanos(3200)).tables(Sync.State.DIFFERENT)),
                        Safe.NO,
                        SILENT,
                        DIFFERS),
                row(
                        "unknown tables do not hide a fault",
                        active().peer(p -> p.tables(Sync.State.UNKNOWN).obstacles("warming")),
                        Safe.NO,
                        "d2 cannot take over: warming",
                        "nothing is known of the tables of d2; if that lasts, see to the interconnect"),
                row("our own trouble is none of the standby's", active().obstacles("the disk is full"), Safe.YES));
    }

    @TestFactory
    Stream<DynamicTest> aStandbyJudgesItself() {
        return test(
                row("all is well", standby(), Safe.YES),
                row("behind", standby().tables(Sync.State.BEHIND), Safe.YES),
                row("an obstacle", standby().obstacles("warming"), Safe.NO, "d2 cannot take over: warming"),
                row(
                        "a fault",
                        standby().standing(Standing.FAULT).obstacles("front has no carrier"),
                        Safe.NO,
                        "d2 cannot take over: front has no carrier"),
                row(
                        "other tables",
                        standby().tables(Sync.State.DIFFERENT),
                        Safe.NO,
                        "d2 holds other tables than d1: its digest differs"),
                row(
                        "tables of its own that are too small",
                        standby().holds(750, 20).tablesMax(16, 20).tables(Sync.State.DIFFERENT),
                        Safe.NO,
                        "d2 cannot hold the 750 connections of d1: its connections-max is 16; raise it and restart d2"),
                row(
                        "an active that is too small for its standby's tables holds no more than it can",
                        standby().holds(16, 20).tablesMax(750, 20).peer(p -> p.tablesMax(16, 20)),
                        Safe.YES),
                row(
                        "unknown tables",
                        standby().tables(Sync.State.UNKNOWN),
                        Safe.UNKNOWN,
                        "nothing is known of the tables of d2; if that lasts, see to the interconnect"),
                row(
                        "a server that only the active reaches",
                        standby().unreachable("10.0.0.12"),
                        Safe.NO,
                        "d2 gets no answer from 10.0.0.12, which answers d1"),
                row(
                        "a route that only the active has",
                        standby().peer(p -> p.routes("0.0.0.0/0")),
                        Safe.NO,
                        "d2 has no route to 0.0.0.0/0, which d1 uses"),
                row(
                        "a route that leads elsewhere on us alone",
                        standby().elsewhere("198.51.100.128/25"),
                        Safe.NO,
                        "d2 sends 198.51.100.128/25 elsewhere, which d1 does not"),
                row("an obstacle of the active", standby().peer(p -> p.obstacles("the disk is full")), Safe.YES),
                row(
                        "a silent active",
                        standby().peer(p -> p.age(MILLISECONDS.toNanos(3200))),
                        Safe.UNKNOWN,
                        "d1 has said nothing for 3.2 s"),
                row(
                        "an active that has just died",
                        standby().peer(p -> p.mute().tables(Sync.State.GONE).silence(8)),
                        Safe.UNKNOWN,
                        "d1 has said nothing for 8.0 s"),
                row(
                        "a cut interconnect",
                        standby()
                                .hearsActive()
                                .peer(p -> p.age(MILLISECONDS.toNanos(3200)).tables(Sync.State.GONE)),
                        Safe.UNKNOWN,
                        "d1 has said nothing for 3.2 s, though its adverts are heard; see to the interconnect"),
                row(
                        "an active of which only adverts are known",
                        standby().hearsActive().alone(),
                        Safe.UNKNOWN,
                        "d1 has said nothing yet, though its adverts are heard; see to the interconnect"),
                row("nobody active", standby().alone().active(null), Safe.UNKNOWN, "no active director is known to d2"),
                row(
                        "a sync thread that ended",
                        standby().alone().syncTrouble("the sync thread has ended"),
                        Safe.UNKNOWN,
                        "the sync thread has ended"),
                row(
                        "no sync at all",
                        standby().alone().withoutSync(),
                        Safe.NO,
                        "cluster.sync is off, so a standby would know no client"),
                row(
                        "another configuration",
                        standby().peer(Given.PeerGiven::otherConfiguration),
                        Safe.NO,
                        "d2 runs another configuration than d1; see 'holdfast config compare'"),
                row(
                        "a sync thread that ended does not hide a fault",
                        standby()
                                .alone()
                                .syncTrouble("the sync thread has ended")
                                .obstacles("warming"),
                        Safe.NO,
                        "the sync thread has ended",
                        "d2 cannot take over: warming"));
    }

    private static Stream<DynamicTest> test(Row... rows) {
        return Stream.of(rows)
                .map(row -> DynamicTest.dynamicTest(row.what(), () -> {
                    var answer = row.given().readiness().answer();
                    assertThat(answer.reasons()).isEqualTo(row.reasons());
                    assertThat(answer.safe()).isEqualTo(row.safe());
                    assertThat(answer.reasons().isEmpty()).isEqualTo(answer.safe() == Safe.YES);
                }));
    }

    @Test
    void theActiveSaysWhatWouldBeLost() {
        assertThat(active().peer(p -> p.unsynced(3, 12)).readiness().answer())
                .isEqualTo(new FailoverReadiness(Safe.YES, "d2", "d1", List.of(), 3L, 12L, 0L, null));
    }

    @Test
    void aStandbyNamesTheActiveAndSaysHowOldItsCopyIs() {
        assertThat(standby().readiness().answer())
                .isEqualTo(new FailoverReadiness(Safe.YES, "d2", "d1", List.of(), null, null, null, 40L));
    }

    @Test
    void theStandbyWithTheFewestObjectionsIsTheCandidate() {
        var readiness = Readiness.of(
                active().self(),
                List.of(
                        new Given.PeerGiven("d2")
                                .tables(Sync.State.GONE)
                                .mute()
                                .silence(8)
                                .peer(),
                        new Given.PeerGiven("d3")
                                .obstacles("warming", "back has no carrier")
                                .peer(),
                        new Given.PeerGiven("d4").obstacles("warming").peer(),
                        new Given.PeerGiven("d5").age(SECONDS.toNanos(2)).peer()));

        assertThat(readiness.answer().to())
                .as("of those with one, an unknown before a no")
                .isEqualTo("d5");
        assertThat(readiness.objections("d5")).containsExactly("d5 has said nothing for 2.0 s");
        assertThat(readiness.objections("d3")).hasSize(2);
        assertThat(readiness.objections("d2"))
                .containsExactly("d2 is gone, it was last heard 8.0 s ago; start it, or see to the interconnect");
    }

    @Test
    void ofAllObjectionsAnOperatorMayAcceptOnlyAnotherConfiguration() {
        var readiness = active().peer(p -> p.obstacles("warming")
                        .lag(OptionalLong.of(SECONDS.toNanos(9)))
                        .otherConfiguration())
                .readiness();
        assertThat(readiness.objections("d2")).hasSize(3);
        assertThat(readiness.unacceptable("d2"))
                .containsExactly("d2 cannot take over: warming", "d2 is 9000 ms behind, more than 100");
    }

    @Test
    void aFailoverIsRefusedForExactlyWhatStatusShows() {
        for (var given : List.of(
                active(),
                active().peer(p -> p.standing(Standing.FAULT)),
                active().peer(p -> p.age(SECONDS.toNanos(9))),
                active().syncTrouble("the sync thread has ended"))) {
            var readiness = given.readiness();
            assertThat(readiness.objections("d2")).isEqualTo(readiness.answer().reasons());
        }
        assertThat(active().alone().readiness().objections("d2"))
                .isEqualTo(active().alone().readiness().answer().reasons());
    }

    @Test
    void onlyWhatPassesIsWaitedFor() {
        assertThat(active().readiness().mayPass("d2")).isTrue();
        assertThat(active().peer(p -> p.lag(OptionalLong.of(SECONDS.toNanos(1))))
                        .readiness()
                        .mayPass("d2"))
                .isTrue();
        assertThat(active().peer(p -> p.obstacles("paused 20 ms ago"))
                        .readiness()
                        .mayPass("d2"))
                .isTrue();
        assertThat(active().peer(p -> p.standing(Standing.FAULT).obstacles("front has no carrier"))
                        .readiness()
                        .mayPass("d2"))
                .isFalse();
        assertThat(active().peer(Given.PeerGiven::olderRevision).readiness().mayPass("d2"))
                .as("a change is on its way")
                .isTrue();
        assertThat(active().peer(Given.PeerGiven::otherConfiguration)
                        .readiness()
                        .mayPass("d2"))
                .as("the files differ")
                .isFalse();
        assertThat(active().alone().readiness().mayPass("d2")).isFalse();
    }

    @Test
    void whoIsNotActiveNamesWhoIs() {
        assertThat(standby().readiness().objections("d2")).containsExactly("d2 is not active; d1 is: run it there");
        assertThat(standby().alone().active(null).readiness().objections("d2"))
                .containsExactly("d2 is not active; run it on the director that is");
    }

    @Test
    void timesAreReadable() {
        assertThat(Readiness.time(0)).isEqualTo("0.0 s");
        assertThat(Readiness.time(MILLISECONDS.toNanos(59_949))).isEqualTo("59.9 s");
        assertThat(Readiness.time(SECONDS.toNanos(133))).isEqualTo("2 min 13 s");
        assertThat(Readiness.time(SECONDS.toNanos(11_520))).isEqualTo("3 h 12 min");
    }

    /// d1 is active and d2 its standby, and all is well.
    private static Given active() {
        return new Given("d1", "d2").standing(Standing.ACTIVE);
    }

    private static Given standby() {
        return new Given("d2", "d1").peer(peer -> peer.standing(Standing.ACTIVE));
    }

    /// A pair from which parts can be removed one after the other.
    private static final class Given {
        private final String name;
        private PeerGiven peer;
        private boolean isAlone;
        private Standing standing = Standing.STANDBY;
        private List<String> obstacles = List.of();
        private List<String> unreachable = List.of();
        private List<String> routes = List.of();
        private List<String> elsewhere = List.of();
        private boolean replicates = true;
        private Optional<String> syncTrouble = Optional.empty();
        private Optional<String> active = Optional.of("d1");
        private Sync.State tables = Sync.State.EQUAL;
        private boolean hearsActive;
        private Optional<TableSize> tablesMax = Optional.empty();
        private Optional<TableSize> activeHolds = Optional.empty();

        Given(String name, String peer) {
            this.name = name;
            this.peer = new PeerGiven(peer);
        }

        Given peer(UnaryOperator<PeerGiven> change) {
            peer = change.apply(peer);
            return this;
        }

        Given alone() {
            isAlone = true;
            return this;
        }

        Given standing(Standing now) {
            standing = now;
            return this;
        }

        Given obstacles(String... all) {
            obstacles = List.of(all);
            return this;
        }

        Given unreachable(String... all) {
            unreachable = List.of(all);
            return this;
        }

        Given routes(String... all) {
            routes = List.of(all);
            peer.routes(all);
            return this;
        }

        Given elsewhere(String... all) {
            elsewhere = List.of(all);
            return this;
        }

        Given withoutSync() {
            replicates = false;
            return this;
        }

        Given syncTrouble(String why) {
            syncTrouble = Optional.of(why);
            return this;
        }

        Given active(@Nullable String who) {
            active = Optional.ofNullable(who);
            return this;
        }

        Given tables(Sync.State now) {
            tables = now;
            return this;
        }

        Given tablesMax(int connections, int templates) {
            tablesMax = Optional.of(new TableSize(connections, templates));
            return this;
        }

        Given holds(int connections, int templates) {
            activeHolds = Optional.of(new TableSize(connections, templates));
            return this;
        }

        Given hearsActive() {
            hearsActive = true;
            return this;
        }

        Self self() {
            return new Self(
                    name,
                    new Word(standing, obstacles, unreachable, routes, elsewhere, tablesMax),
                    Set.of("10.0.0.11", "10.0.0.12"),
                    replicates,
                    syncTrouble,
                    active,
                    tables,
                    activeHolds,
                    OptionalLong.of(MILLISECONDS.toNanos(40)),
                    hearsActive);
        }

        Readiness readiness() {
            return Readiness.of(self(), isAlone ? List.of() : List.of(peer.peer()));
        }

        private static final class PeerGiven {
            private final String name;
            private boolean isMute;
            private Standing standing = Standing.STANDBY;
            private List<String> obstacles = List.of();
            private List<String> unreachable = List.of();
            private List<String> routes = List.of();
            private List<String> elsewhere = List.of();
            private long age = MILLISECONDS.toNanos(80);
            private long silence = MILLISECONDS.toNanos(80);
            private Sync.State tables = Sync.State.EQUAL;
            private boolean sameConfiguration = true;
            private boolean sameRevision = true;
            private long templates;
            private long connections;
            private OptionalLong lag = OptionalLong.of(0);
            private Optional<TableSize> tablesMax = Optional.empty();

            PeerGiven(String name) {
                this.name = name;
            }

            PeerGiven mute() {
                isMute = true;
                return this;
            }

            PeerGiven standing(Standing now) {
                standing = now;
                return this;
            }

            PeerGiven obstacles(String... all) {
                obstacles = List.of(all);
                return this;
            }

            PeerGiven unreachable(String... all) {
                unreachable = List.of(all);
                return this;
            }

            PeerGiven routes(String... all) {
                routes = List.of(all);
                return this;
            }

            PeerGiven elsewhere(String... all) {
                elsewhere = List.of(all);
                return this;
            }

            PeerGiven age(long ns) {
                age = ns;
                return this;
            }

            PeerGiven silence(long seconds) {
                silence = SECONDS.toNanos(seconds);
                return this;
            }

            PeerGiven tables(Sync.State now) {
                tables = now;
                return this;
            }

            PeerGiven tablesMax(int maxConnections, int maxTemplates) {
                tablesMax = Optional.of(new TableSize(maxConnections, maxTemplates));
                return this;
            }

            PeerGiven otherConfiguration() {
                sameConfiguration = false;
                return this;
            }

            PeerGiven olderRevision() {
                sameConfiguration = false;
                sameRevision = false;
                return this;
            }

            PeerGiven unsynced(long lostTemplates, long lostConnections) {
                templates = lostTemplates;
                connections = lostConnections;
                return this;
            }

            PeerGiven lag(OptionalLong ns) {
                lag = ns;
                return this;
            }

            Peer peer() {
                return new Peer(
                        name,
                        isMute
                                ? Optional.empty()
                                : Optional.of(new Heard(
                                        new Word(standing, obstacles, unreachable, routes, elsewhere, tablesMax), age)),
                        OptionalLong.of(silence),
                        tables,
                        sameConfiguration,
                        sameRevision,
                        OptionalLong.of(templates),
                        OptionalLong.of(connections),
                        lag);
            }
        }
    }
}
