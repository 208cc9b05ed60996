package holdfast.forward;

import static holdfast.forward.TestDirector.ACK;
import static holdfast.forward.TestDirector.CLIENT;
import static holdfast.forward.TestDirector.REAL;
import static holdfast.forward.TestDirector.SYN;
import static holdfast.forward.TestDirector.SYN_ACK;
import static holdfast.forward.TestDirector.VIP;
import static holdfast.testing.Fixtures.persistent;
import static holdfast.testing.Fixtures.real;
import static holdfast.testing.Fixtures.service;
import static holdfast.testing.Fixtures.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.Configuration;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.Ipv4;
import holdfast.conf.Ipvs;
import holdfast.conf.SchedulerName;
import holdfast.conn.FlowHash;
import holdfast.linux.Memory;
import holdfast.packet.Frame;
import holdfast.packet.TestPacket;
import holdfast.service.Traffic;
import holdfast.sync.Buckets;
import holdfast.sync.CopyCredit;
import holdfast.sync.CopyOrder;
import holdfast.sync.Version;
import holdfast.table.Counter;
import holdfast.table.Replica;
import holdfast.table.Tables;
import holdfast.testing.Allocation;
import java.lang.foreign.Arena;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The packet path allocates nothing on the heap, whatever happens to a packet, and neither does the stream on
/// either side. System calls are left out: [Egress] is empty here.
class AllocationTest {
    private static final int ROUNDS = 30_000;
    private static final Links LINKS = new Links(List.of(
            new Links.Link("wan", 1, TestDirector.WAN_MAC, 1500, TestDirector.ip("192.0.2.2")),
            new Links.Link("lan", 2, TestDirector.LAN_MAC, 1500, TestDirector.ip("10.0.0.2"))));

    private final Arena memory = Arena.ofConfined();
    private final Tables active = tables();
    private final Tables standby = tables();
    private final Replica replica = new Replica(standby);
    private final ProbeQueue probes = new ProbeQueue();
    private final Forwarder forwarder = forwarder();
    private final long scratch = Memory.allocate(4096);
    private final long[] batch = {scratch};
    private final int[] lengths = new int[1];
    private long now = 1000 * TestDirector.SECOND;

    private Tables tables() {
        var tables = new Tables(
                new Configuration.Datapath(1024, 1024, 0, false),
                true,
                new FlowHash(5, 6),
                new FlowHash(7, 8),
                1000 * TestDirector.SECOND,
                memory);
        var dr = new Configuration.RealServer(new Ipv4(REAL), 8080, 1, ForwardingMethod.DR);
        tables.configure(
                Ipvs.DEFAULT,
                List.of(),
                List.of(
                        service(tcp(80), SchedulerName.WLC, real("10.0.0.11", 8080, 1)),
                        persistent(tcp(443), 60, "255.255.255.0", real("10.0.0.11", 8443, 1)),
                        service(tcp(8080), SchedulerName.RR, dr),
                        service(tcp(81), SchedulerName.RR),
                        service(tcp(82), SchedulerName.RR, real("10.0.0.13", 82, 1))), // who does not answer ARP
                now);
        return tables;
    }

    private Forwarder forwarder() {
        var owned = new OwnedAddresses(List.of(new OwnedAddresses.Owned(VIP, 0)));
        var made = new Forwarder(active, LINKS, owned, probes, (_, _, _) -> {}, (_, _, _) -> {});
        made.follow(new Network(LINKS, TestDirector.hops()));
        return made;
    }

    @AfterEach
    void close() {
        probes.close();
        memory.close();
    }

    @Test
    void forwardingBothWaysAndTellingTheStandbyAllocatesNothing() {
        active.promote(1, now);
        long fromClient = clientFrame(40000, 80, ACK);
        long fromServer = lanFrame(40000, 8080, ACK);
        long direct = clientFrame(40000, 8080, ACK);
        open(80, fromServer);
        open(8080, fromServer);

        assertThat(allocated(() -> {
                    take(fromClient, 54, 0);
                    take(fromServer, 54, 1);
                    take(direct, 54, 0);
                    now += 100_000_000; // every 90 s each connection is told
                }))
                .isZero();
        assertThat(active.counters().value(Counter.FORWARDED_TO_SERVER)).isGreaterThan(2 * 2 * ROUNDS);
        assertThat(active.counters().value(Counter.FORWARDED_TO_CLIENT)).isGreaterThan(2 * ROUNDS);
        assertThat(standby.digest()).isEqualTo(active.digest());
        assertThat(Version.sequence(replica.appliedVersion())).isGreaterThan(100);
    }

    @Test
    void connectionsAndTemplatesThatComeAndGoAllocateNothing() {
        active.promote(1, now);
        long[] syns = new long[8];
        for (int i = 0; i < syns.length; i++) {
            syns[i] = copyOf(
                    TestPacket.flow(Frame.TCP, CLIENT + (i << 8), 40000 + i, VIP, i % 2 == 0 ? 80 : 443, SYN, ""));
        }
        var hops = new NextHops(
                List.of(new NextHops.Route(0, 0, 0, 1, 0)),
                List.of(new NextHops.Neighbour(1, REAL, TestDirector.REAL_MAC)));
        forwarder.follow(new Network(LINKS, hops));
        assertThat(allocated(new Runnable() {
                    private int next;

                    @Override
                    public void run() {
                        take(syns[next++ & 7], 54, 0);
                        now += 20 * TestDirector.SECOND;
                    }
                }))
                .isZero();
        assertThat(active.counters().value(Counter.DROPPED_TABLE_FULL)).isZero();
        assertThat(active.reals().traffic().total(0, Traffic.Unit.CONNECTIONS)).isGreaterThan(1000);
        assertThat(standby.digest()).isEqualTo(active.digest());
    }

    @Test
    void droppingAndAnsweringAllocateNothing() {
        active.promote(1, now);
        long stray = clientFrame(50000, 80, ACK);
        long unreachable = clientFrame(50000, 81, SYN);
        long refused = clientFrame(50000, 83, SYN);
        long waiting = clientFrame(50000, 82, SYN);
        long ping = copyOf(TestPacket.icmpEcho(CLIENT, VIP, "twelve bytes"));
        long arp = copyOf(TestPacket.arpRequest(CLIENT, VIP));
        long theft = copyOf(TestPacket.arpRequest(VIP, VIP));
        assertThat(allocated(() -> {
                    take(stray, 54, 0);
                    take(unreachable, 54, 0);
                    take(refused, 54, 0);
                    take(waiting, 54, 0);
                    forwarder.tend(now);
                    take(ping, 54, 0);
                    take(arp, 42, 0);
                    take(theft, 42, 0);
                    now += 10_000_000;
                }))
                .isZero();
        assertThat(active.counters().value(Counter.SENT_ICMP_ERROR)).isGreaterThanOrEqualTo(2 * ROUNDS);
        assertThat(active.counters().value(Counter.SENT_RESET)).isGreaterThanOrEqualTo(2 * ROUNDS);
        assertThat(active.counters().value(Counter.DROPPED_NO_NEIGHBOUR)).isGreaterThanOrEqualTo(ROUNDS);
    }

    /// But for its sets of buckets and the checkpoint behind it: what a checkpoint says is published to other
    /// threads as a new [holdfast.sync.Equality].
    @Test
    void aCopyAllocatesNothingPerEntry() {
        active.promote(1, now);
        for (int i = 0; i < 500; i++) {
            take(clientFrame(1000 + i, i % 2 == 0 ? 80 : 443, SYN), 54, 0);
        }
        deliver();
        var order = new CopyOrder(1, Version.NONE, Buckets.ALL);
        var credit = new CopyCredit(1, Integer.MAX_VALUE);
        assertThat(Allocation.bytesOf(() -> {
                    for (int i = 0; i < 100; i++) {
                        active.changes().copy(order);
                        active.changes().credit(credit);
                        while (active.changes().writeCopies(now)) {
                            deliver();
                        }
                    }
                }))
                .isLessThan(100 * 2048); // if each entry allocated, four times as much
        assertThat(standby.digest()).isEqualTo(active.digest());
    }

    /// Bytes of many rounds in the steady state, each with the work that a worker does between packets.
    private long allocated(Runnable packets) {
        return Allocation.bytesOf(() -> {
            for (int i = 0; i < ROUNDS; i++) {
                packets.run();
                active.turn(now, 64);
                deliver();
                standby.turn(now, 64);
            }
        });
    }

    private void deliver() {
        var out = active.changes().ring();
        for (var delta = out.peek(); delta != null; delta = out.peek()) {
            var in = replica.ring().claim();
            if (in != null) {
                in.copyOf(delta);
                replica.ring().publish();
            }
            out.release();
        }
        int done;
        do {
            done = replica.apply(now, 1024);
        } while (done > 0);
    }

    private void open(int port, long reply) {
        take(clientFrame(40000, port, SYN), 54, 0);
        take(lanFrame(40000, 8080, SYN_ACK), 54, 1);
        take(clientFrame(40000, port, ACK), 54, 0);
        take(reply, 54, 1);
    }

    private long clientFrame(int clientPort, int port, int flags) {
        return copyOf(TestPacket.flow(Frame.TCP, CLIENT, clientPort, VIP, port, flags, ""));
    }

    private long lanFrame(int clientPort, int port, int flags) {
        return copyOf(TestDirector.toLan(TestPacket.flow(Frame.TCP, REAL, port, CLIENT, clientPort, flags, "")));
    }

    private long copyOf(long frame) {
        long copy = memory.allocate(256).address();
        Memory.copy(frame, copy, 256);
        return copy;
    }

    /// Takes a copy, because forwarding rewrites the frame where it lies.
    private void take(long frame, int length, int port) {
        Memory.copy(frame, scratch, Frame.VNET_BYTES + length);
        lengths[0] = length;
        forwarder.take(batch, lengths, 1, port, Mode.ACTIVE, now);
    }
}
