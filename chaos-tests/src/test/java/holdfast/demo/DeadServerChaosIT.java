package holdfast.demo;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import holdfast.admin.ServiceList;
import holdfast.conf.SchedulerName;
import holdfast.lab.Director;
import holdfast.lab.Lab;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// A real server whose host is down, with a real kernel that looks for it: how long clients wait and which error they
/// get, with every scheduler, by NAT and by DR. Also clients on the director's own link, and clients of ports without
/// service.
final class DeadServerChaosIT extends PairUnderTest {
    /// The kernel verifies for three seconds, and asks for three more.
    private static final Duration KNOWN_MAX = Duration.ofSeconds(15);
    private static final Duration ALIVE_MAX = Duration.ofSeconds(15);
    private static final Duration PATIENCE = Duration.ofSeconds(8);
    private static final Duration QUICK = Duration.ofSeconds(1);
    private static final int ECHO = 7;
    private static final int NAT_ECHO = 8007;
    private static final int CLIENTS = 12;
    private static final List<String> DEAD = List.of("10.0.0.13", "192.0.2.23");
    /// A minute after a failover, and a word.
    private static final Duration CONTESTED_MAX = Duration.ofSeconds(70);
    /// On the front link, and in no neighbour table.
    private static final String ON_LINK = "192.0.2.200";

    @Override
    int advertIntervalMs() {
        return SLOW_ADVERTS_MS;
    }

    // ---- a dead host

    /// A VIP for each scheduler, with an echo service by DR and one by NAT.
    private static String vip(SchedulerName scheduler) {
        return "192.0.2." + (100 + scheduler.ordinal());
    }

    private void serveByEachScheduler() {
        var directors = List.of(lab.d1(), lab.d2());
        var before = directors.stream().map(DeadServerChaosIT::configuration).toList();
        directors.forEach(Director::kill);
        afterwards(() -> {
            directors.stream().filter(Director::isRunning).forEach(Director::kill);
            for (int i = 0; i < directors.size(); i++) {
                lab.configure(directors.get(i), before.get(i));
            }
        });
        for (int i = 0; i < directors.size(); i++) {
            lab.configure(directors.get(i), withEachScheduler(before.get(i)));
        }
        for (var scheduler : SchedulerName.values()) {
            for (int server = 1; server <= 3; server++) {
                lab.run("ip", "-n", "rs" + server, "address", "replace", vip(scheduler) + "/32", "dev", "lo");
            }
        }
        directors.forEach(Director::start);
        lab.awaitEqualPair();
    }

    private static String configuration(Director director) {
        try {
            return Files.readString(director.configuration());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String withEachScheduler(String yaml) {
        var vips = new StringBuilder();
        var services = new StringBuilder();
        for (var scheduler : SchedulerName.values()) {
            vips.append("      - {address: %s, interface: front}%n".formatted(vip(scheduler)));
            services.append(service(scheduler, ECHO, "dr", "192.0.2.2"))
                    .append(service(scheduler, NAT_ECHO, "nat", "10.0.0.1"));
        }
        return yaml.replaceFirst("    vips:\n", "    vips:\n" + vips) + services;
    }

    private static String service(SchedulerName scheduler, int port, String method, String network) {
        var reals = IntStream.rangeClosed(1, 3)
                .mapToObj("      - {address: %s%%d, port: %d, weight: 1}%%n".formatted(network, ECHO)::formatted)
                .toList();
        return "  - service: tcp/%s:%d%n    scheduler: %s%n    forwarding: %s%n    real-servers:%n%s"
                .formatted(vip(scheduler), port, scheduler.word(), method, String.join("", reals));
    }

    private void rs3(String state) {
        Stream.of("rs3-front", "rs3-back").forEach(link -> lab.run("ip", "-n", "sw", "link", "set", link, state));
    }

    private boolean passesOver(Director director, List<String> addresses) {
        var passedOver = director.status().datapath().passedOver();
        return passedOver != null && passedOver.equals(addresses);
    }

    /// One connection: the name of the server that answers on it.
    private static String ask(InetAddress from, InetSocketAddress to, Duration patience) throws IOException {
        try (var socket = new Socket()) {
            socket.bind(new InetSocketAddress(from, 0));
            socket.connect(to, (int) patience.toMillis());
            socket.setSoTimeout((int) patience.toMillis());
            socket.getOutputStream().write("x\n".getBytes(US_ASCII));
            var line = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII)).readLine();
            return line == null ? "nobody" : line.replaceFirst(" .*", "");
        }
    }

    @Test
    void noNewClientWaitsForAHostThatIsKnownToBeDeadAndItServesAgainOnceItLives() throws IOException {
        serveByEachScheduler();
        var active = active();
        long downAt = System.nanoTime();
        afterwards(() -> rs3("up"));
        rs3("down");
        Lab.await(
                "both directors know that rs3 is dead",
                KNOWN_MAX,
                () -> passesOver(active, DEAD) && passesOver(lab.other(active), DEAD));
        report("known to both after %.1f s".formatted((System.nanoTime() - downAt) / 1e9));

        long slowest = 0;
        for (var scheduler : SchedulerName.values()) {
            for (int port : new int[] {ECHO, NAT_ECHO}) {
                for (int client = 1; client <= CLIENTS; client++) {
                    long askedAt = System.nanoTime();
                    var server = ask(Target.NAT.client(client), new InetSocketAddress(vip(scheduler), port), PATIENCE);
                    assertThat(server).as(scheduler + " " + port).isIn("rs1", "rs2");
                    slowest = Math.max(slowest, System.nanoTime() - askedAt);
                }
            }
        }
        report("slowest of %d clients waited %d ms"
                .formatted(2 * CLIENTS * SchedulerName.values().length, slowest / 1_000_000));
        assertThat(Duration.ofNanos(slowest)).isLessThan(QUICK);
        assertThat(states(active)).containsOnly("10.0.0.13 UNREACHABLE", "192.0.2.23 UNREACHABLE");
        var listed = lab.holdfast(active, "list");
        assertThat(listed.text())
                .contains("10.0.0.13, 192.0.2.23 unreachable, passed over for new clients while others are there");
        var asked = lab.holdfast(active, "whereis", "198.51.100.99", "tcp/" + vip(SchedulerName.RR) + ":" + NAT_ECHO);
        assertThat(asked.text()).contains("Unreachable, so passed over for new clients: 10.0.0.13:7.");

        long upAt = System.nanoTime();
        rs3("up");
        Lab.await("nobody is passed over", ALIVE_MAX, () -> passesOver(active, List.of()));
        report("back after %.1f s".formatted((System.nanoTime() - upAt) / 1e9));
        var servers = new ArrayList<String>();
        for (int client = 1; client <= 3; client++) {
            servers.add(
                    ask(Target.NAT.client(client), new InetSocketAddress(vip(SchedulerName.RR), NAT_ECHO), PATIENCE));
        }
        assertThat(servers).containsExactlyInAnyOrder("rs1", "rs2", "rs3");
    }

    private static List<String> states(Director director) {
        return director.services().services().stream()
                .flatMap(service -> service.realServers().stream())
                .filter(real -> real.state() != ServiceList.State.UP)
                .map(real -> real.address() + " " + real.state())
                .distinct()
                .toList();
    }

    @Test
    void aClientWhoseServerDiedHearsItAndTheOthersAreServed() {
        serveByEachScheduler();
        afterwards(() -> rs3("up"));
        rs3("down");
        Lab.await("the active knows that rs3 is dead", KNOWN_MAX, () -> passesOver(active(), DEAD));
        lab.run("ip", "-n", "sw", "link", "set", "rs1-back", "down");
        lab.run("ip", "-n", "sw", "link", "set", "rs2-back", "down");
        afterwards(() -> {
            lab.run("ip", "-n", "sw", "link", "set", "rs1-back", "up");
            lab.run("ip", "-n", "sw", "link", "set", "rs2-back", "up");
        });
        Lab.await(
                "the active knows that all are dead behind it",
                KNOWN_MAX,
                () -> passesOver(active(), List.of("10.0.0.11", "10.0.0.12", "10.0.0.13", "192.0.2.23")));

        long askedAt = System.nanoTime();
        assertThatThrownBy(() ->
                        ask(Target.NAT.client(1), new InetSocketAddress(vip(SchedulerName.WLC), NAT_ECHO), PATIENCE))
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("No route to host");
        report("unreachable after %d ms".formatted((System.nanoTime() - askedAt) / 1_000_000));
    }

    // ---- a client on the link

    private void clientOnTheLink() {
        lab.run("ip", "-n", "client", "address", "replace", ON_LINK + "/24", "dev", "front");
        afterwards(() -> lab.run("ip", "-n", "client", "address", "delete", ON_LINK + "/24", "dev", "front"));
    }

    private void forgetNeighbour() {
        lab.run("ip", "-n", active().name(), "neigh", "flush", "to", ON_LINK);
    }

    @Test
    void theFirstAnswerToAClientOnTheLinkIsNotLost() throws IOException {
        clientOnTheLink();
        var from = InetAddress.getByName(ON_LINK);
        long slowest = 0;
        for (int i = 0; i < 8; i++) {
            forgetNeighbour();
            long askedAt = System.nanoTime();
            ask(from, Target.NAT.echo(), PATIENCE);
            slowest = Math.max(slowest, System.nanoTime() - askedAt);
            forgetNeighbour();
            try (var socket = new DatagramSocket(new InetSocketAddress(from, 0))) {
                socket.setSoTimeout((int) QUICK.toMillis());
                socket.connect(Target.NAT.echo());
                socket.send(new DatagramPacket(new byte[] {1, 2, 3}, 3));
                socket.receive(new DatagramPacket(new byte[64], 64));
            }
        }
        report("slowest first connection %d ms".formatted(slowest / 1_000_000));
        assertThat(Duration.ofNanos(slowest)).as("nothing is sent again").isLessThan(Duration.ofMillis(900));
        assertThat(active().status().datapath().counters().get("waited-for-neighbour"))
                .isPositive();
    }

    // ---- what nobody takes

    @Test
    void aPortWithoutServiceIsRefusedAtOnce() throws IOException {
        var nobody = new InetSocketAddress(Target.NAT.echo().getAddress(), 4711);
        long askedAt = System.nanoTime();
        assertThatThrownBy(() -> ask(Target.NAT.client(1), nobody, PATIENCE)).hasMessageContaining("refused");
        assertThat(Duration.ofNanos(System.nanoTime() - askedAt)).isLessThan(QUICK);
        try (var socket = new DatagramSocket(new InetSocketAddress(Target.NAT.client(1), 0))) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.connect(nobody);
            socket.send(new DatagramPacket(new byte[1], 1));
            assertThatThrownBy(() -> socket.receive(new DatagramPacket(new byte[1], 1)))
                    .isInstanceOf(PortUnreachableException.class);
        }
        guard().forgiveRefusalsTo("198.51.100.1");
    }

    @Test
    void aConnectionThatIsNotKnownIsResetWhileAStandbyVouchesAndNotWithoutOne() throws IOException {
        var active = active();
        var standby = lab.other(active);
        Lab.await(
                "no failover of an earlier test makes it silent",
                CONTESTED_MAX,
                () -> active.status().datapath().resetsUnknown());
        assertThatThrownBy(() -> speakAfterItWasEnded(active, QUICK)).hasMessageContaining("reset");
        guard().forgiveRefusalsTo("198.51.100.5");

        standby.kill();
        Lab.await("nobody vouches", PATIENCE, () -> !active.status().datapath().resetsUnknown());
        assertThatThrownBy(() -> speakAfterItWasEnded(active, QUICK)).hasMessageContaining("timed out");
    }

    /// Opens a connection, has the director end it on its side, and speaks on it.
    private void speakAfterItWasEnded(Director active, Duration patience) throws IOException {
        var service = "tcp/192.0.2.10:7";
        try (var socket = new Socket()) {
            socket.bind(new InetSocketAddress(Target.NAT.client(5), 0));
            socket.setSoLinger(true, 0); // it must not speak again once somebody vouches
            socket.connect(Target.NAT.echo(), (int) PATIENCE.toMillis());
            socket.setSoTimeout((int) patience.toMillis());
            socket.getOutputStream().write("x\n".getBytes(US_ASCII));
            var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
            var server = in.readLine();
            var real = "10.0.0.1" + server.charAt(2) + ":7";
            var drained = lab.holdfast(active, "drain", service, real, "--mode=now", "--yes");
            try {
                Lab.await(
                        drained.text() + " of " + real,
                        PATIENCE,
                        () -> lab.holdfast(active, "drain", service, real, "--mode=now", "--yes")
                                        .exit()
                                == 0);
                socket.getOutputStream().write("y\n".getBytes(US_ASCII));
                in.readLine();
            } finally {
                lab.holdfast(active, "drain", service, real, "--off", "--yes");
            }
        }
    }
}
