package holdfast.lab;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.UnaryOperator;

/// Faults of a director's surroundings that do not touch its process: cables, interfaces, addresses, its disk, its key.
///
/// Each fault is in effect when its method returns. The returned action repairs it; a second repair does no harm.
public final class Faults {
    private static final Duration MOUNTS_MAX = Duration.ofSeconds(10);

    private static final String CLIENTS = "198.51.100.0/24";
    private static final String CLIENTS_ROUTER = "192.0.2.254";
    private static final int MTU = 1500;

    private final Lab lab;

    Faults(Lab lab) {
        this.lab = lab;
    }

    /// The switch forwards nothing to or from the director, which keeps its carrier.
    public Runnable cut(Director director, Network network) {
        var port = network.port(director.name());
        lab.run("ip", "-n", "sw", "link", "set", port, "nomaster");
        return () -> lab.run("ip", "-n", "sw", "link", "set", port, "master", network.bridge());
    }

    /// The cable is pulled out: the director's interface loses its carrier.
    public Runnable unplug(Director director, Network network) {
        var port = network.port(director.name());
        lab.run("ip", "-n", "sw", "link", "set", port, "down");
        return () -> lab.run("ip", "-n", "sw", "link", "set", port, "up");
    }

    /// An administrator sets the interface down. The kernel forgets its routes, and the repair restores them, as an
    /// operator's tools do.
    public Runnable setDown(Director director, Network network) {
        var name = director.name();
        lab.run("ip", "-n", name, "link", "set", network.interfaceName(), "down");
        return () -> {
            lab.run("ip", "-n", name, "link", "set", network.interfaceName(), "up");
            route(director, network);
        };
    }

    /// The interface loses the director's own address, and with it its routes.
    public Runnable removeAddress(Director director, Network network) {
        address("delete", director, network);
        return () -> {
            address("replace", director, network);
            route(director, network);
        };
    }

    /// The interface is deleted; the repair creates one with the same name and addresses, and another index.
    public Runnable removeInterface(Director director, Network network) {
        lab.run("ip", "-n", director.name(), "link", "delete", network.interfaceName());
        return () -> {
            if (!hasInterface(director, network)) {
                makeInterface(director, network);
            }
        };
    }

    private boolean hasInterface(Director director, Network network) {
        return lab.run("ip", "-n", director.name(), "-o", "link").contains(": " + network.interfaceName() + "@");
    }

    private void makeInterface(Director director, Network network) {
        var port = network.port(director.name());
        lab.run(
                "ip",
                "-n",
                "sw",
                "link",
                "add",
                port,
                "type",
                "veth", //
                "peer",
                "name",
                network.interfaceName(),
                "address",
                mac(network.mac(director)), //
                "netns",
                director.name());
        lab.run("ip", "-n", "sw", "link", "set", port, "master", network.bridge(), "up");
        address("add", director, network);
        lab.run("ip", "-n", director.name(), "link", "set", network.interfaceName(), "up");
        route(director, network);
    }

    /// Both ends of the director's cable get another MTU.
    public Runnable mtu(Director director, Network network, int mtu) {
        setMtu(director, network, mtu);
        return () -> setMtu(director, network, MTU);
    }

    private void setMtu(Director director, Network network, int mtu) {
        var number = Integer.toString(mtu);
        lab.run("ip", "-n", director.name(), "link", "set", network.interfaceName(), "mtu", number);
        lab.run("ip", "-n", "sw", "link", "set", network.port(director.name()), "mtu", number);
    }

    /// The switch drops some packets from the director.
    ///
    /// @param what  these packets, for nftables: `ip protocol 112`; empty for all
    public Runnable dropFrom(Director director, Network network, String what) {
        return drop("ingress", director, network, what);
    }

    /// The switch drops some packets to the director.
    ///
    /// @param what  these packets, for nftables: `ip protocol 112`; empty for all
    public Runnable dropTo(Director director, Network network, String what) {
        return drop("egress", director, network, what);
    }

    private Runnable drop(String hook, Director director, Network network, String what) {
        var table = "netdev " + hook + "_" + director.name() + "_" + network.interfaceName();
        nft("add table " + table);
        nft("add chain %s c { type filter hook %s device %s priority 0 ; }"
                .formatted(table, hook, network.port(director.name())));
        nft("add rule %s c %s drop".formatted(table, what));
        return () -> {
            nft("add table " + table);
            nft("delete table " + table);
        };
    }

    private void nft(String command) {
        lab.run("ip", "netns", "exec", "sw", "nft", command);
    }

    /// The state directory of a running director is full: it can read its files, and write no more.
    public Runnable fullDisk(Director director) {
        var directory = stateDirectory(director);
        inMountsOf(director, """
                set -e
                mkdir -p /run/full-disk
                mount -t tmpfs -o size=4m tmpfs /run/full-disk
                cp -a "$1/." /run/full-disk/
                mount --move /run/full-disk "$1"
                dd if=/dev/zero of="$1/fill" bs=4k 2>/dev/null || true
                """, directory);
        return () -> unmount(director, directory);
    }

    /// The state directory of a running director is read-only.
    public Runnable readOnlyDisk(Director director) {
        var directory = stateDirectory(director);
        inMountsOf(director, "mount --bind \"$1\" \"$1\" && mount -o remount,bind,ro \"$1\"", directory);
        return () -> unmount(director, directory);
    }

    private void unmount(Director director, String directory) {
        if (director.isRunning()) { // with the process its mounts have ended
            inMountsOf(director, "! mountpoint -q \"$1\" || umount \"$1\"", directory);
        }
    }

    private static String stateDirectory(Director director) {
        return Lab.RUN.resolve(director.name()).toString();
    }

    /// A director has mounts of its own, because `ip netns exec` gives them to it; until it has, they are still ours.
    private void inMountsOf(Director director, String script, String argument) {
        var ours = mounts("self");
        Lab.await(
                director + " has mounts of its own",
                MOUNTS_MAX,
                () -> !mounts(Long.toString(director.pid())).equals(ours));
        lab.run(
                "nsenter",
                "--mount",
                "--target",
                Long.toString(director.pid()), //
                "sh",
                "-c",
                script,
                "sh",
                argument);
    }

    private static Path mounts(String process) {
        try {
            return Files.readSymbolicLink(Path.of("/proc", process, "ns/mnt"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The director's file has another cluster key than the rest, from its next start on.
    public Runnable otherKey(Director director) {
        var key = Lab.RUN.resolve(director.name() + ".other-key");
        try {
            Files.writeString(key, "f".repeat(64) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        lab.run("chmod", "600", key.toString());
        return configure(director, yaml -> yaml.replaceFirst("key-file: \\S+", "key-file: " + key));
    }

    /// The director has a changed configuration file, from its next start on.
    public Runnable configure(Director director, UnaryOperator<String> change) {
        var file = director.configuration();
        var before = read(file);
        write(file, change.apply(before));
        return () -> write(file, before);
    }

    static String read(Path file) {
        try {
            return Files.readString(file, UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void write(Path file, String text) {
        try {
            Files.writeString(file, text, UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void address(String verb, Director director, Network network) {
        lab.run(
                "ip",
                "-n",
                director.name(),
                "address",
                verb, //
                network.address(director) + "/24",
                "dev",
                network.interfaceName());
    }

    private void route(Director director, Network network) {
        if (network == Network.FRONT) {
            lab.run("ip", "-n", director.name(), "route", "replace", CLIENTS, "via", CLIENTS_ROUTER);
        }
    }

    /// A MAC address in the form of `ip`.
    public static String mac(long address) {
        return String.format("%012x", address).replaceAll("..(?!$)", "$0:");
    }
}
