package holdfast.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/// A network namespace of the lab.
record Namespace(String name) {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    /// Starts a program in this namespace, with its output in `output`; the process is the program itself.
    Process start(Path output, List<String> command) {
        return Program.start(output, inside(command));
    }

    /// Runs a short program in this namespace to its end, and returns its output.
    String run(String... command) {
        return Program.run(LIMIT, inside(List.of(command)));
    }

    /// Runs commands of `ip` in this namespace.
    void ip(List<String> commands) {
        var file = Program.FILES.resolve("network.ip");
        Program.write(file, String.join("\n", commands) + "\n");
        Program.run(LIMIT, "ip", "-n", name, "-batch", file.toString());
    }

    /// Loads rules into the nftables of this namespace.
    void nft(String rules) {
        var file = Program.FILES.resolve(name + ".nft");
        Program.write(file, rules);
        run("nft", "-f", file.toString());
    }

    void sysctl(String... settings) {
        run(Stream.concat(Stream.of("sysctl", "--quiet", "-w"), Stream.of(settings))
                .toArray(String[]::new));
    }

    /// The bytes that a link of this namespace has received so far.
    long receivedBytes(String link) {
        return Long.parseLong(run("cat", "/sys/class/net/" + link + "/statistics/rx_bytes"));
    }

    /// The bytes that a link of this namespace has sent so far.
    long sentBytes(String link) {
        return Long.parseLong(run("cat", "/sys/class/net/" + link + "/statistics/tx_bytes"));
    }

    private List<String> inside(List<String> command) {
        return Stream.concat(Stream.of("ip", "netns", "exec", name), command.stream())
                .toList();
    }
}
