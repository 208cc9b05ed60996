package holdfast.worker;

import static holdfast.testing.Fixtures.ip;
import static holdfast.testing.Fixtures.real;
import static holdfast.testing.Fixtures.service;
import static holdfast.testing.Fixtures.tcp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import holdfast.conf.Configuration;
import holdfast.conf.Ipvs;
import holdfast.conf.SchedulerName;
import holdfast.conn.FlowHash;
import holdfast.forward.Lease;
import holdfast.forward.Links;
import holdfast.forward.Mode;
import holdfast.forward.Network;
import holdfast.forward.NextHops;
import holdfast.forward.OwnedAddresses;
import holdfast.forward.ProbeQueue;
import holdfast.linux.Clock;
import holdfast.linux.EventFd;
import holdfast.linux.Kernel;
import holdfast.linux.Netlink;
import holdfast.linux.PacketSender;
import holdfast.packet.Frame;
import holdfast.packet.TestPacket;
import holdfast.sync.Equality;
import holdfast.table.Counter;
import holdfast.table.Counters;
import holdfast.table.Tables;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A worker and a watch with real links between a client and a NAT server, and their reaction to changed links.
@Timeout(90)
class LinksLabIT {
    private static final String VIP = "192.0.2.10";
    private static final int PORT = 80;
    private static final int PAUSE_MS = 200;
    private static final int SECONDS_MAX = 20;

    private final Arena memory = Arena.ofShared();
    private final ProbeQueue probes = new ProbeQueue();
    private final BlockingQueue<Long> thieves = new LinkedBlockingQueue<>();
    private final BlockingQueue<Boolean> full = new LinkedBlockingQueue<>();
    private Lab lab;
    private ServerSocket server;
    private Worker worker;
    private GroupDatapath datapath;
    private LinkWatch watch;
    private Shield shield;
    private Announcers announcers;
    private volatile LinkState links = new LinkState(new Links(List.of()), List.of(), List.of(), List.of(), List.of());

    @BeforeEach
    void start() throws Exception {
        lab = new Lab();
        server = Lab.inside("server", () -> new ServerSocket(8080, 50, InetAddress.getByName("10.0.0.11")));
        var links = links();
        var tables = new Tables(
                new Configuration.Datapath(1024, 1024, 50, true),
                false,
                new FlowHash(5, 6),
                new FlowHash(7, 8),
                Clock.monotonic(),
                memory);
        tables.configure(
                Ipvs.DEFAULT,
                List.of(),
                List.of(service(tcp(PORT), SchedulerName.RR, real("10.0.0.11", 8080, 1))),
                Clock.monotonic());
        var owned = new OwnedAddresses(
                List.of(new OwnedAddresses.Owned(ip(VIP), 0), new OwnedAddresses.Owned(ip("10.0.0.1"), 1)));
        worker = new Worker(tables, links, owned, new Lease(), 50, probes, new Listener());
        datapath = worker.group();
        shield = Shield.install("lab", links, List.of(VIP, "10.0.0.1"), List.of(), datapath.counters());
        announcers = new Announcers(links);
        watch = new LinkWatch(
                new LinkNeeds(links, Set.of("front")),
                probes,
                () -> new int[] {ip("10.0.0.11")},
                datapath.counters(),
                new Followers());
        watch.start();
        worker.start();
        assertThat(datapath.activate(1, Long.MAX_VALUE).get(5, TimeUnit.SECONDS))
                .isTrue();
    }

    private static Links links() {
        try (var netlink = Netlink.open()) {
            var all = netlink.links();
            return new Links(List.of(link(all, "front", "192.0.2.1"), link(all, "back", "10.0.0.2")));
        }
    }

    private static Links.Link link(List<Kernel.Link> links, String name, String address) {
        return links.stream()
                .filter(link -> link.name().equals(name))
                .map(link -> new Links.Link(name, link.index(), link.mac(), link.mtu(), ip(address)))
                .findFirst()
                .orElseThrow();
    }

    @AfterEach
    void stop() throws IOException {
        watch.close();
        worker.close();
        announcers.close();
        shield.close();
        probes.close();
        server.close();
        lab.close();
        memory.close();
    }

    private final class Listener implements GroupDatapath.Listener {
        @Override
        public void held(long version) {}

        @Override
        public void compared(Equality equality, long applied) {}

        @Override
        public void conflict(int address, long mac, int port) {
            thieves.add(mac);
        }

        @Override
        public void heldFull() {
            full.add(true);
        }
    }

    private final class Followers implements LinkWatch.Listener {
        @Override
        public void network(Network network) {
            worker.network(network);
        }

        @Override
        public void links(LinkState state) {
            links = state;
            shield.follow(state.links());
            announcers.follow(state.links());
        }
    }

    /// Sends that many bytes from the client through the VIP, and gives how many came to the server in time.
    private int upload(int bytes) throws Exception {
        var received = task(() -> {
            try (var connection = server.accept()) {
                return count(connection.getInputStream());
            }
        });
        var socket = Lab.inside("client", () -> {
            var bound = new Socket();
            bound.bind(new InetSocketAddress("192.0.2.254", 0)); // makes the descriptor, in that namespace
            return bound;
        });
        var sent = task(() -> {
            socket.connect(new InetSocketAddress(VIP, PORT));
            socket.getOutputStream().write(new byte[bytes]);
            socket.shutdownOutput();
            return bytes;
        });
        try (socket) { // which ends a sender that hangs
            assertThat(sent).as("the client has sent all").succeedsWithin(SECONDS_MAX, TimeUnit.SECONDS);
            return received.get(SECONDS_MAX, TimeUnit.SECONDS);
        }
    }

    private static FutureTask<Integer> task(Callable<Integer> body) {
        var task = new FutureTask<>(body);
        Thread.ofVirtual().start(task);
        return task;
    }

    private static int count(InputStream input) throws IOException {
        int count = 0;
        var chunk = new byte[1 << 16];
        for (int read = input.read(chunk); read >= 0; read = input.read(chunk)) {
            count += read;
        }
        return count;
    }

    private void faultsBecome(String... faults) {
        await().untilAsserted(() -> assertThat(links.faults()).containsExactly(faults));
    }

    @Test
    void anUploadThatNothingDisturbsArrives() throws Exception {
        assertThat(links.faults()).isEmpty();
        assertThat(upload(3_000_000)).isEqualTo(3_000_000);
    }

    /// The server goes on saying that it takes 1460 bytes in a segment, so that the director has to object. With
    /// the client's offloads off each frame is one packet, with them on a super-frame of many.
    @ParameterizedTest
    @ValueSource(strings = {"on", "off"})
    void aLowerMtuWhileRunningDoesNotHangAnUpload(String offloads) throws Exception {
        Lab.run("ip netns exec client ethtool -K eth0 tso " + offloads + " gso " + offloads);
        assertThat(upload(100_000)).isEqualTo(100_000);
        Lab.run("ip link set back mtu 1400");
        await().until(() -> links.links().at(1).mtu() == 1400);
        assertThat(upload(3_000_000)).isEqualTo(3_000_000);
        assertThat(datapath.counters().value(Counter.SENT_ICMP_ERROR)).isPositive();
    }

    /// Each frame that was let in under the old MTU meets the new one somewhere on its way.
    @Test
    void aLowerMtuInTheMiddleOfUploadsHangsNoneOfThem() throws Exception {
        for (int mtu : new int[] {1400, 1500, 1300, 1500}) {
            var uploads = List.of(task(() -> upload(3_000_000)), task(() -> upload(3_000_000)));
            Lab.run("ip link set back mtu " + mtu);
            for (var upload : uploads) {
                assertThat(upload).succeedsWithin(SECONDS_MAX, TimeUnit.SECONDS).isEqualTo(3_000_000);
            }
        }
    }

    @Test
    void interfacesThatAreDeletedAndMadeAnewForwardAgain() throws Exception {
        assertThat(upload(100_000)).isEqualTo(100_000);
        Lab.run("ip link delete front");
        faultsBecome("front does not exist");
        Lab.run("ip link delete back");
        faultsBecome("front does not exist", "back does not exist");
        assertThat(announcers.send("front", new byte[60])).contains("front does not exist");

        Lab.cable("front", "client", "192.0.2.1/24", "192.0.2.254/24");
        Lab.cable("back", "server", "10.0.0.2/24", "10.0.0.11/24");
        Lab.run("ip -n server route add default via 10.0.0.1");
        faultsBecome();
        assertThat(upload(3_000_000)).isEqualTo(3_000_000);
        assertThat(announcers.send("front", new byte[60])).isEmpty();
        await().untilAsserted(() -> assertThat(Lab.run("nft list table netdev holdfast_lab"))
                .contains("device \"front\"", "device \"back\""));
    }

    /// C5: the kernel refuses each probe for a link that went meanwhile.
    @Test
    void anInterfaceThatVanishesWithProbesQueuedEndsNothing() throws Exception {
        for (int round = 0; round < 5; round++) {
            var asks = task(() -> {
                for (int host = 20; host < 250; host++) {
                    probes.offer(NextHops.key(1, ip("10.0.0." + host)));
                }
                return 0;
            });
            Lab.run("ip link delete back");
            assertThat(asks).succeedsWithin(SECONDS_MAX, TimeUnit.SECONDS);
            faultsBecome("back does not exist");
            Lab.cable("back", "server", "10.0.0.2/24", "10.0.0.11/24");
            Lab.run("ip -n server route add default via 10.0.0.1");
            faultsBecome();
            assertThat(upload(100_000)).isEqualTo(100_000);
        }
        assertThat(datapath.counters().value(Counter.NETLINK_BROKEN)).isZero();
    }

    @Test
    void anInterfaceThatIsSwitchedOffAndOnForwardsAgain() throws Exception {
        Lab.run("ip link set back down");
        faultsBecome("back is down");
        Lab.run("ip link set back up");
        faultsBecome();
        assertThat(upload(1_000_000)).isEqualTo(1_000_000);
    }

    @Test
    void aLinkWithoutItsPartnerHasNoCarrier() throws Exception {
        Lab.run("ip -n client link set eth0 down");
        faultsBecome("front has no carrier");
        Lab.run("ip -n client link set eth0 up");
        faultsBecome();
        assertThat(upload(100_000)).isEqualTo(100_000);
    }

    @Test
    void anOwnAddressThatGoesIsAFaultUntilItIsBack() throws Exception {
        Lab.run("ip addr del 192.0.2.1/24 dev front");
        faultsBecome("front has lost its address 192.0.2.1");
        Lab.run("ip addr add 192.0.2.77/24 dev front");
        await().during(200, TimeUnit.MILLISECONDS).until(() -> !links.faults().isEmpty());
        Lab.run("ip addr add 192.0.2.1/24 dev front");
        faultsBecome();
        assertThat(links.links().at(0).address()).isEqualTo(ip("192.0.2.1"));
        assertThat(upload(100_000)).isEqualTo(100_000);
    }

    @Test
    void anotherMacIsUsedAtOnce() throws Exception {
        Lab.run("ip link set back address 02:00:00:00:00:77");
        await().until(() -> links.links().at(1).mac() == 0x02_00_00_00_00_77L);
        Lab.run("ip -n server neigh flush dev eth0");
        assertThat(upload(100_000)).isEqualTo(100_000);
    }

    @Test
    void aServerThatHasGoneIsUnreachable() {
        await().untilAsserted(() -> assertThat(links.unreachable()).isEmpty());
        assertThat(links.routes()).containsExactly("10.0.0.0/24", "192.0.2.0/24");
        Lab.run("ip -n server addr del 10.0.0.11/24 dev eth0");
        await().atMost(15, TimeUnit.SECONDS)
                .untilAsserted(() -> assertThat(links.unreachable())
                        .extracting(Object::toString)
                        .containsExactly("10.0.0.11"));
    }

    @Test
    void whoClaimsTheVipIsSeen() throws Exception {
        var theft = TestPacket.load(TestPacket.arpRequest(ip(VIP), ip(VIP)) + Frame.VNET_BYTES, 42);
        Lab.inside("client", () -> {
            try (var netlink = Netlink.open();
                    var sender = PacketSender.open(
                            link(netlink.links(), "eth0", "192.0.2.254").ifindex())) {
                sender.sendFrame(theft);
            }
            return theft;
        });
        assertThat(thieves.poll(5, TimeUnit.SECONDS)).isEqualTo(TestPacket.CLIENT_MAC);
        assertThat(datapath.counters().value(Counter.ARP_CONFLICT)).isOne();
    }

    @Test
    void aHoldThatFillsARingIsSaidOnceAndWhatFindsNoRoomIsCounted() throws Exception {
        datapath.hold();
        await().until(() -> datapath.mode() == Mode.HELD);
        Lab.inside("client", () -> {
            broadcast(5000, 18);
            return 0;
        });
        assertThat(full.poll(5, TimeUnit.SECONDS)).isTrue();
        await().until(() -> datapath.counters().value(Counter.RING_DROPS_HELD) > 0);
        assertThat(full).isEmpty();
        datapath.resume();
        await().until(() -> datapath.mode() == Mode.ACTIVE);
        assertThat(datapath.counters().value(Counter.RING_DROPS)).isZero();
        assertThat(datapath.counters().value(Counter.RING_DROPS_PAUSED)).isZero();
    }

    @Test
    void whatFindsNoRoomWhileTheWorkerDoesNotRunIsCountedAsThat() throws Exception {
        var isPaused = new CountDownLatch(1);
        var goesOn = new CountDownLatch(1);
        var answer = datapath.query(_ -> pause(isPaused, goesOn));
        isPaused.await(); // what came before would be taken, and leave room
        Lab.inside("client", () -> {
            broadcast(5000, 18);
            return 0;
        });
        goesOn.countDown();
        assertThat(answer).succeedsWithin(SECONDS_MAX, TimeUnit.SECONDS);
        await().until(() -> datapath.counters().value(Counter.RING_DROPS_PAUSED) > 0);
        assertThat(datapath.counters().value(Counter.RING_DROPS_HELD)).isZero();
    }

    /// The pause may also come after a turn has read the clock and before it counts.
    @Test
    void whatFindsNoRoomInAPauseWithinATurnIsCountedAsThat() throws Exception {
        var counters = new Counters();
        try (var wakeUp = new EventFd();
                var io = new PacketIo(links(), wakeUp, counters, new Lease())) {
            long now = Clock.monotonic();
            long countsAt = now + PacketIo.TEND_INTERVAL_NS;
            for (; now - countsAt < 0; now = Clock.monotonic()) {
                io.tend(now);
            }
            Lab.inside("client", () -> {
                broadcast(5000, 18);
                return 0;
            });
            TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
            io.tend(now);
            assertThat(counters.value(Counter.RING_DROPS_PAUSED)).isPositive();
            assertThat(counters.value(Counter.RING_DROPS)).isZero();
        }
    }

    @Test
    void whatFindsNoRoomOfLargeFramesIsCountedByItself() throws Exception {
        datapath.hold();
        await().until(() -> datapath.mode() == Mode.HELD);
        Lab.run("ip link set front mtu 65000");
        Lab.run("ip -n client link set eth0 mtu 65000");
        Lab.inside("client", () -> {
            broadcast(2000, 60_000); // twice the room
            return 0;
        });
        datapath.resume();
        await().until(() -> datapath.counters().value(Counter.RING_TRUNCATED) > 0);
        assertThat(datapath.counters().value(Counter.RING_DROPS_HELD)).isZero();
    }

    /// Keeps the worker from running for longer than any turn takes, whatever the machine needs to fill a ring.
    private static int pause(CountDownLatch isPaused, CountDownLatch goesOn) {
        isPaused.countDown();
        try {
            goesOn.await();
            TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
            return 0;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Broadcasts datagrams into the link.
    private static void broadcast(int count, int bytes) throws IOException {
        try (var socket = new DatagramSocket()) {
            socket.setBroadcast(true);
            var packet = new DatagramPacket(new byte[bytes], bytes, new InetSocketAddress("192.0.2.255", 9));
            for (int i = 0; i < count; i++) {
                socket.send(packet);
            }
        }
    }
}
