package holdfast.group;

import holdfast.admin.FailoverReadiness;
import holdfast.admin.FailoverReadiness.Safe;
import holdfast.admin.Sync;
import holdfast.admin.Sync.Standing;
import holdfast.sync.TableSize;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Whether a standby would serve if the active died now: one pure function behind `holdfast status`, the monitoring
/// check and a planned failover.
///
/// The active judges each standby, and a standby judges itself, by the same rules. Each part of the answer is
/// independent, and is an objection or none. A "no" among the objections wins over an "unknown", and "unknown" wins
/// over "yes": an unknown part never hides a bad part.
public final class Readiness {
    /// An older word does not count; hellos come ten times a second.
    static final long WORD_AGE_MAX = TimeUnit.SECONDS.toNanos(1);

    /// A standby further behind would make a planned failover hold packets long enough for clients to notice.
    static final long LAG_MAX = TimeUnit.MILLISECONDS.toNanos(100);

    private final FailoverReadiness answer;
    private final List<Judged> judged;
    private final List<Objection> noCandidate;

    /// A director's report about itself; ours is the word that the others receive.
    ///
    /// @param obstacles    why it could not take over now, each a sentence without the director's name
    /// @param unreachable  real servers and gateways that do not answer it
    /// @param routes       destinations beyond its links to which it has a route
    /// @param elsewhere    destinations that it routes over an interface outside the datapath
    /// @param tablesMax    most entries that its tables can hold; empty if it does not report them
    public record Word(
            Standing standing,
            List<String> obstacles,
            List<String> unreachable,
            List<String> routes,
            List<String> elsewhere,
            Optional<TableSize> tablesMax) {
        public Word {
            obstacles = List.copyOf(obstacles);
            unreachable = List.copyOf(unreachable);
            routes = List.copyOf(routes);
            elsewhere = List.copyOf(elsewhere);
        }
    }

    /// A word and its age in ns, on our clock.
    public record Heard(Word word, long age) {}

    /// @param name        of this director
    /// @param word        its present word
    /// @param realServers addresses of the configured real servers, which every director must reach
    /// @param replicates  whether `cluster.sync` is on
    /// @param syncTrouble why nothing is known of the other directors, such as a sync thread that ended
    /// @param active      name of the active director; empty if none is known
    /// @param tables      state of our tables against the active's; [Sync.State#EQUAL] on the active
    /// @param activeHolds  entries in the active's tables, which are ours on the active; empty if unknown
    /// @param copyAge     ns since our tables equalled the active's; empty if unknown, and on the active
    /// @param hearsActive whether the active's adverts are heard, which take another path than its word
    public record Self(
            String name,
            Word word,
            Set<String> realServers,
            boolean replicates,
            Optional<String> syncTrouble,
            Optional<String> active,
            Sync.State tables,
            Optional<TableSize> activeHolds,
            OptionalLong copyAge,
            boolean hearsActive) {
        boolean isActive() {
            return word.standing() == Standing.ACTIVE;
        }
    }

    /// Another director. An unknown value is empty.
    ///
    /// @param heard    its last word; empty before the first one
    /// @param silence  ns since its last authentic message
    /// @param sameRevision  whether it runs our revision; then only another file explains another configuration
    /// @param lag      age in ns of the oldest change that it lacks; 0 if it lacks none
    public record Peer(
            String name,
            Optional<Heard> heard,
            OptionalLong silence,
            Sync.State tables,
            boolean sameConfiguration,
            boolean sameRevision,
            OptionalLong unsyncedTemplates,
            OptionalLong unsyncedConnections,
            OptionalLong lag) {
        Optional<Word> freshWord() {
            return heard.filter(last -> last.age() <= WORD_AGE_MAX).map(Heard::word);
        }
    }

    /// One reason against a failover.
    ///
    /// @param passes      whether it may disappear within seconds: a planned failover waits before it refuses
    /// @param acceptable  whether an operator may go ahead in spite of it
    record Objection(String sentence, Safe verdict, boolean passes, boolean acceptable) {
        static Objection no(String sentence) {
            return new Objection(sentence, Safe.NO, false, false);
        }

        static Objection unknown(String sentence) {
            return new Objection(sentence, Safe.UNKNOWN, false, false);
        }

        Objection passing() {
            return new Objection(sentence, verdict, true, false);
        }
    }

    private record Judged(Peer peer, List<Objection> objections) {}

    /// The judge's input, in either direction.
    ///
    /// @param name    of the director that would take over
    /// @param word    its word; empty if it is too old
    /// @param silence the objection if the word is missing
    /// @param other   our word for the active, or the active's word for us
    /// @param from    the active as named in a sentence
    /// @param activeHolds  as in [Self]
    /// @param realServers  as in [Self]
    private record Candidate(
            String name,
            Optional<Word> word,
            Optional<Objection> silence,
            Sync.State tables,
            boolean sameConfiguration,
            boolean sameRevision,
            Optional<Word> other,
            String from,
            Optional<TableSize> activeHolds,
            Set<String> realServers) {}

    private Readiness(FailoverReadiness answer, List<Judged> judged, List<Objection> noCandidate) {
        this.answer = answer;
        this.judged = judged;
        this.noCandidate = noCandidate;
    }

    /// @param peers  every other director heard since the start
    public static Readiness of(Self self, List<Peer> peers) {
        var general = new ArrayList<Objection>();
        if (!self.replicates()) {
            general.add(Objection.no("cluster.sync is off, so a standby would know no client"));
        }
        self.syncTrouble().map(Objection::unknown).ifPresent(general::add);
        return self.isActive() ? ofActive(self, peers, general) : ofStandby(self, peers, general);
    }

    private static Readiness ofActive(Self self, List<Peer> peers, List<Objection> general) {
        var judged = peers.stream()
                .map(peer -> new Judged(peer, joined(general, objections(self, peer))))
                .sorted(Comparator.comparing((Judged peer) -> isLost(peer.peer()))
                        .thenComparingInt(peer -> peer.objections().size())
                        .thenComparing(peer -> verdict(peer.objections()) == Safe.NO)
                        .thenComparing(peer -> peer.peer().name()))
                .toList();
        var noCandidate = general.isEmpty() ? List.of(Objection.no(NO_PEER)) : general;
        if (judged.isEmpty()) {
            return new Readiness(
                    new FailoverReadiness(
                            verdict(noCandidate), null, self.name(), sentences(noCandidate), null, null, null, null),
                    judged,
                    noCandidate);
        }
        var best = judged.getFirst();
        var peer = best.peer();
        return new Readiness(
                new FailoverReadiness(
                        verdict(best.objections()),
                        isLost(peer) ? null : peer.name(),
                        self.name(),
                        sentences(best.objections()),
                        boxed(peer.unsyncedTemplates()),
                        boxed(peer.unsyncedConnections()),
                        millis(peer.lag()),
                        null),
                judged,
                noCandidate);
    }

    private static final String NO_PEER =
            "no other director has been heard on the interconnect; see that one runs, and its cluster section";

    private static Readiness ofStandby(Self self, List<Peer> peers, List<Objection> general) {
        var active = self.active()
                .flatMap(name ->
                        peers.stream().filter(peer -> peer.name().equals(name)).findFirst());
        var objections = new ArrayList<>(general);
        boolean isSyncKnown = self.replicates() && self.syncTrouble().isEmpty();
        if (isSyncKnown) {
            silenceOfActive(self, active).ifPresent(objections::add);
        }
        var candidate = new Candidate(
                self.name(),
                Optional.of(self.word()),
                Optional.empty(),
                self.tables(),
                active.map(Peer::sameConfiguration).orElse(true),
                active.map(Peer::sameRevision).orElse(true),
                active.flatMap(Peer::freshWord),
                self.active().orElse("the active"),
                self.activeHolds(),
                self.realServers());
        objections.addAll(judge(candidate, isSyncKnown && active.isPresent()));
        return new Readiness(
                new FailoverReadiness(
                        verdict(objections),
                        self.name(),
                        self.active().orElse(null),
                        sentences(objections),
                        null,
                        null,
                        null,
                        millis(self.copyAge())),
                List.of(),
                List.of(Objection.no(elsewhere(self))));
    }

    private static Optional<Objection> silenceOfActive(Self self, Optional<Peer> active) {
        if (self.active().isEmpty()) {
            return Optional.of(Objection.unknown("no active director is known to " + self.name()));
        }
        if (active.flatMap(Peer::freshWord).isPresent()) {
            return Optional.empty();
        }
        var silent = active.flatMap(Readiness::silence)
                .map(Objection::sentence)
                .orElse(self.active().get() + " has said nothing yet");
        return Optional.of(Objection.unknown(
                self.hearsActive() ? silent + ", though its adverts are heard; see to the interconnect" : silent));
    }

    private static String elsewhere(Self self) {
        return self.name() + " is not active; "
                + self.active().map(active -> active + " is: run it there").orElse("run it on the director that is");
    }

    private static List<Objection> objections(Self self, Peer peer) {
        if (isLost(peer)) {
            return List.of(Objection.no("%s is gone, it was last heard %s ago; start it, or see to the interconnect"
                    .formatted(peer.name(), time(peer.silence()))));
        }
        var candidate = new Candidate(
                peer.name(),
                peer.freshWord(),
                silence(peer),
                peer.tables(),
                peer.sameConfiguration(),
                peer.sameRevision(),
                Optional.of(self.word()),
                "this director",
                self.activeHolds(),
                self.realServers());
        var objections = new ArrayList<>(judge(candidate, true));
        boolean isFollowing = peer.tables() == Sync.State.EQUAL || peer.tables() == Sync.State.BEHIND;
        if (isFollowing && peer.lag().isEmpty()) {
            objections.add(Objection.unknown("how far " + peer.name() + " is behind is not known"));
        }
        if (isFollowing && isLagging(peer)) {
            objections.add(Objection.no("%s is %d ms behind, more than %d"
                            .formatted(
                                    peer.name(),
                                    TimeUnit.NANOSECONDS.toMillis(peer.lag().getAsLong()),
                                    TimeUnit.NANOSECONDS.toMillis(LAG_MAX)))
                    .passing());
        }
        return objections;
    }

    private static boolean isLagging(Peer peer) {
        return peer.lag().isPresent() && peer.lag().getAsLong() > LAG_MAX;
    }

    /// It left or died, and no path leads to it; if only the sync channel is cut, its word still arrives.
    private static boolean isLost(Peer peer) {
        return peer.tables() == Sync.State.GONE && peer.freshWord().isEmpty();
    }

    private static Optional<Objection> silence(Peer peer) {
        if (peer.freshWord().isPresent()) {
            return Optional.empty();
        }
        // The last word of a peer that is gone is forgotten, but not its time.
        var last = peer.heard().isEmpty() && peer.tables() == Sync.State.GONE
                ? peer.silence()
                : peer.heard().map(heard -> OptionalLong.of(heard.age())).orElse(OptionalLong.empty());
        return Optional.of(
                Objection.unknown(peer.name() + " has said nothing " + (last.isPresent() ? "for " + time(last) : "yet"))
                        .passing());
    }

    private static List<Objection> judge(Candidate candidate, boolean areTablesJudged) {
        var objections = new ArrayList<Objection>();
        candidate.silence().ifPresent(objections::add);
        candidate.word().ifPresent(word -> objections.addAll(standing(candidate.name(), word)));
        candidate
                .word()
                .ifPresent(
                        word -> candidate.other().ifPresent(other -> objections.addAll(reach(candidate, word, other))));
        if (areTablesJudged) {
            var tooSmall = tooSmall(candidate);
            objections.addAll(tooSmall);
            boolean isExplained = candidate.tables() == Sync.State.DIFFERENT && !tooSmall.isEmpty();
            if (!isExplained) {
                tables(candidate).ifPresent(objections::add);
            }
        }
        if (!candidate.sameConfiguration()) {
            objections.add(new Objection(
                    candidate.name() + " runs another configuration than " + candidate.from()
                            + "; see 'holdfast config compare'",
                    Safe.NO,
                    !candidate.sameRevision(),
                    true));
        }
        return objections;
    }

    private static List<Objection> standing(String name, Word word) {
        var objections = new ArrayList<Objection>();
        switch (word.standing()) {
            case FAULT -> {
                if (word.obstacles().isEmpty()) {
                    objections.add(Objection.no(name + " cannot take over: it is in FAULT"));
                }
            }
            case STANDBY -> {}
            case ACTIVE -> objections.add(Objection.no(name + " is active too").passing());
            case RELAYING ->
                objections.add(Objection.no(name + " still relays packets for the failover before")
                        .passing());
        }
        boolean passes = word.standing() != Standing.FAULT;
        for (var obstacle : word.obstacles()) {
            objections.add(new Objection(name + " cannot take over: " + obstacle, Safe.NO, passes, false));
        }
        return objections;
    }

    private static List<Objection> reach(Candidate candidate, Word word, Word other) {
        var name = candidate.name();
        var from = candidate.from();
        var objections = new ArrayList<Objection>();
        for (var address : word.unreachable()) {
            if (!other.unreachable().contains(address)) {
                objections.add(Objection.no(
                        candidate.realServers().contains(address)
                                ? "%s gets no answer from %s, which answers %s".formatted(name, address, from)
                                : "%s gets no answer from its gateway %s".formatted(name, address)));
            }
        }
        if (word.unreachable().size() >= holdfast.sync.Word.UNREACHABLE_MAX) {
            objections.add(Objection.unknown("%s gets no answer from %d addresses, and more are not compared"
                    .formatted(name, word.unreachable().size())));
        }
        for (var route : other.routes()) {
            if (!word.routes().contains(route)) {
                objections.add(Objection.no("%s has no route to %s, which %s uses".formatted(name, route, from)));
            }
        }
        for (var route : word.elsewhere()) {
            if (!other.elsewhere().contains(route)) {
                objections.add(Objection.no("%s sends %s elsewhere, which %s does not".formatted(name, route, from)));
            }
        }
        return objections;
    }

    private static List<Objection> tooSmall(Candidate candidate) {
        var max = candidate.word().flatMap(Word::tablesMax);
        var held = candidate.activeHolds();
        if (max.isEmpty() || held.isEmpty()) {
            return List.of();
        }
        var objections = new ArrayList<Objection>();
        tooSmall(candidate, "connections", max.get().connections(), held.get().connections())
                .ifPresent(objections::add);
        tooSmall(candidate, "templates", max.get().templates(), held.get().templates())
                .ifPresent(objections::add);
        return objections;
    }

    private static Optional<Objection> tooSmall(Candidate candidate, String table, int max, int held) {
        return held <= max
                ? Optional.empty()
                : Optional.of(Objection.no("%s cannot hold the %d %s of %s: its %s-max is %d; raise it and restart %s"
                        .formatted(candidate.name(), held, table, candidate.from(), table, max, candidate.name())));
    }

    private static Optional<Objection> tables(Candidate candidate) {
        var name = candidate.name();
        return switch (candidate.tables()) {
            case EQUAL, BEHIND -> Optional.empty();
            case JOINING -> Optional.of(Objection.no(name + " is taking its first copy of the tables"));
            case DIFFERENT ->
                Optional.of(
                        Objection.no(name + " holds other tables than " + candidate.from() + ": its digest differs"));
            case UNKNOWN ->
                Optional.of(Objection.unknown(
                        "nothing is known of the tables of " + name + "; if that lasts, see to the interconnect"));
            case GONE ->
                Optional.of(Objection.no(name + " lives, but the sync channel to it is cut; see to the interconnect"));
        };
    }

    /// The answer for `holdfast status`.
    public FailoverReadiness answer() {
        return answer;
    }

    /// Why a planned failover to this director would be refused now, one sentence each; empty if it would begin. On
    /// a director that is not active: where to ask instead.
    public List<String> objections(String peer) {
        return sentences(of(peer));
    }

    /// As [#objections], without those that an operator may accept.
    public List<String> unacceptable(String peer) {
        return sentences(
                of(peer).stream().filter(objection -> !objection.acceptable()).toList());
    }

    /// Whether every objection to this director may disappear within seconds; also true without objections.
    public boolean mayPass(String peer) {
        return of(peer).stream().allMatch(Objection::passes);
    }

    private List<Objection> of(String peer) {
        return judged.stream()
                .filter(known -> known.peer().name().equals(peer))
                .findFirst()
                .map(Judged::objections)
                .orElse(noCandidate);
    }

    private static List<Objection> joined(List<Objection> first, List<Objection> second) {
        var all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    private static Safe verdict(List<Objection> objections) {
        if (objections.stream().anyMatch(objection -> objection.verdict() == Safe.NO)) {
            return Safe.NO;
        }
        return objections.isEmpty() ? Safe.YES : Safe.UNKNOWN;
    }

    private static List<String> sentences(List<Objection> objections) {
        return objections.stream().map(Objection::sentence).toList();
    }

    private static @Nullable Long boxed(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : null;
    }

    private static @Nullable Long millis(OptionalLong ns) {
        return ns.isPresent() ? TimeUnit.NANOSECONDS.toMillis(ns.getAsLong()) : null;
    }

    private static String time(OptionalLong ns) {
        return ns.isPresent() ? time(ns.getAsLong()) : "an unknown time";
    }

    /// `3.2 s`, `2 min 13 s`, `3 h 12 min`.
    static String time(long ns) {
        long seconds = TimeUnit.NANOSECONDS.toSeconds(ns);
        if (seconds < 60) {
            return String.format(Locale.ROOT, "%.1f s", ns / 1e9);
        }
        return seconds < 3600
                ? seconds / 60 + " min " + seconds % 60 + " s"
                : seconds / 3600 + " h " + seconds % 3600 / 60 + " min";
    }
}
