package holdfast.demo;

import holdfast.lab.Lab;
import holdfast.lab.server.SeededStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Everything that clients do while a fault happens, once for each forwarding method: a download, a typist, a prober;
/// and shoppers who read their carts.
final class Workload implements AutoCloseable {
    private static final long DOWNLOAD_STARTED_BYTES = 20_000_000;
    private static final int PROBES_STARTED = 100;
    private static final Duration ALL_UNDER_WAY = Duration.ofSeconds(10);
    private static final Duration DOWNLOAD_LEFT = Duration.ofSeconds(25);
    private static final int FAILURES_NAMED = 5;
    private static final Duration ECHO_LEFT = Duration.ofSeconds(5);

    /// The results.
    ///
    /// @param outage        of the worse method
    /// @param dark          when that method got no answers; the fault itself if none was missing
    /// @param proberLateMs  delay of the slower prober meanwhile, a time of which it knows nothing
    /// @param problems      failures as sentences
    record Result(
            boolean downloadsIntact,
            boolean echoIntact,
            Outage outage,
            Window dark,
            double proberLateMs,
            RequestLoad.Result load,
            List<String> problems) {}

    /// A span of time, [System#nanoTime].
    record Window(long from, long to) {}

    private final Map<Target, Download> downloads = new EnumMap<>(Target.class);
    private final Map<Target, EchoSession> echoes = new EnumMap<>(Target.class);
    private final Map<Target, Prober> probers = new EnumMap<>(Target.class);
    private final RequestLoad load;

    private Workload(List<Shopper> shoppers) throws IOException {
        for (var target : Target.values()) {
            downloads.put(target, Download.start(target.client(1), target, Hashes.of(target)));
            echoes.put(target, EchoSession.start(target.client(2), target));
            probers.put(target, Prober.start(target.client(3), target.echo()));
        }
        load = RequestLoad.start(shoppers);
    }

    /// Starts everything, and returns when all of it is under way.
    static Workload start(List<Shopper> shoppers) throws IOException {
        var workload = new Workload(shoppers);
        Lab.await("downloads and probes are under way", ALL_UNDER_WAY, workload::isUnderWay);
        return workload;
    }

    private boolean isUnderWay() {
        return downloads.values().stream().allMatch(d -> d.isOver() || d.received() >= DOWNLOAD_STARTED_BYTES)
                && probers.values().stream().allMatch(p -> p.answered() >= PROBES_STARTED);
    }

    /// Whether a download has ended already: a later fault proves nothing about it.
    boolean isDownloadOver() {
        return downloads.values().stream().anyMatch(Download::isComplete);
    }

    /// Lets the downloads end, stops the rest, and judges.
    ///
    /// @param fault  from the fault until a director served again
    Result finish(Window fault) throws InterruptedException, IOException {
        var problems = new ArrayList<String>();
        for (var download : downloads.entrySet()) {
            note("the download by " + download.getKey(), download.getValue().problem(DOWNLOAD_LEFT), problems);
        }
        boolean downloadsIntact = problems.isEmpty();
        int before = problems.size();
        for (var echo : echoes.entrySet()) {
            note("the echo session by " + echo.getKey(), echo.getValue().stop(ECHO_LEFT), problems);
        }
        boolean echoIntact = problems.size() == before;
        var probed = stopProbers(fault, problems);
        var requests = load.stop();
        requests.failed().stream()
                .limit(FAILURES_NAMED)
                .forEach(failure -> problems.add("failed request: " + failure.since(fault.from)));
        return new Result(
                downloadsIntact,
                echoIntact,
                probed.outage,
                probed.dark,
                probed.lateMs,
                requests,
                List.copyOf(problems));
    }

    private record Probed(Outage outage, Window dark, double lateMs) {}

    private Probed stopProbers(Window fault, List<String> problems) throws InterruptedException, IOException {
        var outage = new Outage(0, 0, 0, 0);
        var dark = fault;
        for (var probed : probers.entrySet()) {
            var prober = probed.getValue();
            var seen = prober.stop();
            if (seen.blackout() > outage.blackout()) {
                long from = prober.sentAt(0) + seen.from();
                dark = new Window(from, from + seen.blackout());
            }
            outage = outage.and(seen);
            if (seen.lost() > 0) {
                problems.add("%s: %d probes lost, longest without an answer %.1f ms, from %.1f ms after the fault"
                        .formatted(
                                probed.getKey(),
                                seen.lost(),
                                seen.blackoutMs(),
                                (prober.sentAt(0) + seen.from() - fault.from) / 1e6));
            }
            if (prober.refused() > 0) {
                problems.add(prober.refused() + " probes were refused with an ICMP error");
            }
        }
        long darkTo = dark.to;
        long late = probers.values().stream()
                .mapToLong(prober -> prober.lateness(fault.from, darkTo))
                .max()
                .orElse(0);
        return new Probed(outage, dark, Math.round(late / 10_000.0) / 100.0);
    }

    /// Stops what still runs, for a step that ended early.
    @Override
    public void close() {
        load.abandon();
        echoes.values().forEach(EchoSession::abandon);
        probers.values().forEach(Prober::abandon);
    }

    private static void note(String what, String problem, List<String> problems) {
        if (!problem.isEmpty()) {
            problems.add(what + " " + problem);
        }
    }

    /// The expected hashes of the downloads: computed once, before anything is measured on this machine.
    static final class Hashes {
        private static final Map<Target, String> KNOWN = new ConcurrentHashMap<>();

        private Hashes() {}

        static String of(Target target) {
            return KNOWN.computeIfAbsent(target, t -> SeededStream.sha256(t.seed(), Download.BYTES));
        }
    }
}
