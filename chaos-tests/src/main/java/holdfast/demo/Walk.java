package holdfast.demo;

import holdfast.admin.FailoverReadiness.Safe;
import holdfast.admin.Role;
import holdfast.lab.Director;
import holdfast.lab.Lab;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/// A random walk through the incidents of a pair: one or two at once, repaired in any order, under a light load of
/// sticky clients.
///
/// At each rest, when all is repaired, the pair must be whole within five seconds. Every cart that was filled while it
/// was whole must be there, unless clients may have met only a director that had just started. Whenever an active that
/// reports `safe` dies, the other director must serve.
@Command(
        name = "walk",
        description = "Walks at random through the incidents that a pair must survive.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:every rest was whole", "1:one was not; its trace is printed", "2:wrong arguments"},
        mixinStandardHelpOptions = true)
public final class Walk implements Callable<Integer> {
    private static final int ADVERTS_MS = 500;
    private static final Duration STARTED_MAX = Duration.ofSeconds(90);
    /// An address that is stolen while its active is cut off is announced again by the next refresh, after 30 s at
    /// most.
    private static final Duration PATIENCE = Duration.ofSeconds(35);
    private static final int PASSES_OF_MENDING = 3;
    /// Between two rests.
    private static final int MISHAPS_MAX = 3;

    private static final int DWELL_MS_MAX = 2500;
    /// A director that reports `safe` knows of earlier events: a word is a second old at most.
    private static final long KNOWN_AFTER = 2_000_000_000L;

    private static final int CLIENTS_MAX = 30;
    private static final int NEWCOMERS = 3;

    @Option(names = "--minutes", paramLabel = "N", description = "for so long (default: ${DEFAULT-VALUE})")
    private int minutes = 10;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description = "the same mishaps in the same order (default: another each time)")
    private long seed = System.nanoTime() & 0xffff_ffffL;

    private final long beganAt = System.nanoTime();
    private final List<Shopper> clients = Collections.synchronizedList(new ArrayList<>());
    private final List<String> trace = new ArrayList<>();
    private int mishaps;
    private int rests;
    private Duration slowest = Duration.ZERO;
    private volatile boolean stopping;

    public static void main(String... arguments) {
        System.exit(new CommandLine(new Walk()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        if (minutes < 1) {
            throw new ParameterException(new CommandLine(this), "--minutes takes 1 or more");
        }
        var lab = Lab.around();
        say("walk of %d min with --seed %d".formatted(minutes, seed));
        lab.advertise(ADVERTS_MS);
        lab.startRealServers();
        Stream.of(lab.d1(), lab.d2()).forEach(Director::start);
        lab.awaitEqualPair();
        var load = Thread.ofPlatform().daemon().name("clients").start(this::shop);
        try {
            walk(lab, new Random(seed));
            say("PASS: whole at each of %d rests after %d mishaps, the slowest after %d ms; --seed %d"
                    .formatted(rests, mishaps, slowest.toMillis(), seed));
            return 0;
        } catch (AssertionError | IllegalStateException | Lab.NotInTimeException | UncheckedIOException e) {
            say("BROKEN: " + e.getMessage());
            System.err.println("--- since the last rest, with --seed " + seed);
            trace.forEach(System.err::println);
            System.err.println("--- the logs are in " + keepLogs());
            return 1;
        } finally {
            stopping = true;
            load.interrupt();
        }
    }

    private void walk(Lab lab, Random random) throws IOException {
        var mishapsOf = new Mishaps(lab, random);
        welcome(lab);
        while (System.nanoTime() - beganAt < Duration.ofMinutes(minutes).toNanos()) {
            trace.clear();
            mishapsOf.forget();
            stretch(lab, random, mishapsOf);
            rest(lab, mishapsOf);
        }
    }

    /// Some incidents, and their repair.
    private void stretch(Lab lab, Random random, Mishaps drawn) {
        var mends = new ArrayList<Mending>();
        int count = 1 + random.nextInt(MISHAPS_MAX);
        long changedAt = System.nanoTime();
        for (int i = 0; i < count; i++) {
            if (random.nextBoolean()) {
                dwell(random);
            }
            boolean isKnown = System.nanoTime() - changedAt > KNOWN_AFTER;
            var mishap = drawn.draw();
            var promise = isKnown || i == 0 ? promise(lab) : Promise.NONE;
            strike(mishap, mends);
            changedAt = System.nanoTime();
            check(lab, promise);
        }
        dwell(random);
        Collections.shuffle(mends, random);
        mend(mends, random);
        for (var director : List.of(lab.d1(), lab.d2())) {
            if (!director.isRunning()) {
                step("start " + director);
                director.start();
            }
        }
    }

    private record Mending(String name, Runnable mend) {}

    /// An active director's report that the other one would serve if it died.
    private record Promise(List<Director> active) {
        static final Promise NONE = new Promise(List.of());
    }

    private static Promise promise(Lab lab) {
        return new Promise(Stream.of(lab.d1(), lab.d2()).filter(Walk::saysSafe).toList());
    }

    private static boolean saysSafe(Director director) {
        try {
            return director.isRunning()
                    && director.is(Role.ACTIVE)
                    && director.status().failover().safe() == Safe.YES;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    /// If the director that promised it is dead now, the other one must serve.
    private static void check(Lab lab, Promise promise) {
        if (promise.active.size() != 1) {
            return;
        }
        var promised = promise.active.getFirst();
        var other = lab.other(promised);
        if (promised.isRunning() || !other.isRunning()) {
            return;
        }
        var starved = Starved.since(List.of(other));
        long diedAt = System.nanoTime();
        while (!other.is(Role.ACTIVE)) {
            var took = Duration.ofNanos(System.nanoTime() - diedAt).minus(starved.untilNow());
            if (took.compareTo(Wholeness.AGAIN_MAX) > 0) {
                throw new AssertionError(promised + " said that " + other + " would serve, and died; " + other
                        + " does not serve " + took.toMillis() + " ms later");
            }
            LockSupport.parkNanos(20_000_000);
        }
    }

    private void strike(Mishaps.Mishap mishap, List<Mending> mends) {
        step(mishap.name());
        mishaps++;
        try {
            mends.add(new Mending(mishap.name(), mishap.strike().get()));
        } catch (IllegalStateException | UncheckedIOException e) {
            step("  not possible now: "
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse("")); // an earlier one took it
        }
    }

    /// A repair may need what another one restores, so failed repairs are tried again.
    private void mend(List<Mending> mends, Random random) {
        var left = List.copyOf(mends);
        for (int pass = 1; !left.isEmpty(); pass++) {
            var failed = new ArrayList<Mending>();
            for (var mending : left) {
                try {
                    step("mend: " + mending.name);
                    mending.mend.run();
                } catch (IllegalStateException e) {
                    if (pass == PASSES_OF_MENDING) {
                        throw e;
                    }
                    failed.add(mending);
                }
                if (random.nextBoolean()) {
                    dwell(random);
                }
            }
            left = failed;
        }
    }

    private void rest(Lab lab, Mishaps drawn) throws IOException {
        Lab.await(
                "both directors have started",
                STARTED_MAX,
                () -> Stream.of(lab.d1(), lab.d2()).allMatch(d -> d.role().isPresent()));
        var took = Wholeness.await(lab, Wholeness.AGAIN_MAX);
        slowest = took.compareTo(slowest) > 0 ? took : slowest;
        rests++;
        step("whole after %d ms, %s active"
                .formatted(took.toMillis(), lab.active().map(Director::name).orElse("?")));
        if (!drawn.mayHaveLostTheTables()) {
            var robbed = clients.stream().filter(client -> !keepsCart(client)).toList();
            if (!robbed.isEmpty()) {
                throw new AssertionError(
                        "%d of %d carts are lost, of %s".formatted(robbed.size(), clients.size(), robbed));
            }
        } else {
            for (var client : List.copyOf(clients)) {
                fill(client);
            }
        }
        welcome(lab);
    }

    private static boolean keepsCart(Shopper client) {
        synchronized (client) {
            return client.keepsCart(PATIENCE);
        }
    }

    private static void fill(Shopper client) throws IOException {
        synchronized (client) {
            client.fillCart(PATIENCE);
        }
    }

    /// New clients fill their carts while the pair is whole.
    private void welcome(Lab lab) throws IOException {
        for (int i = 0; i < NEWCOMERS && clients.size() < 2 * CLIENTS_MAX; i++) {
            int number = clients.size() / 2 + 1;
            for (var target : Target.values()) {
                var client = new Shopper(number, target);
                fill(client);
                clients.add(client);
            }
        }
        Wholeness.await(lab, Wholeness.AGAIN_MAX);
    }

    private void shop() {
        for (int turn = 0; !stopping; turn++) {
            LockSupport.parkNanos(30_000_000);
            if (!clients.isEmpty()) {
                var client = clients.get(turn % clients.size());
                synchronized (client) {
                    var _ = client.keepsCart(Duration.ofMillis(500)); // a client that is not served comes again
                }
            }
        }
    }

    private static void dwell(Random random) {
        LockSupport.parkNanos(random.nextInt(DWELL_MS_MAX) * 1_000_000L);
    }

    private Path keepLogs() throws IOException {
        var folder = Path.of(System.getenv("HOLDFAST_HOME"), "build", "walk");
        Files.createDirectories(folder);
        try (var files = Files.newDirectoryStream(Path.of("/run/holdfast"), "*.{log,yaml}")) {
            for (var file : files) {
                Files.copy(file, folder.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return folder;
    }

    private void step(String what) {
        trace.add(say(what));
    }

    private String say(String what) {
        var line = "[%5.1f s] %s".formatted((System.nanoTime() - beganAt) / 1e9, what);
        System.err.println(line);
        return line;
    }
}
