package holdfast.bench;

import java.nio.file.Path;
import java.time.Duration;

/// The machine and software of a run, without which its numbers mean nothing.
///
/// @param commit  of this repository, with `-dirty` if files differ from it
public record Machine(
        String cpu, int cores, long memoryMb, String kernel, String jdk, String iperf3, String nft, String commit) {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    static Machine here() {
        return new Machine(
                field(Program.read(Path.of("/proc/cpuinfo")), "model name"),
                Runtime.getRuntime().availableProcessors(),
                Long.parseLong(field(Program.read(Path.of("/proc/meminfo")), "MemTotal")
                                .split(" ", -1)[0])
                        / 1024,
                Program.read(Path.of("/proc/sys/kernel/osrelease")).strip(),
                System.getProperty("java.vm.vendor") + " " + Runtime.version(),
                firstLine("iperf3", "--version"),
                firstLine("nft", "--version"),
                currentCommit());
    }

    private static String field(String text, String name) {
        return text.lines()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown");
    }

    private static String firstLine(String... command) {
        try {
            return Program.run(LIMIT, command).lines().findFirst().orElse("unknown");
        } catch (MeasurementException e) {
            return "unknown"; // a missing fact must not lose the numbers
        }
    }

    private static String currentCommit() {
        var home = System.getenv().getOrDefault("HOLDFAST_HOME", ".");
        // The files' owner differs from our user inside a user namespace.
        var safe = "safe.directory=" + home;
        return firstLine("git", "-c", safe, "-C", home, "describe", "--always", "--dirty", "--abbrev=10");
    }
}
