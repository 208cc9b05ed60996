package holdfast.forward;

import static holdfast.forward.TestDirector.ACK;
import static holdfast.forward.TestDirector.FIN_ACK;
import static holdfast.forward.TestDirector.LAN;
import static holdfast.forward.TestDirector.RST;
import static holdfast.forward.TestDirector.SYN;
import static holdfast.forward.TestDirector.SYN_ACK;
import static holdfast.forward.TestDirector.VIP;
import static holdfast.forward.TestDirector.WAN;
import static holdfast.forward.TestDirector.ip;
import static holdfast.testing.Fixtures.ipvs;
import static holdfast.testing.Fixtures.persistent;
import static holdfast.testing.Fixtures.real;
import static holdfast.testing.Fixtures.service;
import static holdfast.testing.Fixtures.tcp;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.Configuration;
import holdfast.conf.Ipv4;
import holdfast.conf.Ipvs;
import holdfast.conf.Protocol;
import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;
import holdfast.packet.Frame;
import holdfast.packet.TestPacket;
import holdfast.persist.TemplateTable;
import holdfast.sync.Buckets;
import holdfast.sync.CopyCredit;
import holdfast.sync.CopyOrder;
import holdfast.sync.Equality;
import holdfast.sync.Version;
import holdfast.table.Counter;
import holdfast.testing.Seeds;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Floods of forged first packets on persistent services, and which entries make room (ADR 0019).
class FloodTest {
    private static final int SIZE = 64;
    private static final int HONEST = ip("198.51.100.7");
    private static final int FORGED = ip("100.64.0.0");
    private static final Configuration.RealServer A = real("10.0.0.11", 80, 1);
    private static final Configuration.RealServer B = real("10.0.0.12", 80, 1);

    private TestDirector director = director(SIZE, SIZE, sticky("255.255.255.255"));
    private int forged; // sources so far

    @AfterEach
    void close() {
        director.close();
    }

    private static TestDirector director(int connections, int templates, Configuration.Service... services) {
        var director =
                new TestDirector(new Configuration.Datapath(connections, templates, 0, false), 1 << 16, services);
        int gateway = ip("192.0.2.254");
        director.nextHops(new NextHops(
                List.of(new NextHops.Route(0, 0, gateway, WAN, 0), new NextHops.Route(ip("10.0.0.0"), 24, 0, LAN, 0)),
                List.of(
                        new NextHops.Neighbour(WAN, gateway, TestDirector.GATEWAY_MAC),
                        new NextHops.Neighbour(LAN, TestDirector.REAL, TestDirector.REAL_MAC),
                        new NextHops.Neighbour(LAN, TestDirector.REAL2, TestDirector.REAL2_MAC))));
        return director;
    }

    private void serves(int connections, int templates, Configuration.Service... services) {
        director.close();
        director = director(connections, templates, services);
    }

    private static Configuration.Service sticky(String netmask) {
        return persistent(tcp(80), 300, netmask, A, B);
    }

    // ---- packets

    private int toServer(int client, int clientPort, int port, int flags, Counter end) {
        director.now += 1_000_000;
        var sent = director.take(WAN, TestPacket.flow(Frame.TCP, client, clientPort, VIP, port, flags, ""), end);
        return sent.isEmpty() ? 0 : TestDirector.destination(sent.getFirst());
    }

    private int syn(int client, int clientPort) {
        return toServer(client, clientPort, 80, SYN, Counter.FORWARDED_TO_SERVER);
    }

    private void reply(int real, int client, int clientPort, int flags) {
        long frame = TestDirector.toLan(TestPacket.flow(Frame.TCP, real, 80, client, clientPort, flags, ""));
        director.take(LAN, frame, Counter.FORWARDED_TO_CLIENT);
    }

    private int connect(int client, int clientPort) {
        int real = syn(client, clientPort);
        reply(real, client, clientPort, SYN_ACK);
        toServer(client, clientPort, 80, ACK, Counter.FORWARDED_TO_SERVER);
        return real;
    }

    /// So many SYNs, each from another forged source.
    private void flood(int count) {
        for (int i = 0; i < count; i++) {
            syn(FORGED + forged++, 1025);
        }
    }

    private boolean isKnown(int client, int clientPort) {
        return director.tables.connections().find(Frame.TCP, client, clientPort, VIP, 80) >= 0;
    }

    private boolean isSticky(int client) {
        return director.tables.templates().find(Frame.TCP, client, VIP, 80) != TemplateTable.MISSING;
    }

    // ---- who comes in, and who stays

    @Test
    void aFloodDoesNotLockNewStickyClientsOut() { // field report F5
        flood(10 * SIZE);

        connect(HONEST, 40000);

        assertThat(director.count(Counter.DROPPED_TABLE_FULL)).isZero();
        assertThat(director.count(Counter.EVICTED_TEMPLATE)).isEqualTo(9 * SIZE + 1);
        assertThat(director.count(Counter.EVICTED_HALF_OPEN)).isEqualTo(9 * SIZE + 1);
        assertThat(director.tables.connections().size()).isEqualTo(SIZE);
        assertThat(director.tables.templates().size()).isEqualTo(SIZE);
    }

    @Test
    void handshakesGoInTheOrderInWhichTheyBegan() {
        flood(3 * SIZE);
        for (int i = 2 * SIZE; i < 3 * SIZE; i++) {
            assertThat(isKnown(FORGED + i, 1025)).isTrue();
            assertThat(isSticky(FORGED + i)).isTrue();
            flood(1);
            assertThat(isKnown(FORGED + i, 1025)).isFalse();
            assertThat(isSticky(FORGED + i)).isFalse();
        }
    }

    @Test
    void aHandshakeHasAsManyNewcomersToEndInAsThereAreHandshakes() {
        flood(5 * SIZE + 13);
        int real = syn(HONEST, 40000);
        flood(SIZE - 1);
        reply(real, HONEST, 40000, SYN_ACK);
        toServer(HONEST, 40000, 80, ACK, Counter.FORWARDED_TO_SERVER);
        flood(5 * SIZE);
        assertThat(isKnown(HONEST, 40000)).isTrue();
    }

    @Test
    void anEstablishedConnectionStaysAndSoDoesItsTemplateAfterIt() {
        int real = connect(HONEST, 40000);
        flood(5 * SIZE);
        assertThat(isKnown(HONEST, 40000)).isTrue();

        reply(real, HONEST, 40000, FIN_ACK);
        toServer(HONEST, 40000, 80, FIN_ACK, Counter.FORWARDED_TO_SERVER);
        flood(5 * SIZE);

        assertThat(isSticky(HONEST)).isTrue();
        assertThat(syn(HONEST, 40001)).isEqualTo(real);
    }

    @Test
    void aKnownClientKeepsItsServerThoughItsNextHandshakeWasEnded() {
        int real = connect(HONEST, 40000);
        syn(HONEST, 40001);
        flood(5 * SIZE);

        assertThat(isKnown(HONEST, 40001)).isFalse();
        assertThat(isKnown(HONEST, 40000)).isTrue();
        assertThat(syn(HONEST, 40002)).isEqualTo(real);
    }

    @Test
    void ofTemplatesThatNoEstablishedConnectionUsedTheOneSilentForLongestGoes() {
        serves(4 * SIZE, SIZE, sticky("255.255.255.255"));
        flood(SIZE / 2);
        pass(61); // their connections are over, the templates are not
        assertThat(director.tables.connections().size()).isZero();
        flood(SIZE / 2);

        flood(SIZE / 2);

        assertThat(isSticky(FORGED)).isFalse();
        assertThat(isSticky(FORGED + SIZE / 2)).isTrue();
        assertThat(isKnown(FORGED + SIZE / 2, 1025)).isTrue();
        assertThat(director.count(Counter.EVICTED_HALF_OPEN)).isZero();
    }

    private void pass(int seconds) {
        for (int second = 0; second < seconds; second++) {
            director.now += TestDirector.SECOND;
            while (director.tables.turn(director.now, 64) >= 64) {} // there may be more
        }
    }

    @Test
    void aFloodWithSeveralSynsFromEachSourceLocksNobodyOutEither() {
        serves(4 * SIZE, SIZE, sticky("255.255.255.255"));
        int refused = 0;
        for (int round = 0; round < 30; round++) {
            for (int port = 1025; port < 1028; port++) {
                for (int i = 0; i < 20; i++) {
                    take(FORGED + round * 20 + i, port);
                }
            }
            long before = director.count(Counter.DROPPED_TABLE_FULL);
            take(HONEST + 1 + round, 40000);
            refused += (int) (director.count(Counter.DROPPED_TABLE_FULL) - before);
        }
        assertThat(refused).isZero();
    }

    private void take(int client, int port) {
        director.take(WAN, TestPacket.flow(Frame.TCP, client, port, VIP, 80, SYN, ""));
        director.now += 1_000_000;
    }

    @Test
    void aPinnedTemplateStaysThoughNothingUsesIt() {
        syn(HONEST, 40000);
        int slot = director.tables.templates().find(Frame.TCP, HONEST, VIP, 80);
        director.tables.pinTemplate(slot, true, director.now);
        flood(5 * SIZE);
        assertThat(isSticky(HONEST)).isTrue();
    }

    @Test
    void templatesOfANetworkStayWithOneEstablishedClient() {
        serves(SIZE, SIZE, sticky("255.255.255.0"));
        int network = ip("198.51.100.0");
        int real = connect(network + 7, 40000);
        for (int host = 8; host < 208; host++) {
            assertThat(syn(network + host, 1025)).isEqualTo(real);
        }
        for (int i = 0; i < 5 * SIZE; i++) {
            syn(FORGED + (i << 8), 1025);
        }
        assertThat(isSticky(network)).isTrue();
        assertThat(isKnown(network + 7, 40000)).isTrue();
        assertThat(director.count(Counter.DROPPED_TABLE_FULL)).isZero();
    }

    @Test
    void connectionsThatTheirServerRefusedMakeRoomLikeHandshakes() {
        for (int i = 0; i < 5 * SIZE; i++) {
            reply(syn(FORGED + i, 1025), FORGED + i, 1025, RST | ACK);
        }
        assertThat(director.count(Counter.EVICTED_CLOSING)).isEqualTo(4 * SIZE);
        assertThat(director.count(Counter.DROPPED_TABLE_FULL)).isZero();
    }

    @Test
    void aStretchOfEstablishedClientsDoesNotStopTheHand() {
        serves(16 * SIZE, 16 * SIZE, sticky("255.255.255.255"));
        for (int client = 0; client < 14 * SIZE; client++) {
            connect(ip("198.51.0.0") + client, 40000);
        }
        for (int i = 0; i < 8 * SIZE; i++) {
            take(FORGED + i, 1025);
        }
        for (int client = 0; client < 14 * SIZE; client++) {
            assertThat(isKnown(ip("198.51.0.0") + client, 40000)).isTrue();
        }
        assertThat(director.count(Counter.DROPPED_TABLE_FULL))
                .as("one of eight may go, and 64 are looked at")
                .isLessThan(3);
    }

    @Test
    void anAllEstablishedTableRefusesAndCounts() {
        for (int client = 0; client < SIZE; client++) {
            connect(ip("198.51.0.0") + client, 40000);
        }
        toServer(HONEST, 40000, 80, SYN, Counter.DROPPED_TABLE_FULL);
        assertThat(director.count(Counter.EVICTED_TEMPLATE)).isZero();
    }

    // ---- more packets than time

    @Test
    void firstPacketsGiveWayToThoseOfConnectionsWhenTimeIsShort() {
        int real = connect(HONEST, 40000);
        director.forwarder.shed(true);
        toServer(HONEST + 1, 40000, 80, SYN, Counter.DROPPED_OVERLOAD);
        toServer(HONEST, 40000, 80, ACK, Counter.FORWARDED_TO_SERVER);
        reply(real, HONEST, 40000, ACK);
        assertThat(isSticky(HONEST + 1)).isFalse();

        director.forwarder.shed(false);
        toServer(HONEST + 1, 40000, 80, SYN, Counter.FORWARDED_TO_SERVER);
    }

    // ---- other kinds of services and floods

    @Test
    void portZeroAndFtpServicesLetNewClientsInToo() {
        for (int port : new int[] {0, 21}) {
            serves(SIZE, SIZE, persistent(tcp(port), 300, "255.255.255.255", real("10.0.0.11", port, 1)));
            int to = port == 0 ? 8080 : port;
            toServer(HONEST, 40000, to, SYN, Counter.FORWARDED_TO_SERVER);
            toServer(HONEST, 40000, to, ACK, Counter.FORWARDED_TO_SERVER);
            for (int i = 0; i < 5 * SIZE; i++) {
                toServer(FORGED + i, 1025, to, SYN, Counter.FORWARDED_TO_SERVER);
            }
            assertThat(director.tables.templates().find(Frame.TCP, HONEST, VIP, 0))
                    .isNotEqualTo(TemplateTable.MISSING);
        }
    }

    @Test
    void unansweredDatagramsMakeRoomAndAnsweredOnesKeepTheirTemplate() {
        serves(SIZE, SIZE, persistent(new ServiceKey(Protocol.UDP, new Ipv4(VIP), 53), 300, "255.255.255.255", A));
        datagram(HONEST);
        long answer = TestPacket.flow(Frame.UDP, ip("10.0.0.11"), 80, HONEST, 1025, 0, "");
        director.take(LAN, TestDirector.toLan(answer), Counter.FORWARDED_TO_CLIENT);
        for (int i = 0; i < 5 * SIZE; i++) {
            datagram(FORGED + i);
        }
        assertThat(director.tables.templates().find(Frame.UDP, HONEST, VIP, 53)).isNotEqualTo(TemplateTable.MISSING);
    }

    @Test
    void datagramsThatAreConnectionsByThemselvesReplaceTheTemplateSilentForLongest() {
        var persistence = new Configuration.Persistence(300, ip("255.255.255.255"));
        var key = new ServiceKey(Protocol.UDP, new Ipv4(VIP), 53);
        serves(
                SIZE,
                SIZE,
                new Configuration.Service(
                        key, SchedulerName.RR, Set.of(), Optional.of(persistence), true, Optional.empty(), List.of(A)));
        for (int i = 0; i < 5 * SIZE; i++) {
            datagram(FORGED + i);
            if (i % (SIZE / 4) == 0) {
                datagram(HONEST);
            }
        }
        assertThat(director.tables.templates().find(Frame.UDP, HONEST, VIP, 53)).isNotEqualTo(TemplateTable.MISSING);
        assertThat(director.tables.templates().find(Frame.UDP, FORGED, VIP, 53)).isEqualTo(TemplateTable.MISSING);
    }

    private void datagram(int client) {
        director.now += 1_000_000;
        director.take(WAN, TestPacket.flow(Frame.UDP, client, 1025, VIP, 53, 0, ""), Counter.FORWARDED_TO_SERVER);
    }

    @Test
    void forgedInitsMakeRoom() {
        serves(SIZE, SIZE, persistent(new ServiceKey(Protocol.SCTP, new Ipv4(VIP), 3868), 300, "255.255.255.255", A));
        for (int i = 0; i < 5 * SIZE; i++) {
            director.now += 1_000_000;
            director.take(WAN, TestPacket.sctp(FORGED + i, 5000, VIP, 3868, 1), Counter.FORWARDED_TO_SERVER);
        }
        assertThat(director.count(Counter.EVICTED_HALF_OPEN)).isEqualTo(4 * SIZE);
    }

    @Test
    void aFloodOnOneServiceLetsClientsOfTheOthersIn() { // also where these have a shorter timeout, or no persistence
        serves(
                SIZE,
                SIZE,
                sticky("255.255.255.255"),
                persistent(tcp(443), 10, "255.255.255.255", A),
                service(tcp(8080), SchedulerName.RR, A));
        flood(5 * SIZE);
        toServer(HONEST, 40000, 443, SYN, Counter.FORWARDED_TO_SERVER);
        toServer(HONEST, 40000, 8080, SYN, Counter.FORWARDED_TO_SERVER);
    }

    // ---- and the standby

    @Test
    void theStandbyIsEqualThroughoutAndLetsClientsInWhenItTakesOver() {
        try (var standby = director(SIZE, SIZE, sticky("255.255.255.255"))) {
            standby.tables.demote();
            int real = connect(HONEST, 40000);
            for (int round = 0; round < 20; round++) {
                flood(SIZE / 3);
                assertThat(deliver(standby)).isEqualTo(Equality.State.EQUAL);
            }
            int begun = syn(HONEST + 1, 40000);
            flood(SIZE / 4);
            assertThat(deliver(standby)).isEqualTo(Equality.State.EQUAL);
            director.tables.demote();
            standby.tables.promote(2, director.now);
            standby.now = director.now;
            director.close();
            director = standby;

            flood(SIZE / 4);
            reply(begun, HONEST + 1, 40000, SYN_ACK);
            toServer(HONEST + 1, 40000, 80, ACK, Counter.FORWARDED_TO_SERVER);
            flood(5 * SIZE);
            assertThat(syn(HONEST, 40001)).isEqualTo(real);
            assertThat(isKnown(HONEST, 40000)).isTrue();
            assertThat(isKnown(HONEST + 1, 40000)).isTrue();
            assertThat(director.count(Counter.DROPPED_TABLE_FULL)).isZero();
        }
        director = director(SIZE, SIZE, sticky("255.255.255.255"));
    }

    @Test
    void aFullStandbyThatMissedAPartIsEqualAfterTwoCopies() { // the first one finds no room for all
        try (var standby = director(SIZE, SIZE, sticky("255.255.255.255"))) {
            standby.tables.demote();
            flood(SIZE);
            deliver(standby);
            flood(SIZE);
            var lost = director.tables.changes().ring();
            while (lost.peek() != null) {
                lost.release();
            }
            for (int copy = 1; copy <= 2; copy++) {
                director.tables.changes().copy(new CopyOrder(copy, Version.NONE, Buckets.ALL));
                director.tables.changes().credit(new CopyCredit(copy, Integer.MAX_VALUE));
                while (director.tables.changes().writeCopies(director.now)) {
                    deliver(standby);
                }
                deliver(standby);
            }
            assertThat(deliver(standby)).isEqualTo(Equality.State.EQUAL);
        }
    }

    /// The stream up to now.
    private Equality.State deliver(TestDirector standby) {
        standby.now = director.now;
        director.tables.changes().checkpoint(director.now);
        var out = director.tables.changes().ring();
        for (var delta = out.peek(); delta != null; delta = out.peek()) {
            requireNonNull(standby.replica.ring().claim()).copyOf(delta);
            standby.replica.ring().publish();
            out.release();
            standby.replicate();
        }
        return standby.replica.equality().state();
    }

    // ---- with the defences of IPVS

    @Test
    void dropPacketLetsEverySecondNewcomerInAtLeastThoughTheTableIsFull() {
        with(ipvs("dropPacket", 1, "amemthresh", SIZE / 2));
        flood(SIZE);
        pass(1);
        int in = 0;
        for (int client = 0; client < 40; client++) {
            take(HONEST + client, 40000);
            in += isKnown(HONEST + client, 40000) ? 1 : 0;
        }
        assertThat(in).isEqualTo(20);
    }

    @Test
    void secureTcpKeepsForgedAcknowledgementsFromBeingEstablished() {
        with(ipvs("secureTcp", 3));
        int real = syn(HONEST, 40000);
        reply(real, HONEST, 40000, SYN_ACK);
        reply(real, HONEST, 40000, ACK);
        for (int i = 0; i < 5 * SIZE; i++) {
            syn(FORGED + i, 1025);
            toServer(FORGED + i, 1025, 80, ACK, Counter.FORWARDED_TO_SERVER);
        }
        assertThat(isKnown(HONEST, 40000)).isTrue();
        assertThat(director.count(Counter.DROPPED_TABLE_FULL)).isZero();
    }

    @Test
    void dropEntryTakesIdleConnectionsButNoTemplateThatWasEverUsed() { // 4.10
        with(ipvs("dropEntry", 3));
        connect(HONEST, 40000);
        connect(HONEST + 1, 40000);
        for (int second = 0; second < 70; second++) {
            flood(SIZE);
            toServer(HONEST, 40000, 80, ACK, Counter.FORWARDED_TO_SERVER);
            pass(1);
        }
        assertThat(director.count(Counter.EVICTED_BY_DEFENCE)).isPositive();
        assertThat(isKnown(HONEST, 40000)).isTrue();
        assertThat(isSticky(HONEST)).isTrue();
        assertThat(isSticky(HONEST + 1)).isTrue();
    }

    private void with(Ipvs ipvs) {
        director.ipvs = ipvs;
        director.configure(sticky("255.255.255.255"));
    }

    // ---- any mixture

    /// The model is a queue: who began a handshake, in that order. Whoever is in the younger half of it is known.
    @Test
    void inAnyMixtureTheYoungerHandshakesAndAllThatIsEstablishedStay() {
        Seeds.each(20, (random, _) -> {
            serves(256, 256, sticky("255.255.255.255"), persistent(tcp(443), 20, "255.255.255.255", A));
            var handshakes = new LinkedHashSet<Integer>();
            var established = new LinkedHashSet<Integer>();
            int next = 0;
            for (int step = 0; step < 3000; step++) {
                int dice = random.nextInt(100);
                if (dice < 90 || handshakes.isEmpty()) {
                    syn(FORGED + next, 1025);
                    handshakes.add(FORGED + next++);
                } else if (dice < 96 && established.size() < 128) {
                    int client = young(handshakes, random.nextInt(40));
                    toServer(client, 1025, 80, ACK, Counter.FORWARDED_TO_SERVER);
                    handshakes.remove(client);
                    established.add(client);
                } else if (dice < 98) {
                    toServer(FORGED + next++, 1025, 443, SYN, Counter.FORWARDED_TO_SERVER);
                } else {
                    established.stream()
                            .skip(random.nextInt(established.size() + 1))
                            .findFirst()
                            .ifPresent(client -> {
                                toServer(client, 1025, 80, FIN_ACK, Counter.FORWARDED_TO_SERVER);
                                toServer(client, 1025, 80, RST, Counter.FORWARDED_TO_SERVER);
                                established.remove(client);
                            });
                }
                assertThat(established).allMatch(client -> isKnown(client, 1025) && isSticky(client));
                assertThat(handshakes.stream().skip(Math.max(0, handshakes.size() - 40)))
                        .allMatch(client -> isKnown(client, 1025) && isSticky(client));
            }
            assertThat(director.count(Counter.DROPPED_TABLE_FULL)).isZero();
            assertThat(director.tables.connections().recomputedDigest())
                    .isEqualTo(director.tables.connections().digest());
        });
    }

    /// One of the youngest.
    private static int young(Set<Integer> handshakes, int back) {
        return handshakes.stream()
                .skip(Math.max(0, handshakes.size() - 1 - back))
                .findFirst()
                .orElseThrow();
    }
}
