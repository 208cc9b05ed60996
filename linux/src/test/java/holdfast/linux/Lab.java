package holdfast.linux;

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
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.awaitility.Awaitility;

/// Veth pairs and namespaces for tests with a real kernel. The test process itself must run in a network namespace of
/// its own, with a /run/netns of its own, so that it never touches the machine's network.
final class Lab {
    private static final Path PID_NAMESPACE = Path.of("/proc/self/ns/pid");
    private static final String MACHINES_PID_NAMESPACE = "pid:[4026531836]"; // PROC_PID_INIT_INO of linux/proc_ns.h
    private static final Path NO_IPV6 = Path.of("/proc/sys/net/ipv6/conf/default/disable_ipv6");
    private static final MethodHandle OPEN = function("open", ADDRESS, JAVA_INT);
    private static final MethodHandle SETNS = function("setns", JAVA_INT, JAVA_INT);
    private static final MethodHandle CLOSE = function("close", JAVA_INT);
    private static final int CLONE_NEWNET = 0x40000000;

    private Lab() {}

    private static MethodHandle function(String name, MemoryLayout... arguments) {
        var linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name), FunctionDescriptor.of(JAVA_INT, arguments));
    }

    /// A veth pair in our own namespace, both ends up and without the noise of IPv6.
    static void veth(String one, String other, int mtu) {
        quietIpv6();
        run("ip link add " + one + " mtu " + mtu + " type veth peer name " + other + " mtu " + mtu);
        run("ip link set " + one + " up");
        run("ip link set " + other + " up");
        awaitUp(one);
        awaitUp(other);
    }

    /// A namespace with one end of a veth pair in it; the other end is ours.
    static void namespace(String name, String ours, String theirs, String theirAddress) {
        quietIpv6();
        run("ip netns add " + name);
        run("ip link add " + ours + " type veth peer name " + theirs + " netns " + name);
        run("ip link set " + ours + " up");
        run("ip -n " + name + " addr add " + theirAddress + " dev " + theirs);
        run("ip -n " + name + " link set " + theirs + " up");
        awaitUp(ours);
        awaitUp("ip -n " + name, theirs);
    }

    /// Waits until an interface of our own namespace can send, after the other end of its pair came up.
    static void awaitUp(String name) {
        awaitUp("ip", name);
    }

    /// An end that was up before its other end has no queue yet: a worker of the kernel activates it some time after
    /// `ip link set` has returned, and until then what is sent is dropped without a word. The same worker sets the
    /// state, under the lock that a question for the link takes too.
    private static void awaitUp(String ip, String name) {
        Awaitility.await()
                .pollDelay(Duration.ZERO)
                .until(() -> run(ip + " link show dev " + name).contains(" state UP "));
    }

    /// Undoes [#namespace]. The kernel takes a namespace apart later, so our end of the pair is deleted by name.
    static void deleteNamespace(String name, String ours) {
        if (link(ours).isPresent()) {
            run("ip link delete " + ours);
        }
        run("ip netns delete " + name);
    }

    static int index(String name) {
        return link(name).orElseThrow().index();
    }

    static Optional<Kernel.Link> link(String name) {
        try (var netlink = Netlink.open()) {
            return netlink.links().stream()
                    .filter(link -> link.name().equals(name))
                    .findFirst();
        }
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

    /// Runs something in a thread that lives in a namespace; sockets opened there stay in it.
    static <T> T inside(String namespace, Callable<T> body) throws Exception {
        var task = new FutureTask<>(() -> {
            enter(namespace);
            return body.call();
        });
        Thread.ofPlatform().name("in-" + namespace).start(task);
        return task.get();
    }

    private static void enter(String namespace) {
        try (var arena = Arena.ofConfined()) {
            int fd = (int) OPEN.invokeExact(arena.allocateFrom("/run/netns/" + namespace), 0);
            int result = (int) SETNS.invokeExact(fd, CLONE_NEWNET);
            int _ = (int) CLOSE.invokeExact(fd);
            if (fd < 0 || result != 0) {
                throw new IllegalStateException("cannot enter the namespace " + namespace);
            }
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static void quietIpv6() {
        requireOwnNamespace();
        try {
            if (Files.exists(NO_IPV6)) {
                Files.writeString(NO_IPV6, "1");
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
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
}
