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

/// Everything that clients do while a fault happens, once for each forwarding method: a download, somebody typing, a
/// prober; and shoppers who look into their carts.
final class Workload {
    private static final long DOWNLOAD_STARTED_BYTES = 20_000_000;
    private static final int PROBES_STARTED = 100;
    private static final Duration ALL_UNDER_WAY = Duration.ofSeconds(10);
    private static final Duration DOWNLOAD_LEFT = Duration.ofSeconds(25);
    private static final Duration ECHO_LEFT = Duration.ofSeconds(5);

    /// What came of it.
    ///
    /// @param outage    of the worse method
    /// @param repeated  probes answered more than once
    /// @param problems  what went wrong, as sentences
    record Result(
            boolean downloadsIntact,
            boolean echoIntact,
            Outage outage,
            int repeated,
            RequestLoad.Result load,
            List<String> problems) {}

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

    /// Whether a download has ended well already: a fault that comes only now proves nothing about it.
    boolean isDownloadOver() {
        return downloads.values().stream().anyMatch(Download::isComplete);
    }

    /// Lets the downloads end, stops the rest, and judges.
    ///
    /// @param faultAt  when the fault struck, [System#nanoTime]
    Result finish(long faultAt) throws InterruptedException, IOException {
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
        var outage = new Outage(0, 0, 0, 0);
        int repeated = 0;
        for (var probed : probers.entrySet()) {
            var prober = probed.getValue();
            var seen = prober.stop();
            outage = outage.and(seen);
            repeated += prober.repeated();
            if (seen.lost() > 0) {
                problems.add("%s: %d probes lost, longest without an answer %.1f ms, from %.1f ms after the fault"
                        .formatted(
                                probed.getKey(),
                                seen.lost(),
                                seen.blackoutMs(),
                                (prober.sentAt(0) + seen.from() - faultAt) / 1e6));
            }
            if (prober.refused() > 0) {
                problems.add(prober.refused() + " probes were refused with an ICMP error");
            }
        }
        var requests = load.stop();
        requests.firstFailure().ifPresent(first -> problems.add("the first of the failed requests: " + first));
        return new Result(downloadsIntact, echoIntact, outage, repeated, requests, List.copyOf(problems));
    }

    private static void note(String what, String problem, List<String> problems) {
        if (!problem.isEmpty()) {
            problems.add(what + " " + problem);
        }
    }

    /// What the downloads must hash to: computed once, before anything is measured on this machine.
    static final class Hashes {
        private static final Map<Target, String> KNOWN = new ConcurrentHashMap<>();

        private Hashes() {}

        static String of(Target target) {
            return KNOWN.computeIfAbsent(target, t -> SeededStream.sha256(t.seed(), Download.BYTES));
        }
    }
}
