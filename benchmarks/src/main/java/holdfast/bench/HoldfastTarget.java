package holdfast.bench;

import holdfast.admin.Role;
import holdfast.admin.Status;
import holdfast.admin.json.UnreadableJsonException;
import holdfast.conf.ForwardingMethod;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A director process of ours in d1, started for each round and stopped after it.
///
/// @param datapath  lines of the configuration's section `datapath` beyond the interfaces; none for the defaults
/// @param isSticky  whether its NAT service has persistence
/// @param sections  of the configuration, whole, beyond those of a bench
record HoldfastTarget(String name, List<String> datapath, boolean isSticky, String sections, int port)
        implements Target {
    private static final String NAT_VIP = "192.0.2.10";
    private static final String DR_VIP = "192.0.2.11";
    private static final Duration START_LIMIT = Duration.ofSeconds(20);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(5);
    static final Path SOCKET = Program.FILES.resolve("d1.sock");
    private static final Path STATE = Program.FILES.resolve("d1");
    private static final Path LOG = Program.FILES.resolve("d1.log");

    @Override
    public String address(ForwardingMethod method) {
        return switch (method) {
            case NAT -> NAT_VIP;
            case DR -> DR_VIP;
        };
    }

    @Override
    public Optional<Namespace> carrier(ForwardingMethod method) {
        return Optional.of(Network.DIRECTOR);
    }

    @Override
    public Running start() {
        var file = Program.FILES.resolve("d1.yaml");
        Program.write(file, configuration());
        Program.makeDirectory(STATE);
        var program = Path.of(System.getenv("HOLDFAST_HOME"), "bin", "holdfast");
        var process = Network.DIRECTOR.start(LOG, List.of(program.toString(), "director", "--config", file.toString()));
        var director = new Director(process);
        try {
            awaitActive(process);
            return director;
        } catch (RuntimeException e) {
            director.close();
            throw e;
        }
    }

    private void awaitActive(Process process) {
        long giveUpAt = System.nanoTime() + START_LIMIT.toNanos();
        while (role() != Role.ACTIVE) {
            if (!process.isAlive()) {
                throw new MeasurementException(
                        "the director ended with exit code " + process.exitValue() + ": " + logTail());
            }
            if (System.nanoTime() - giveUpAt >= 0) {
                throw new MeasurementException(
                        "the director was not active after " + START_LIMIT.toSeconds() + " s: " + logTail());
            }
            // Also notices if the process dies while it waits.
            Program.isEndedAfter(process, Duration.ofMillis(100));
        }
    }

    private static @Nullable Role role() {
        try {
            return AdminSocket.status(SOCKET).role();
        } catch (IOException | UnreadableJsonException e) {
            return null; // it does not listen yet; the caller gives up in the end
        }
    }

    private static String logTail() {
        var lines = Program.read(LOG).strip().lines().toList();
        return lines.isEmpty()
                ? "it printed nothing"
                : String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
    }

    private String configuration() {
        var keys = new StringBuilder();
        datapath.forEach(line -> keys.append("  ").append(line).append('\n'));
        return """
                director:
                  name: d1
                  state-dir: %s
                  api-socket: %s
                datapath:
                  interfaces: [front, back]
                %scluster:
                  name: bench
                  bind-address: 10.255.0.1
                  multicast-address: 239.255.72.2
                  multicast-port: 7600
                  key-file: /run/holdfast/cluster.key
                vip-groups:
                  - name: bench
                    vrid: 52
                    interface: front
                    priority: 200
                    vips:
                      - {address: %s, interface: front}
                      - {address: %s, interface: front}
                      - {address: 10.0.0.1, interface: back}
                services:
                  - service: tcp/%s:%d
                    scheduler: wlc
                    forwarding: nat
                %s    real-servers:
                      - {address: %s, port: %d, weight: 1}
                  - service: tcp/%s:%d
                    scheduler: wlc
                    forwarding: dr
                    real-servers:
                      - {address: %s, port: %d, weight: 1}
                %s""".formatted(
                        STATE,
                        SOCKET,
                        keys,
                        NAT_VIP,
                        DR_VIP,
                        NAT_VIP,
                        port,
                        isSticky ? "    persistence: {timeout-s: 300}\n" : "",
                        Network.BEHIND_DIRECTOR,
                        port,
                        DR_VIP,
                        port,
                        Network.ON_BRIDGE,
                        port,
                        sections);
    }

    private record Director(Process process) implements Running {
        @Override
        public Optional<Long> pid() {
            return Optional.of(process.pid());
        }

        @Override
        public Map<String, Long> counters() {
            try {
                return counters(AdminSocket.status(SOCKET).datapath());
            } catch (IOException | UnreadableJsonException e) {
                throw new MeasurementException("the director does not tell its counters: " + logTail(), e);
            }
        }

        private static Map<String, Long> counters(Status.Datapath datapath) {
            var counters = new TreeMap<String, Long>();
            counters.put("packetsForwarded", datapath.packetsForwarded());
            counters.put("bytesForwarded", datapath.bytesForwarded());
            datapath.drops().forEach((reason, count) -> counters.put("drop." + reason, count));
            datapath.counters().forEach((what, count) -> counters.put("counter." + what, count));
            counters.values().removeIf(count -> count == 0);
            return counters;
        }

        @Override
        public void close() {
            process.destroy();
            Program.endsWithin(process, STOP_LIMIT);
        }
    }
}
