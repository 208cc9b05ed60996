package holdfast.forward;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.Configuration;
import holdfast.conf.Ipv4;
import holdfast.conf.Ipvs;
import holdfast.conf.MarkRule;
import holdfast.conn.FlowHash;
import holdfast.linux.Memory;
import holdfast.packet.Frame;
import holdfast.packet.Mac;
import holdfast.packet.TestPacket;
import holdfast.table.Counter;
import holdfast.table.Replica;
import holdfast.table.Tables;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// One worker's forwarder and tables between two links, without rings or threads: frames enter by [#take], and sent
/// frames are recorded with all their bytes. After each frame it checks that exactly one counter shows its fate.
///
///     client 198.51.100.7 --- gateway 192.0.2.254 --- [port 0] director [port 1] --- 10.0.0.11, .12, .13
final class TestDirector implements AutoCloseable {
    static final int CLIENT = ip("198.51.100.7");
    static final int VIP = ip("192.0.2.10");
    static final int INNER = ip("10.0.0.1"); // an owned address of the other link
    static final int REAL = ip("10.0.0.11");
    static final int REAL2 = ip("10.0.0.12");
    static final int SILENT_REAL = ip("10.0.0.13"); // nobody knows its MAC
    static final int UNROUTED = ip("172.16.0.1");
    static final long WAN_MAC = TestPacket.DIRECTOR_MAC;
    static final long LAN_MAC = 0x02_00_00_00_00_02L;
    static final long GATEWAY_MAC = 0x02_00_00_00_00_fdL;
    static final long REAL_MAC = 0x02_00_00_00_0a_0bL;
    static final long REAL2_MAC = 0x02_00_00_00_0a_0cL;
    static final int WAN = 0;
    static final int LAN = 1;
    static final int SYN = 0x02;
    static final int ACK = 0x10;
    static final int SYN_ACK = 0x12;
    static final int FIN_ACK = 0x11;
    static final int RST = 0x04;
    static final long SECOND = 1_000_000_000L;

    private static final int MTU = 1500;
    private static final int GATEWAY = ip("192.0.2.254");
    private static final List<Counter> NOT_TERMINAL = List.of(
            Counter.FORWARDED_BYTES,
            Counter.SENT_ICMP_ERROR,
            Counter.SUPPRESSED_ICMP_ERROR,
            Counter.SENT_RESET,
            Counter.SUPPRESSED_RESET,
            Counter.EVICTED_HALF_OPEN,
            Counter.EVICTED_CLOSING,
            Counter.EVICTED_TEMPLATE,
            Counter.EVICTED_BY_DEFENCE,
            Counter.LOST_DELTA);

    final Tables tables;
    final Forwarder forwarder;
    final Replica replica;
    final ProbeQueue probes = new ProbeQueue();
    final List<Sent> sent = new ArrayList<>();
    final List<Conflict> conflicts = new ArrayList<>();
    Mode mode = Mode.ACTIVE;
    Ipvs ipvs = Ipvs.DEFAULT;
    List<MarkRule> marks = List.of();
    long now = 1000 * SECOND;

    private final Arena memory = Arena.ofConfined();
    private Links links = new Links(List.of(
            new Links.Link("wan", 11, WAN_MAC, MTU, ip("192.0.2.2")),
            new Links.Link("lan", 12, LAN_MAC, MTU, ip("10.0.0.2"))));
    private NextHops hops = hops();

    /// A sent frame, with its `virtio_net_hdr`.
    record Sent(int port, byte[] bytes) {}

    /// A stranger who claimed an owned address.
    record Conflict(int address, long mac, int port) {}

    TestDirector(Configuration.Service... services) {
        this(new Configuration.Datapath(64, 64, 0, false), services);
    }

    TestDirector(Configuration.Datapath limits, Configuration.Service... services) {
        this(limits, 1024, services);
    }

    /// @param ringRecords  of its ring of changes
    TestDirector(Configuration.Datapath limits, int ringRecords, Configuration.Service... services) {
        tables = new Tables(limits, true, new FlowHash(5, 6), new FlowHash(7, 8), now, memory, ringRecords);
        replica = new Replica(tables, 1024);
        configure(services);
        tables.promote(1, now);
        forwarder = new Forwarder(
                tables,
                links,
                new OwnedAddresses(List.of(new OwnedAddresses.Owned(VIP, WAN), new OwnedAddresses.Owned(INNER, LAN))),
                probes,
                (port, address, length) ->
                        sent.add(new Sent(port, TestPacket.load(address, Frame.VNET_BYTES + length))),
                (address, mac, port) -> conflicts.add(new Conflict(address, mac, port)));
        nextHops(hops());
    }

    /// Goes over to other ways, and gives what left because it had waited for them.
    List<Sent> nextHops(NextHops now) {
        sent.clear();
        hops = now;
        forwarder.follow(new Network(links, hops));
        return List.copyOf(sent);
    }

    /// Goes over to another inner link.
    void lan(Links.Link now) {
        links = new Links(List.of(links.at(WAN), now));
        forwarder.follow(new Network(links, hops));
    }

    /// Goes over to another configuration.
    void configure(Configuration.Service... services) {
        tables.configure(ipvs, marks, List.of(services), now);
    }

    static NextHops hops() {
        return new NextHops(
                List.of(
                        new NextHops.Route(ip("198.51.100.0"), 24, GATEWAY, WAN, 0),
                        new NextHops.Route(ip("192.0.2.0"), 24, 0, WAN, 0),
                        new NextHops.Route(ip("10.0.0.0"), 24, 0, LAN, 0)),
                List.of(
                        new NextHops.Neighbour(WAN, GATEWAY, GATEWAY_MAC),
                        new NextHops.Neighbour(LAN, REAL, REAL_MAC),
                        new NextHops.Neighbour(LAN, REAL2, REAL2_MAC)));
    }

    /// Applies all that has arrived in the stream, in as many turns as that takes.
    void replicate() {
        int done;
        do {
            done = replica.apply(now, 1024);
        } while (done > 0);
    }

    /// Nobody follows: makes room in the ring of changes.
    void forgetChanges() {
        var ring = tables.changes().ring();
        while (ring.peek() != null) {
            ring.release();
        }
    }

    /// The stream to those who follow is more than half full.
    void crowd() {
        while (!tables.changes().isCrowded()) {
            tables.changes().checkpoint(now);
        }
    }

    /// Whether entries of a forgotten real server are left.
    boolean isSweeping() {
        var reals = tables.reals();
        return IntStream.range(0, reals.size())
                .anyMatch(id ->
                        reals.isForgotten(id) && reals.active(id) + reals.inactive(id) + reals.persistent(id) > 0);
    }

    /// Takes one frame that came in by a port and gives what left because of it.
    List<Sent> take(int port, long frame) {
        return take(port, frame, TestPacket.length(frame));
    }

    /// Likewise where more than one counter says what became of it and of others.
    List<Sent> take(int port, long frame, List<Counter> ends) {
        sent.clear();
        var before = counts();
        forwarder.take(new long[] {frame}, new int[] {TestPacket.length(frame)}, 1, port, mode, now);
        assertThat(grown(before)).containsExactlyElementsOf(ends);
        return List.copyOf(sent);
    }

    List<Sent> take(int port, long frame, int length) {
        sent.clear();
        var before = counts();
        forwarder.take(new long[] {frame}, new int[] {length}, 1, port, mode, now);
        assertThat(grown(before)).as("the one counter that this frame ends in").hasSize(1);
        return List.copyOf(sent);
    }

    /// Takes a frame that must end in this counter.
    List<Sent> take(int port, long frame, Counter end) {
        var before = counts();
        var left = take(port, frame);
        assertThat(grown(before)).containsExactly(end);
        return left;
    }

    /// Lets time pass and gives what left because a wait was over.
    List<Sent> pass(long nanos) {
        sent.clear();
        now += nanos;
        forwarder.tend(now);
        return List.copyOf(sent);
    }

    /// A TCP segment of the client to the VIP, addressed to the director.
    List<Sent> client(int clientPort, int flags, Counter end) {
        return take(WAN, TestPacket.flow(Frame.TCP, CLIENT, clientPort, VIP, 80, flags, ""), end);
    }

    /// A TCP segment of a real server to the client, addressed to the director.
    List<Sent> reply(int real, int realPort, int clientPort, int flags, Counter end) {
        return take(LAN, toLan(TestPacket.flow(Frame.TCP, real, realPort, CLIENT, clientPort, flags, "")), end);
    }

    /// Opens a connection of the client from this port, until it is established.
    int connect(int clientPort) {
        var syn = client(clientPort, SYN, Counter.FORWARDED_TO_SERVER);
        int real = destination(syn.getFirst());
        int realPort = destinationPort(syn.getFirst());
        reply(real, realPort, clientPort, SYN_ACK, Counter.FORWARDED_TO_CLIENT);
        client(clientPort, ACK, Counter.FORWARDED_TO_SERVER);
        return real;
    }

    /// Readdresses a frame to the director's inner port.
    static long toLan(long frame) {
        Mac.store(frame + Frame.VNET_BYTES, LAN_MAC);
        return frame;
    }

    /// Checks every byte of an ICMP error out of the outer port.
    static void assertError(TestDirector.Sent error, int type, int code, int mtu, int from, long offending) {
        assertThat(error.port()).isEqualTo(WAN);
        var quoted = TestPacket.load(offending + 24, Math.min(TestPacket.length(offending) - 14, 528));
        var expected = ByteBuffer.allocate(24 + 28 + quoted.length);
        expected.put(new byte[10]);
        putMac(expected, TestPacket.CLIENT_MAC);
        putMac(expected, WAN_MAC);
        expected.putShort((short) 0x800);
        expected.putShort((short) 0x45c0).putShort((short) (28 + quoted.length)).putInt(0);
        expected.put((byte) 64).put((byte) 1).putShort((short) 0).putInt(from).putInt(CLIENT);
        expected.put((byte) type)
                .put((byte) code)
                .putShort((short) 0)
                .putInt(mtu)
                .put(quoted);
        byte[] bytes = expected.array();
        expected.putShort(34, (short) ~TestPacket.sum(bytes, 24, 20));
        expected.putShort(46, (short) ~TestPacket.sum(bytes, 44, 8 + quoted.length));
        assertThat(error.bytes()).isEqualTo(bytes);
    }

    static void putMac(ByteBuffer to, long mac) {
        to.putShort((short) (mac >>> 32)).putInt((int) mac);
    }

    static int destination(Sent frame) {
        return (int) number(frame, Frame.VNET_BYTES + 14 + 16, 4);
    }

    static int destinationPort(Sent frame) {
        return (int) number(frame, Frame.VNET_BYTES + 14 + 20 + 2, 2);
    }

    static int source(Sent frame) {
        return (int) number(frame, Frame.VNET_BYTES + 14 + 12, 4);
    }

    static int sourcePort(Sent frame) {
        return (int) number(frame, Frame.VNET_BYTES + 14 + 20, 2);
    }

    static long number(Sent frame, int at, int bytes) {
        long value = 0;
        for (int i = at; i < at + bytes; i++) {
            value = value << 8 | (frame.bytes[i] & 0xff);
        }
        return value;
    }

    /// The bytes of a frame as it must leave: with these MACs, one hop less and a header sum computed anew.
    static byte[] forwarded(long frame, long sourceMac, long destinationMac) {
        Mac.store(frame + Frame.VNET_BYTES, destinationMac);
        Mac.store(frame + Frame.VNET_BYTES + 6, sourceMac);
        Memory.putByte(frame + 24 + 8, (byte) (Memory.getByte(frame + 24 + 8) - 1));
        return TestPacket.load(summed(frame), Frame.VNET_BYTES + TestPacket.length(frame));
    }

    /// The same frame with its IPv4 header sum computed the slow way.
    static long summed(long frame) {
        Memory.putShort(frame + 24 + 10, (short) 0);
        Memory.putShortBe(frame + 24 + 10, (short) ~TestPacket.sum(TestPacket.load(frame + 24, 20), 0, 20));
        return frame;
    }

    /// The same frame with another byte in its IPv4 header.
    static long with(long frame, int ipOffset, int value) {
        Memory.putByte(frame + 24 + ipOffset, (byte) value);
        return summed(frame);
    }

    int state(int clientPort) {
        int slot = tables.connections().find(Frame.TCP, CLIENT, clientPort, VIP, 80);
        return tables.connections().view().at(slot).state();
    }

    boolean knows(int clientPort) {
        return tables.connections().find(Frame.TCP, CLIENT, clientPort, VIP, 80) >= 0;
    }

    long count(Counter counter) {
        return tables.counters().value(counter);
    }

    private long[] counts() {
        return Arrays.stream(Counter.values()).mapToLong(this::count).toArray();
    }

    /// The terminal counters that grew by one; one that grew by more stands here as often.
    private List<Counter> grown(long[] before) {
        var grown = new ArrayList<Counter>();
        for (var counter : Counter.values()) {
            for (long more = count(counter) - before[counter.ordinal()];
                    more > 0 && !NOT_TERMINAL.contains(counter);
                    more--) {
                grown.add(counter);
            }
        }
        return grown;
    }

    static int ip(String text) {
        return Ipv4.of(text).bits();
    }

    @Override
    public void close() {
        probes.close();
        memory.close();
    }
}
