package holdfast.worker;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/// A client and a real server on either side of this process, which is the director. The process must run in a network
/// namespace of its own with a /run of its own (`bin/test`), so that it never touches the machine's network.
///
///     client 192.0.2.254 --- front 192.0.2.1 [this process] back 10.0.0.2 --- server 10.0.0.11
final class Lab implements AutoCloseable {
    private static final Path PID_NAMESPACE = Path.of("/proc/self/ns/pid");
    private static final String MACHINES_PID_NAMESPACE = "pid:[4026531836]"; // PROC_PID_INIT_INO of linux/proc_ns.h
    private static final int CLONE_NEWNET = 0x40000000;
    private static final MethodHandle OPEN = function("open", ADDRESS, JAVA_INT);
    private static final MethodHandle SETNS = function("setns", JAVA_INT, JAVA_INT);
    private static final MethodHandle CLOSE = function("close", JAVA_INT);

    Lab() {
        for (var name : new String[] {"client", "server"}) {
            run("ip netns add " + name);
            run("ip netns exec " + name + " sysctl -q -w net.ipv4.tcp_congestion_control=reno"); // bbr ruins veths
        }
        cable("front", "client", "192.0.2.1/24", "192.0.2.254/24");
        cable("back", "server", "10.0.0.2/24", "10.0.0.11/24");
        run("ip -n server route add default via 10.0.0.1");
    }

    private static MethodHandle function(String name, MemoryLayout... arguments) {
        var linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name), FunctionDescriptor.of(JAVA_INT, arguments));
    }

    /// Joins a host to one of our interfaces, which must not be there yet.
    static void cable(String ours, String host, String ourAddress, String theirAddress) {
        run("ip link add " + ours + " type veth peer name eth0 netns " + host);
        run("ip addr add " + ourAddress + " dev " + ours);
        run("ip link set " + ours + " up");
        run("ip -n " + host + " addr add " + theirAddress + " dev eth0");
        run("ip -n " + host + " link set eth0 up");
    }

    /// Runs a command, words separated by spaces, and gives what it printed.
    static String run(String command) {
        requireOwnNamespace();
        try {
            var process = new ProcessBuilder(command.split(" "))
                    .redirectErrorStream(true)
                    .start();
            var printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException("'" + command + "' failed: " + printed);
            }
            return printed;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /// Runs something in a thread that lives in the namespace of a host; sockets opened there stay in it.
    static <T> T inside(String host, Callable<T> body) throws Exception {
        var task = new FutureTask<>(() -> {
            enter(host);
            return body.call();
        });
        Thread.ofPlatform().name("in-" + host).start(task);
        return task.get();
    }

    private static void enter(String host) {
        try (var arena = Arena.ofConfined()) {
            int fd = (int) OPEN.invokeExact(arena.allocateFrom("/run/netns/" + host), 0);
            int result = (int) SETNS.invokeExact(fd, CLONE_NEWNET);
            int _ = (int) CLOSE.invokeExact(fd);
            if (fd < 0 || result != 0) {
                throw new IllegalStateException("cannot enter the namespace " + host);
            }
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }

    /// The lab's outer namespace brings a PID namespace of its own; the machine's first one has a fixed number.
    private static void requireOwnNamespace() {
        try {
            if (Files.readSymbolicLink(PID_NAMESPACE).toString().equals(MACHINES_PID_NAMESPACE)) {
                throw new IllegalStateException("lab tests run only inside 'unshare --net --mount --pid --fork ...'");
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// The kernel takes a namespace apart later, so our ends of the pairs are deleted by name.
    @Override
    public void close() {
        for (var ours : new String[] {"front", "back"}) {
            if (run("ip -o link").contains(": " + ours + "@")) {
                run("ip link delete " + ours);
            }
        }
        run("ip netns delete client");
        run("ip netns delete server");
    }
}
