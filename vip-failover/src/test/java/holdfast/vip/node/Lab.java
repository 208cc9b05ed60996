package holdfast.vip.node;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;

/// One outer namespace with a bridge and the namespaces `d1`, `d2` and `cl` on it. All of it, processes included,
/// vanishes when it is closed, or when this JVM dies.
final class Lab implements AutoCloseable {
    /// Between two adverts of a director.
    static final int INTERVAL_MS = 500;

    private static final String SETUP = """
            set -e
            mount -t tmpfs none /run
            ip link set lo up
            ip link add lan type bridge mcast_snooping 0
            ip link set lan up
            n=1
            for name in d1 d2 cl; do
              ip netns add $name
              ip link add $name type veth peer name eth0 netns $name address 02:00:00:78:00:0$n
              ip link set $name master lan up
              ip -n $name link set lo up
              ip -n $name link set eth0 up
              ip -n $name addr add 10.78.0.$n/24 dev eth0
              n=$((n+1))
            done
            echo READY
            read end
            """;

    private final Process holder;
    private final List<Running> all = new ArrayList<>();

    Lab() {
        var command = new ArrayList<>(List.of("unshare"));
        if (!isRoot()) {
            command.addAll(List.of("--user", "--map-root-user"));
        }
        command.addAll(List.of("--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"));
        command.addAll(List.of("bash", "-c", SETUP));
        var ready = new Running(command);
        holder = ready.process;
        ready.await("READY", Duration.ofSeconds(10));
    }

    /// A director in namespace `name`, started and waited for.
    Running director(String name, String address, int priority, boolean preempt, String form) {
        var director = in(
                name,
                System.getProperty("java.home") + "/bin/java",
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                LabDirector.class.getName(),
                address,
                Integer.toString(priority),
                Boolean.toString(preempt),
                Integer.toString(INTERVAL_MS),
                form);
        director.await("STARTED", Duration.ofSeconds(15));
        return director;
    }

    /// A command in namespace `name`.
    Running in(String name, String... command) {
        var all = new ArrayList<>(List.of("ip", "netns", "exec", name));
        all.addAll(List.of(command));
        return inside(all);
    }

    /// The output of a command in namespace `name` that ends by itself.
    String output(String name, String... command) {
        var running = in(name, command);
        try {
            Assertions.assertThat(running.process.waitFor(10, TimeUnit.SECONDS)).isTrue();
            running.reader.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return String.join("\n", running.lines);
    }

    void signal(String signal, Running running) {
        var pid = running.await("STARTED", Duration.ZERO).split(" ", 2)[1];
        inside(List.of("kill", "-" + signal, pid)).awaitEnd();
    }

    /// Runs a command in the outer namespace until it ends.
    void inside(String... command) {
        inside(List.of(command)).awaitEnd();
    }

    private Running inside(List<String> command) {
        long init = holder.children().findFirst().orElseThrow().pid();
        var nsenter = new ArrayList<>(List.of("nsenter", "--target", Long.toString(init)));
        if (!isRoot()) {
            nsenter.addAll(List.of("--user", "--preserve-credentials"));
        }
        nsenter.addAll(List.of("--net", "--mount", "--pid"));
        nsenter.addAll(command);
        var running = new Running(nsenter);
        all.add(running);
        return running;
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    @Override
    public void close() {
        holder.destroyForcibly();
        all.forEach(running -> running.process.destroyForcibly());
    }

    /// A process and its output so far.
    static final class Running {
        final Process process;
        final List<String> lines = new CopyOnWriteArrayList<>();
        final Thread reader;
        final List<Long> at = new CopyOnWriteArrayList<>();

        Running(List<String> command) {
            try {
                process = new ProcessBuilder(command).redirectErrorStream(true).start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            reader = Thread.ofVirtual().start(this::read);
        }

        private void read() {
            try (var output =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                for (var line = output.readLine(); line != null; line = output.readLine()) {
                    at.add(System.nanoTime());
                    synchronized (lines) {
                        lines.add(line);
                        lines.notifyAll();
                    }
                }
            } catch (IOException _) {
                at.add(System.nanoTime());
                lines.add("output ended");
            }
        }

        void command(String line) {
            try {
                process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
                process.getOutputStream().flush();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /// The first line that contains `text`.
        String await(String text, Duration limit) {
            return awaitAfter(0, text, limit);
        }

        /// The first line from number `from` on that contains `text`.
        String awaitAfter(int from, String text, Duration limit) {
            long deadline = System.nanoTime() + limit.toNanos();
            synchronized (lines) {
                while (true) {
                    for (int i = from; i < lines.size(); i++) {
                        if (lines.get(i).contains(text)) {
                            return lines.get(i);
                        }
                    }
                    long left = deadline - System.nanoTime();
                    if (left <= 0) {
                        throw new AssertionError(
                                "no '" + text + "' within " + limit + " in\n" + String.join("\n", lines));
                    }
                    try {
                        TimeUnit.NANOSECONDS.timedWait(lines, left);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                }
            }
        }

        /// When the first line with `text` was read.
        long momentOf(String text) {
            for (int i = 0; i < lines.size(); i++) {
                if (lines.get(i).contains(text)) {
                    return at.get(i);
                }
            }
            throw new AssertionError("no '" + text + "' in " + lines);
        }

        void awaitEnd() {
            try {
                Assertions.assertThat(process.waitFor(5, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
