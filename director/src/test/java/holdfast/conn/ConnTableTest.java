package holdfast.conn;

import static holdfast.testing.Fixtures.TCP;
import static holdfast.testing.Fixtures.VIP;
import static holdfast.testing.Fixtures.ip;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import holdfast.conf.ForwardingMethod;
import holdfast.service.RealServerTable;
import holdfast.testing.Allocation;
import holdfast.testing.Untouched;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

class ConnTableTest {
    private static final int REAL_ADDRESS = ip("10.0.0.11");
    private static final long SECOND = 1_000_000_000L;

    private final RealServerTable reals = new RealServerTable(4);
    private final int real = reals.intern(TCP, VIP, 80, REAL_ADDRESS, 8080);

    @Test
    void connectionTakesAtMost96Bytes() {
        for (int capacity : new int[] {1_000, 65_536, 1_000_000}) {
            assertThat(table(capacity).bytes()).isLessThanOrEqualTo(96L * capacity);
        }
        assertThat(table(1_000_000).bytes() / 1_000_000.0).isBetween(94.1, 94.3);
        assertThat(Conn.BYTES).as("one cache line").isEqualTo(64);
    }

    @Test
    void memoryKeepsToItsBoundAtEveryCapacity() {
        for (int capacity : new int[] {1_000, 1_000_000, 16_000_000, 20_000_000}) {
            assertThat(bytesOf(Width.IPV4, capacity)).isLessThanOrEqualTo(96L * capacity);
            assertThat(bytesOf(Width.IPV6, capacity)).isLessThanOrEqualTo(112L * capacity);
        }
    }

    /// Only reckons: the memory is never touched, so it is not there.
    private long bytesOf(Width width, int capacity) {
        try (var arena = Arena.ofConfined()) {
            var pages = new Untouched(arena);
            return new ConnTable(width, capacity, reals, new FlowHash(11, 12), 0, pages).bytes();
        }
    }

    @Test
    void wideClientIsToldFromOneOfTheSameLowBits() {
        var table = new ConnTable(Width.IPV6, 4, reals, new FlowHash(11, 12), 0, Arena.ofAuto());
        long[][] clients = {{0x20010db8L << 32, 1}, {0x20010db9L << 32, 1}, {0x20010db8L << 32, 1L << 63 | 1}};
        int[] slots = new int[clients.length];
        for (int i = 0; i < clients.length; i++) {
            assertThat(table.find(TCP, clients[i][0], clients[i][1], 40000, 5, 80))
                    .isEqualTo(ConnTable.MISSING);
            slots[i] = table.insert(TCP, clients[i][0], clients[i][1], 40000, 5, 80, 6, 8080, 0, 0, real, 0);
        }
        var conn = table.view();
        for (int i = 0; i < clients.length; i++) {
            assertThat(table.find(TCP, clients[i][0], clients[i][1], 40000, 5, 80))
                    .isEqualTo(slots[i]);
            assertThat(table.findOutbound(TCP, 6, 8080, clients[i][0], clients[i][1], 40000))
                    .isEqualTo(slots[i]);
            assertThat(conn.at(slots[i]).clientHi()).isEqualTo(clients[i][0]);
            assertThat(conn.clientLo()).isEqualTo(clients[i][1]);
            assertThat(conn.clientAddress()).isEqualTo(1);
        }
        long digest = table.digest();
        table.remove(slots[1]);
        assertThat(table.digest()).isNotEqualTo(digest).isEqualTo(table.recomputedDigest());
        assertThat(table.find(TCP, clients[1][0], clients[1][1], 40000, 5, 80)).isEqualTo(ConnTable.MISSING);
        assertThat(table.find(TCP, clients[2][0], clients[2][1], 40000, 5, 80)).isEqualTo(slots[2]);
    }

    @Test
    void digestCoversEveryBitOfAWideClient() {
        long none = digestOf(0, 0);
        for (int bit = 0; bit < 64; bit++) {
            assertThat(digestOf(1L << bit, 0)).isNotEqualTo(none);
            assertThat(digestOf(0, 1L << bit)).isNotEqualTo(none).isNotEqualTo(digestOf(1L << bit, 0));
        }
    }

    private long digestOf(long clientHi, long clientLo) {
        var table = new ConnTable(Width.IPV6, 1, reals, new FlowHash(11, 12), 0, Arena.ofAuto());
        table.insert(TCP, clientHi, clientLo, 40000, 5, 80, 6, 8080, 0, 0, real, 0);
        return table.digest();
    }

    @Test
    void ipv4TableNeitherHoldsNorFindsAWideClient() {
        var table = table(4);
        insert(table, 1, 40000, ForwardingMethod.NAT, 0);

        assertThat(table.find(TCP, 0, 1, 40000, VIP, 80)).isNotEqualTo(ConnTable.MISSING);
        assertThat(table.find(TCP, 1, 1, 40000, VIP, 80)).isEqualTo(ConnTable.MISSING);
        assertThat(table.find(TCP, 0, 1L << 32 | 1, 40000, VIP, 80)).isEqualTo(ConnTable.MISSING);
        assertThatThrownBy(() -> table.insert(TCP, 1, 1, 40000, VIP, 80, 6, 8080, 0, 0, real, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("IPV4");
    }

    @Test
    void inPacketsAreCountedUpTo255() {
        var table = table(4);
        var conn = table.view().at(insert(table, 1, 1, ForwardingMethod.NAT, 0));
        conn.epoch(7).template(-7);
        for (int i = 0; i < 255; i++) {
            assertThat(conn.inPackets()).isEqualTo(i);
            conn.countInPacket();
        }
        assertThat(conn.countInPacket().inPackets()).isEqualTo(255);
        assertThat(conn.epoch()).isEqualTo(7);
        assertThat(conn.template()).isEqualTo(-7);
    }

    @Test
    void highIsOneMoreThanTheHighestSlotEverUsed() {
        var table = table(4);
        assertThat(table.high()).isZero();
        int first = insert(table, 1, 1, ForwardingMethod.NAT, 0);
        insert(table, 1, 2, ForwardingMethod.NAT, 0);
        table.remove(first);
        assertThat(table.high()).isEqualTo(2);
        insert(table, 1, 3, ForwardingMethod.NAT, 0);
        assertThat(table.high()).isEqualTo(2);
    }

    @Test
    void everyFieldKeepsItsOwnBits() {
        var table = table(4);
        int flags = ~ConnFlags.METHOD | ForwardingMethod.DR.code();
        int slot = table.insert(255, -2, 65534, -3, 65533, -4, 65532, flags, -5, real, -6);
        var conn = table.view().at(slot);
        conn.state(10).template(-7).epoch(250).toldAt(-8).version(-9);

        assertThat(conn.protocol()).isEqualTo(255);
        assertThat(conn.clientAddress()).isEqualTo(-2);
        assertThat(conn.clientPort()).isEqualTo(65534);
        assertThat(conn.virtualAddress()).isEqualTo(-3);
        assertThat(conn.virtualPort()).isEqualTo(65533);
        assertThat(conn.realAddress()).isEqualTo(-4);
        assertThat(conn.realPort()).isEqualTo(65532);
        assertThat(conn.state()).isEqualTo(10);
        assertThat(conn.flags()).isEqualTo(flags);
        assertThat(conn.service()).isEqualTo(-5);
        assertThat(conn.real()).isEqualTo(real);
        assertThat(conn.template()).isEqualTo(-7);
        assertThat(conn.epoch()).isEqualTo(250);
        assertThat(conn.expiresAt()).isEqualTo(-6);
        assertThat(conn.toldAt()).isEqualTo(-8);
        assertThat(conn.version()).isEqualTo(-9);
    }

    @Test
    void directRoutingRepliesAreFoundByTheVirtualAddress() {
        var table = table(4);
        int slot = insert(table, 1, 40000, ForwardingMethod.DR, 0);

        assertThat(table.findOutbound(TCP, VIP, 80, 1, 40000)).isEqualTo(slot);
        assertThat(table.findOutbound(TCP, REAL_ADDRESS, 8080, 1, 40000)).isEqualTo(ConnTable.MISSING);
    }

    @Test
    void twoVirtualAddressesMayShareOneReplyTuple() {
        var table = table(4);
        int a = insert(table, 1, 40000, ForwardingMethod.NAT, 0);
        int b = table.insert(
                TCP, 1, 40000, VIP + 1, 80, REAL_ADDRESS, 8080, ConnFlags.initial(ForwardingMethod.NAT), 0, real, 0);

        table.remove(a);
        assertThat(table.findOutbound(TCP, REAL_ADDRESS, 8080, 1, 40000)).isEqualTo(b);
        table.remove(b);
        assertThat(table.findOutbound(TCP, REAL_ADDRESS, 8080, 1, 40000)).isEqualTo(ConnTable.MISSING);
    }

    @Test
    void fullTableRefusesCountsAndGoesOn() {
        var table = table(2);
        int first = insert(table, 1, 1, ForwardingMethod.NAT, 0);
        insert(table, 1, 2, ForwardingMethod.NAT, 0);

        assertThat(insert(table, 1, 3, ForwardingMethod.NAT, 0)).isEqualTo(ConnTable.FULL);
        assertThat(table.refusedFull()).isEqualTo(1);
        table.remove(first);
        assertThat(insert(table, 1, 3, ForwardingMethod.NAT, 0)).isEqualTo(first);
    }

    @Test
    void removingTwiceIsABug() {
        var table = table(2);
        int slot = insert(table, 1, 1, ForwardingMethod.NAT, 0);
        table.remove(slot);

        assertThatThrownBy(() -> table.remove(slot)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void equalContentHasEqualDigestsInWhateverOrder() {
        var a = table(8);
        var b = table(80);
        for (int i = 0; i < 5; i++) {
            a.view().at(insert(a, i, 1, ForwardingMethod.NAT, 0)).version(100 + i);
            b.view().at(insert(b, 4 - i, 1, ForwardingMethod.NAT, 99)).version(104 - i);
        }
        assertThat(a.digest()).isEqualTo(b.digest());
        b.view().at(b.find(TCP, 3, 1, VIP, 80)).version(999);
        assertThat(a.digest()).isNotEqualTo(b.digest());
    }

    @Test
    void slotThatTheCallbackReusesIsArmedOnce() {
        var table = table(2);
        insert(table, 1, 1, ForwardingMethod.NAT, SECOND);

        table.advance(2 * SECOND, 100, (slot, now) -> {
            table.remove(slot);
            insert(table, 2, 2, ForwardingMethod.NAT, now + SECOND);
        });
        assertThat(table.size()).isEqualTo(1);
        table.advance(4 * SECOND, 100, (slot, _) -> table.remove(slot));
        assertThat(table.size()).isZero();
        assertThat(table.wheel.armed()).isZero();
    }

    @Test
    void operationsAllocateNothing() {
        var table = table(4096);
        var conn = table.view();
        Expired removal = (slot, _) -> table.remove(slot);
        var clock = new long[] {0};

        long bytes = Allocation.bytesOf(() -> {
            for (int i = 0; i < 20_000; i++) {
                clock[0] += 1_000_000;
                long now = clock[0];
                int slot = insert(table, i, i & 0xffff, ForwardingMethod.NAT, now + 3 * SECOND);
                if (slot != ConnTable.FULL) {
                    conn.at(slot).version(i).toldAt(now);
                    Tracker.follow(conn, true, TcpState.SYN, false, Timeouts.DEFAULT, now);
                    conn.expiresAt(now + SECOND);
                }
                table.find(TCP, i - 7, (i - 7) & 0xffff, VIP, 80);
                table.findOutbound(TCP, REAL_ADDRESS, 8080, i - 7, (i - 7) & 0xffff);
                table.advance(now, 16, removal);
            }
        });
        assertThat(bytes).isZero();
        assertThat(table.size()).isPositive();
    }

    private int insert(ConnTable table, int client, int port, ForwardingMethod method, long expiresAt) {
        return table.insert(
                TCP, client, port, VIP, 80, REAL_ADDRESS, 8080, ConnFlags.initial(method), 0, real, expiresAt);
    }

    private ConnTable table(int capacity) {
        return new ConnTable(capacity, reals, new FlowHash(11, 12), 0, Arena.ofAuto());
    }
}
