package holdfast.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The machine on which a report's numbers were measured.
///
/// @param cpuModel  the kernel's name
/// @param cpus      of the machine
/// @param cpusUsed  CPUs that the lab may use
record Machine(String cpuModel, int cpus, int cpusUsed, String kernel) {
    static Machine here() throws IOException {
        return of(
                Files.readAllLines(Path.of("/proc/cpuinfo")),
                Runtime.getRuntime().availableProcessors(),
                Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip());
    }

    /// @param cpuInfo  lines of /proc/cpuinfo
    static Machine of(List<String> cpuInfo, int cpusUsed, String kernel) {
        var model = cpuInfo.stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown"); // not every architecture names it
        int cpus = (int)
                cpuInfo.stream().filter(line -> line.startsWith("processor")).count();
        return new Machine(model, cpus, cpusUsed, kernel);
    }

    @Override
    public String toString() {
        return "%s, %d of %d CPUs, Linux %s".formatted(cpuModel, cpusUsed, cpus, kernel);
    }
}
