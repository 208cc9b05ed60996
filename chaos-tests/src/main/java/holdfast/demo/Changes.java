package holdfast.demo;

import holdfast.admin.ConfigChange;
import holdfast.admin.ConfigState;
import holdfast.admin.Role;
import holdfast.admin.json.UnreadableJsonException;
import holdfast.conf.Configuration.RealServer;
import holdfast.conf.Configuration.Service;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.Ipv4;
import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;
import holdfast.conf.Shared;
import holdfast.conf.SharedText;
import holdfast.lab.Director;
import holdfast.lab.Lab;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/// Changes the configuration of a running pair many times, on either director, under traffic, while directors are
/// killed at random.
///
/// No probe and no connection of a client may be lost but in a takeover, each change that was acknowledged must be in
/// the history of both directors, and both must end with one configuration.
@Command(
        name = "changes",
        description = "Changes the configuration of a running pair under traffic, and kills directors meanwhile.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:nothing was lost", "1:something was; it is named", "2:wrong arguments"},
        mixinStandardHelpOptions = true)
public final class Changes implements Callable<Integer> {
    private static final int ADVERTS_MS = 100;
    private static final int CHANGES_MAX = 100_000;
    /// Of one stretch; the history shows twice as many.
    private static final int STRETCH = 50;
    /// Of the stretches, how many have a death.
    private static final int DEADLY_OF = 4;
    private static final int CLIENT = 1;
    private static final int TYPIST = 2;
    private static final Duration STARTED_MAX = Duration.ofSeconds(90);
    private static final Duration CALM = Duration.ofSeconds(15);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration LENGTH_MAX = Duration.ofHours(2);
    private static final long TAKEOVER_TAIL = 1_000_000_000;
    /// What was sent so long before a director died may have died with it.
    private static final long UNDER_WAY = 20_000_000;
    private static final Duration NEAR = Duration.ofSeconds(2);
    private static final Pattern STAMPED = Pattern.compile("^[0-9]{4}-[0-9-]+T[0-9:.]+Z ");
    private static final int LINES_MAX = 400;
    private static final int SCRATCH_PORT = 9000;
    private static final int SCRATCH_SERVICES = 20;
    private static final int SCRATCH_VIP = 200;
    private static final int SCRATCH_VIPS = 5;

    @Option(names = "--changes", paramLabel = "N", description = "so many (default: ${DEFAULT-VALUE})")
    private int wanted = 500;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description = "the same changes in the same order (default: another each time)")
    private long seed = System.nanoTime() & 0xffff_ffffL;

    private final long beganAt = System.nanoTime();
    private final Instant began = Instant.now();
    private final Lab lab = Lab.around();
    private final Map<String, String> acknowledged = new LinkedHashMap<>();
    private final List<Long> took = new ArrayList<>();
    private final List<Window> takeovers = new ArrayList<>();
    private final List<Window> stretches = new ArrayList<>();
    private int made;
    private int unanswered;
    private int kills;

    private record Window(long from, long to) {
        boolean has(long at) {
            return at - from >= 0 && at - to <= 0;
        }
    }

    public static void main(String... arguments) {
        System.exit(new CommandLine(new Changes()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (wanted < 1 || wanted > CHANGES_MAX) {
            throw new ParameterException(new CommandLine(this), "--changes takes 1 to " + CHANGES_MAX);
        }
        say("%d changes with --seed %d".formatted(wanted, seed));
        lab.advertise(ADVERTS_MS);
        lab.startRealServers();
        Stream.of(lab.d1(), lab.d2()).forEach(Director::start);
        lab.awaitEqualPair();
        Wholeness.await(lab, STARTED_MAX); // warm, too: what a start costs is no part of the comparison
        var probers = new EnumMap<Target, Prober>(Target.class);
        var typists = new EnumMap<Target, EchoSession>(Target.class);
        for (var target : Target.values()) {
            probers.put(target, Prober.start(target.client(CLIENT), target.echo(), LENGTH_MAX));
            typists.put(target, EchoSession.start(target.client(TYPIST), target));
        }
        try {
            LockSupport.parkNanos(CALM.toNanos());
            var random = new Random(seed);
            while (made < wanted) {
                stretch(random);
            }
            LockSupport.parkNanos(CALM.toNanos());
            return report(probers, typists) ? 0 : 1;
        } catch (AssertionError | IllegalStateException | Lab.NotInTimeException | UncheckedIOException e) {
            say("BROKEN: " + e.getMessage());
            return 1;
        }
    }

    /// Some changes, within which a director may die, and the proof that none of them is lost.
    private void stretch(Random random) throws InterruptedException {
        var victim = random.nextBoolean() ? lab.d1() : lab.d2();
        int last = Math.min(made + STRETCH, wanted);
        boolean isDeadly = random.nextInt(DEADLY_OF) == 0;
        int killAt = made + random.nextInt(last - made);
        long from = System.nanoTime();
        var expected = new LinkedHashMap<String, String>();
        while (made < last) {
            if (isDeadly && made == killAt) {
                isDeadly = false;
                kill(victim, random.nextInt(30), expected);
            }
            var asked = !victim.isRunning() || random.nextBoolean() ? lab.other(victim) : victim;
            change(asked, random, !victim.isRunning(), expected);
        }
        stretches.add(new Window(from, System.nanoTime()));
        if (!victim.isRunning()) {
            victim.start();
        }
        lab.awaitEqualPair();
        Wholeness.await(lab, Wholeness.AGAIN_MAX);
        requireAll(lab.other(victim), expected);
        requireNoneGivenWay(victim, expected);
        acknowledged.putAll(expected);
        say("%5d changes, %d killed; %s active"
                .formatted(made, kills, lab.active().map(Director::name).orElse("?")));
    }

    /// Kills a director while it, or the other one, makes a change.
    private void kill(Director victim, int afterMs, Map<String, String> expected) throws InterruptedException {
        var other = lab.other(victim);
        boolean wasActive = victim.is(Role.ACTIVE);
        var change = Thread.ofPlatform().start(() -> change(victim, new Random(afterMs), true, expected));
        TimeUnit.MILLISECONDS.sleep(afterMs); // the moment within the change is drawn
        long from = System.nanoTime();
        victim.kill();
        kills++;
        if (wasActive) {
            Lab.await(other + " serves", PATIENCE, () -> other.is(Role.ACTIVE));
            takeovers.add(new Window(from - UNDER_WAY, System.nanoTime() + TAKEOVER_TAIL));
        }
        change.join();
    }

    /// @param mayFail   because a director dies or has just died
    /// @param expected  receives the change if it is acknowledged
    private void change(Director on, Random random, boolean mayFail, Map<String, String> expected) {
        var reason = "change " + ++made;
        long from = System.nanoTime();
        try {
            var base = on.config();
            var text = SharedText.of(edited(SharedText.read(base.text()), random));
            var result = on.change(new ConfigChange(text, null, base.revision(), "changes", reason, false));
            if (result.made()) {
                expected.put(result.revision(), reason);
                took.add(System.nanoTime() - from);
            }
        } catch (UncheckedIOException | UnreadableJsonException e) {
            if (!mayFail) {
                throw new IllegalStateException(reason + " on " + on + " failed: " + e.getMessage(), e);
            }
            unanswered++;
        }
    }

    /// Another weight, threshold or scheduler of a service, or a service or a VIP more or less that no client uses.
    private static Shared edited(Shared before, Random random) {
        if (random.nextInt(6) == 0) {
            var vips = new ArrayList<>(before.vips());
            var vip = Ipv4.of("192.0.2." + (SCRATCH_VIP + random.nextInt(SCRATCH_VIPS)));
            if (!vips.remove(vip)) {
                vips.add(vip);
            }
            return new Shared(vips, before.ipvs(), before.marks(), before.services());
        }
        var services = new ArrayList<>(before.services());
        if (random.nextInt(3) == 0) {
            var key = ServiceKey.of("tcp/192.0.2.10:" + (SCRATCH_PORT + random.nextInt(SCRATCH_SERVICES)));
            if (!services.removeIf(service -> service.key().equals(key))) {
                services.add(new Service(
                        key,
                        SchedulerName.values()[random.nextInt(4)],
                        Optional.empty(),
                        List.of(new RealServer(
                                Ipv4.of("10.0.0.11"), key.port(), 1 + random.nextInt(9), ForwardingMethod.NAT))));
            }
        } else {
            int at = random.nextInt(services.size());
            services.set(at, edited(services.get(at), random));
        }
        return new Shared(before.vips(), before.ipvs(), before.marks(), services);
    }

    private static Service edited(Service before, Random random) {
        var reals = new ArrayList<>(before.realServers());
        int at = random.nextInt(reals.size());
        var real = reals.get(at);
        boolean isBounded = random.nextBoolean();
        reals.set(
                at,
                new RealServer(
                        real.address(),
                        real.port(),
                        1 + random.nextInt(50),
                        real.method(),
                        isBounded ? 100_000 : 0,
                        isBounded ? random.nextInt(90_000) : 0,
                        real.drain()));
        return new Service(
                before.key(),
                before.scheduler(),
                before.flags(),
                before.persistence(),
                before.onePacket(),
                before.clientLimit(),
                reals);
    }

    private static void requireAll(Director director, Map<String, String> expected) {
        var known = new LinkedHashMap<String, ConfigState.Change>();
        director.configHistory().changes().forEach(change -> known.put(change.revision(), change));
        expected.forEach((revision, reason) -> {
            var change = known.get(revision);
            if (change == null || !change.reason().equals(reason) || !change.inForce()) {
                throw new AssertionError("%s has lost the acknowledged revision %s (%s); it has %s"
                        .formatted(director, revision, reason, change));
            }
        });
    }

    /// It lacks what was made while it was dead, and knows all the same what led to the revision in force.
    private static void requireNoneGivenWay(Director director, Map<String, String> expected) {
        director.configHistory().changes().stream()
                .filter(change -> expected.containsKey(change.revision()) && !change.inForce())
                .findFirst()
                .ifPresent(change -> {
                    throw new AssertionError(
                            director + " takes an acknowledged revision for one that gave way: " + change);
                });
    }

    private boolean report(Map<Target, Prober> probers, Map<Target, EchoSession> typists)
            throws IOException, InterruptedException {
        boolean isWhole = true;
        var ends = List.of(lab.d1().config(), lab.d2().config());
        if (!ends.getFirst().revision().equals(ends.getLast().revision())
                || !ends.getFirst().text().equals(ends.getLast().text())) {
            say("LOST: the directors end with two configurations: " + ends);
            isWhole = false;
        }
        for (var typist : typists.entrySet()) {
            var problem = typist.getValue().stop(PATIENCE);
            if (!problem.isEmpty()) {
                say("LOST: the connection by " + typist.getKey() + " " + problem);
                isWhole = false;
            }
        }
        var spread = took.stream().mapToDouble(ns -> ns / 1e6).sorted().toArray();
        say(
                "%d of %d changes acknowledged, %d without an answer while a director died; %d directors killed, %d of them active"
                        .formatted(acknowledged.size(), made, unanswered, kills, takeovers.size()));
        say("a change took p50 %.1f ms, p99 %.1f ms, longest %.1f ms"
                .formatted(at(spread, 0.5), at(spread, 0.99), at(spread, 1)));
        for (var probed : probers.entrySet()) {
            var prober = probed.getValue();
            var outage = prober.stop();
            var lost = prober.lost(at -> takeovers.stream().noneMatch(window -> window.has(at)));
            say("%s: %d of %d probes lost outside takeovers, %d within them"
                    .formatted(probed.getKey(), lost.length, outage.sent(), outage.lost() - lost.length));
            logsAround(lost);
            var changing = prober.latencies(at -> stretches.stream().anyMatch(window -> window.has(at))
                    && takeovers.stream().noneMatch(window -> window.has(at)));
            var calm = prober.latencies(at -> at - stretches.getFirst().from() < 0
                    || at - stretches.getLast().to() - 2 * TAKEOVER_TAIL > 0);
            say(
                    "%s: round trip without changes p50 %.3f p99 %.3f ms, with changes p50 %.3f p99 %.3f ms: ratio of p99 %.2f"
                            .formatted(
                                    probed.getKey(),
                                    at(calm, 0.5),
                                    at(calm, 0.99),
                                    at(changing, 0.5),
                                    at(changing, 0.99),
                                    at(changing, 0.99) / at(calm, 0.99)));
            isWhole &= lost.length == 0;
        }
        say(isWhole ? "PASS: nothing was lost; --seed " + seed : "FAILED; --seed " + seed);
        return isWhole;
    }

    /// What the directors were doing when probes were lost, without the many lines about revisions.
    private void logsAround(long[] lost) throws IOException {
        var lines = new TreeSet<String>();
        for (var director : List.of(lab.d1(), lab.d2())) {
            for (var line : Files.readAllLines(director.log())) {
                if (STAMPED.matcher(line).find()
                        && !line.contains(" revision in force ")
                        && Arrays.stream(lost).anyMatch(at -> isNear(line, at))) {
                    lines.add(line.replaceFirst(" ", " " + director + " "));
                }
            }
        }
        Arrays.stream(lost).forEach(at -> lines.add(wall(at) + " a probe was lost"));
        lines.stream().limit(LINES_MAX).forEach(this::say);
    }

    private boolean isNear(String line, long at) {
        var between = Duration.between(wall(at), Instant.parse(line.substring(0, line.indexOf(' '))));
        return between.abs().compareTo(NEAR) < 0;
    }

    private Instant wall(long at) {
        return began.plusNanos(at - beganAt);
    }

    private static double at(double[] sorted, double quantile) {
        return sorted.length == 0 ? Double.NaN : sorted[(int) Math.min(sorted.length - 1, quantile * sorted.length)];
    }

    private void say(String what) {
        System.err.println("[%5.1f s] %s".formatted((System.nanoTime() - beganAt) / 1e9, what));
    }
}
