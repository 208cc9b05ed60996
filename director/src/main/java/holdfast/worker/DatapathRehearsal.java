package holdfast.worker;

import static holdfast.worker.RehearsedFrames.ACK;
import static holdfast.worker.RehearsedFrames.FIN_ACK;
import static holdfast.worker.RehearsedFrames.RST;
import static holdfast.worker.RehearsedFrames.SYN;
import static holdfast.worker.RehearsedFrames.SYN_ACK;

import holdfast.conf.Configuration;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.Ipv4;
import holdfast.conf.Ipvs;
import holdfast.conf.MarkRule;
import holdfast.conf.PersistenceEngine;
import holdfast.conf.Protocol;
import holdfast.conf.RearmPolicy;
import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;
import holdfast.conn.ConnTable;
import holdfast.conn.FlowHash;
import holdfast.forward.Egress;
import holdfast.forward.Forwarder;
import holdfast.forward.Lease;
import holdfast.forward.Links;
import holdfast.forward.Network;
import holdfast.forward.NextHops;
import holdfast.forward.OwnedAddresses;
import holdfast.forward.ProbeQueue;
import holdfast.forward.Waiting;
import holdfast.linux.Clock;
import holdfast.linux.Memory;
import holdfast.packet.Frame;
import holdfast.packet.Mac;
import holdfast.persist.TemplateTable;
import holdfast.sync.Equality;
import holdfast.table.Tables;
import holdfast.worker.RehearsedFrames.End;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A throw-away datapath without ports or thread that takes frames of every kind, so that the JVM loads and compiles
/// the code of the real one before anything depends on it.
///
/// Its output is discarded. Two of them with a sync between them are a pair. Only the thread that made it uses it.
public final class DatapathRehearsal implements AutoCloseable {
    private static final int ENTRIES_MAX = 1024;
    private static final int RING_RECORDS = 1 << 12;
    private static final int BUFFER_BYTES = 4096;

    private static final int VIP = ip("192.0.2.10");
    private static final int CLIENT = ip("198.51.100.7");
    private static final int BUSY_CLIENT = ip("198.51.100.8");
    private static final int GATEWAY = ip("192.0.2.254");
    private static final int REAL = ip("10.0.0.11");
    private static final int SILENT_REAL = ip("10.0.0.13");
    private static final int UNROUTED_REAL = ip("172.16.0.1");
    private static final int WAN = 0;
    private static final int LAN = 1;
    private static final long[] MACS = {0x02_00_00_00_00_01L, 0x02_00_00_00_00_02L};
    private static final int MARK = 7;
    private static final int REAL_PORT = 8080;
    private static final int FIRST_SCHEDULED_PORT = 1000;

    /// A frame and its ingress link.
    private record Step(int link, byte[] frame) {}

    private final Arena arena = Arena.ofConfined();
    private final ProbeQueue probes = new ProbeQueue();
    private final Lease lease = new Lease();
    private final Tables tables;
    private final Worker worker;
    private final Forwarder forwarder;
    private final List<Step> script;
    private final long buffer;
    private final long[] addresses = new long[1];
    private final int[] lengths = new int[1];
    private final long[] sent = new long[3];

    public DatapathRehearsal() {
        long now = Clock.monotonic();
        var limits = new Configuration.Datapath(ENTRIES_MAX, ENTRIES_MAX, 0, false);
        tables = new Tables(
                limits, true, new FlowHash(5, 6), new FlowHash(7, 8), now, this::untouchedMemory, RING_RECORDS);
        tables.configure(Ipvs.DEFAULT, marks(), services(), now);
        var owned = new OwnedAddresses(List.of(new OwnedAddresses.Owned(VIP, WAN)));
        worker = new Worker(tables, new Links(List.of()), owned, lease, 0, probes, new NobodyListens(), RING_RECORDS);
        var links = new Links(List.of(
                new Links.Link("wan", 1, MACS[WAN], 1500, ip("192.0.2.2")),
                new Links.Link("lan", 2, MACS[LAN], 1500, ip("10.0.0.2"))));
        forwarder = new Forwarder(tables, links, owned, probes, new Ways(), (_, _, _) -> {});
        forwarder.follow(new Network(links, hops()));
        forwarder.relayTo(MACS);
        script = script();
        buffer = untouchedMemory(BUFFER_BYTES, 1).address();
    }

    /// The group of the worker, to be commanded as a real one; it obeys in [#turn].
    public GroupDatapath group() {
        return worker.group();
    }

    /// One turn of the worker's loop.
    public void turn() {
        worker.turn(Clock.monotonic());
    }

    /// Takes each frame once, as the worker's mode requires.
    public void takeFrames() {
        long now = Clock.monotonic();
        for (var step : script) {
            Memory.put(buffer, step.frame());
            Mac.store(buffer + Frame.VNET_BYTES, MACS[step.link()]);
            addresses[0] = buffer;
            lengths[0] = step.frame().length - Frame.VNET_BYTES;
            forwarder.take(addresses, lengths, 1, step.link(), worker.group().mode(), now);
        }
        forwarder.tend(now + Waiting.WAIT_NS);
        probes.drain(_ -> {});
    }

    /// Removes all entries of the tables, so that the next frames find them empty.
    public void endAll() {
        long now = Clock.monotonic();
        for (int slot = tables.connections().next(0);
                slot != ConnTable.MISSING;
                slot = tables.connections().next(slot + 1)) {
            tables.end(slot, true, now);
        }
        for (int slot = tables.templates().next(0);
                slot != TemplateTable.MISSING;
                slot = tables.templates().next(slot + 1)) {
            tables.dropTemplate(slot, now);
        }
    }

    /// Frames sent, by kind of egress.
    long[] sent() {
        return sent.clone();
    }

    /// Three kinds of egress in turn: a compiler that has seen only one kind would optimise for it, and have to
    /// recompile at the first real packet.
    private final class Ways implements Egress {
        private final Egress[] ways = {
            (_, _, _) -> sent[0]++, (_, _, _) -> sent[1]++, (_, _, _) -> sent[2]++,
        };
        private int turn;

        @Override
        public void send(int link, long address, int length) {
            turn = (turn + 1) % ways.length;
            ways[turn].send(link, address, length);
        }
    }

    private static final class NobodyListens implements GroupDatapath.Listener {
        @Override
        public void held(long version) {}

        @Override
        public void compared(Equality equality, long applied) {}
    }

    private MemorySegment untouchedMemory(long bytes, long alignment) {
        long address = Memory.allocate(bytes);
        return MemorySegment.ofAddress(address).reinterpret(bytes, arena, _ -> Memory.free(address, bytes));
    }

    @Override
    public void close() {
        worker.close();
        probes.close();
        arena.close();
    }

    // ---- what is configured

    private static List<MarkRule> marks() {
        return List.of(new MarkRule(
                MARK,
                Optional.empty(),
                Optional.empty(),
                Optional.of(Protocol.TCP),
                List.of(),
                List.of(new MarkRule.PortRange(443, 444)),
                Optional.empty()));
    }

    private static List<Configuration.Service> services() {
        var nat = real(REAL, ForwardingMethod.NAT, REAL_PORT, 1);
        var direct = real(REAL, ForwardingMethod.DR, 81, 1);
        var services = new ArrayList<>(List.of(
                service(Protocol.TCP, 80, sticky(RearmPolicy.IPVS), nat),
                service(Protocol.TCP, 81, sticky(RearmPolicy.FROM_LAST_CLOSE), direct),
                service(Protocol.UDP, 7, sticky(RearmPolicy.EACH_CONNECTION), nat),
                service(Protocol.UDP, 500, Optional.empty(), nat),
                service(Protocol.SCTP, 9, sticky(RearmPolicy.PERSISTENCE_TIMEOUT), nat),
                service(Protocol.TCP, 82, Optional.empty(), real(REAL, ForwardingMethod.NAT, REAL_PORT, 0)),
                service(Protocol.TCP, 84, Optional.empty(), real(SILENT_REAL, ForwardingMethod.NAT, 84, 1)),
                service(Protocol.TCP, 85, Optional.empty(), real(UNROUTED_REAL, ForwardingMethod.NAT, 85, 1)),
                service(Protocol.UDP, 5060, Optional.of(calls()), nat)));
        var key = new ServiceKey(Protocol.TCP, new Ipv4(VIP), 83);
        var limit = Optional.of(new Configuration.ClientLimit(1, 0));
        services.add(new Configuration.Service(
                key, SchedulerName.WLC, Set.of(), Optional.empty(), false, limit, List.of(nat)));
        var once = new ServiceKey(Protocol.UDP, new Ipv4(VIP), 53);
        services.add(new Configuration.Service(
                once, SchedulerName.RR, Set.of(), Optional.empty(), true, Optional.empty(), List.of(nat)));
        services.add(new Configuration.Service(
                ServiceKey.ofMark(MARK),
                SchedulerName.WLC,
                sticky(RearmPolicy.IPVS),
                List.of(real(REAL, ForwardingMethod.DR, 0, 1))));
        for (var scheduler : SchedulerName.values()) {
            services.add(new Configuration.Service(
                    new ServiceKey(Protocol.TCP, new Ipv4(VIP), FIRST_SCHEDULED_PORT + scheduler.ordinal()),
                    scheduler,
                    Optional.empty(),
                    List.of(nat, real(REAL, ForwardingMethod.NAT, REAL_PORT + 1, 1))));
        }
        return services;
    }

    private static Configuration.Service service(
            Protocol protocol,
            int port,
            Optional<Configuration.Persistence> persistence,
            Configuration.RealServer real) {
        return new Configuration.Service(
                new ServiceKey(protocol, new Ipv4(VIP), port), SchedulerName.WLC, persistence, List.of(real));
    }

    private static Optional<Configuration.Persistence> sticky(RearmPolicy rearm) {
        return Optional.of(new Configuration.Persistence(300, -1, rearm, Optional.empty()));
    }

    private static Configuration.Persistence calls() {
        return new Configuration.Persistence(300, -1, RearmPolicy.IPVS, Optional.of(PersistenceEngine.SIP));
    }

    private static Configuration.RealServer real(int address, ForwardingMethod method, int port, int weight) {
        return new Configuration.RealServer(new Ipv4(address), port, weight, method);
    }

    private static NextHops hops() {
        return new NextHops(
                List.of(
                        new NextHops.Route(ip("198.51.100.0"), 24, GATEWAY, WAN, 0),
                        new NextHops.Route(ip("192.0.2.0"), 24, 0, WAN, 0),
                        new NextHops.Route(ip("10.0.0.0"), 24, 0, LAN, 0)),
                List.of(
                        new NextHops.Neighbour(WAN, GATEWAY, 0x02_00_00_00_00_fdL),
                        new NextHops.Neighbour(LAN, REAL, 0x02_00_00_00_0a_0bL)));
    }

    // ---- what comes in

    /// Every kind of frame, in an order in which each finds what it needs.
    private static List<Step> script() {
        var script = new ArrayList<Step>();
        natConnection(script, end(40_000), end(VIP, 80));
        directConnection(script, end(40_001), end(VIP, 81));
        directConnection(script, end(40_002), end(VIP, 443));
        datagrams(script);
        associations(script);
        refusals(script);
        for (int scheduler = 0; scheduler < SchedulerName.values().length; scheduler++) {
            fromClient(script, RehearsedFrames.tcp(end(41_000), end(VIP, FIRST_SCHEDULED_PORT + scheduler), SYN));
        }
        fromClient(script, RehearsedFrames.arpRequest(GATEWAY, VIP));
        fromClient(script, RehearsedFrames.arpRequest(GATEWAY, GATEWAY));
        fromClient(script, RehearsedFrames.echo(CLIENT, VIP));
        fromClient(script, RehearsedFrames.other());
        return List.copyOf(script);
    }

    private static void natConnection(List<Step> script, End client, End service) {
        var server = end(REAL, REAL_PORT);
        fromClient(script, RehearsedFrames.tcp(client, service, SYN));
        fromServer(script, RehearsedFrames.tcp(server, client, SYN_ACK));
        fromClient(script, RehearsedFrames.tcp(client, service, ACK));
        fromClient(script, RehearsedFrames.superFrame(client, service));
        fromServer(script, RehearsedFrames.superFrame(server, client));
        fromClient(script, RehearsedFrames.icmpError(GATEWAY, RehearsedFrames.tcp(service, client, ACK)));
        fromServer(script, RehearsedFrames.icmpError(REAL, RehearsedFrames.tcp(client, server, ACK)));
        fromClient(script, RehearsedFrames.tcp(client, service, FIN_ACK));
        fromServer(script, RehearsedFrames.tcp(server, client, FIN_ACK));
        fromClient(script, RehearsedFrames.tcp(end(40_003), service, SYN));
        fromServer(script, RehearsedFrames.tcp(server, end(40_003), RST));
    }

    private static void directConnection(List<Step> script, End client, End service) {
        for (int flags : new int[] {SYN, ACK, ACK, FIN_ACK, RST}) {
            fromClient(script, RehearsedFrames.tcp(client, service, flags));
        }
    }

    private static void datagrams(List<Step> script) {
        var client = end(40_004);
        var server = end(REAL, REAL_PORT);
        fromClient(script, RehearsedFrames.udp(client, end(VIP, 7), "hello"));
        fromServer(script, RehearsedFrames.udp(server, client, "hello"));
        fromClient(script, RehearsedFrames.udp(end(40_005), end(VIP, 53), "once"));
        fromClient(
                script, RehearsedFrames.udp(end(5060), end(VIP, 5060), "INVITE sip:a SIP/2.0\r\nCall-ID: 7@a\r\n\r\n"));
        fromClient(script, RehearsedFrames.udp(end(5061), end(VIP, 5060), "INVITE sip:a SIP/2.0\r\n\r\n"));
        fromClient(script, RehearsedFrames.udp(end(500), end(VIP, 500), "keys"));
        fromClient(script, RehearsedFrames.ipsec(CLIENT, VIP));
        for (byte[] fragment : RehearsedFrames.fragments(client, end(VIP, 7))) {
            fromClient(script, fragment);
        }
        for (byte[] fragment : RehearsedFrames.fragments(server, client)) {
            fromServer(script, fragment);
        }
        fromClient(script, RehearsedFrames.fragments(end(BUSY_CLIENT, 1), end(VIP, 7))[1]);
    }

    private static void associations(List<Step> script) {
        var client = end(40_006);
        var server = end(REAL, REAL_PORT);
        fromClient(script, RehearsedFrames.sctp(client, end(VIP, 9), 1));
        fromServer(script, RehearsedFrames.sctp(server, client, 2));
        fromClient(script, RehearsedFrames.sctp(client, end(VIP, 9), 10));
        fromServer(script, RehearsedFrames.sctp(server, client, 11));
        fromClient(script, RehearsedFrames.sctp(client, end(VIP, 9), 0));
        fromClient(script, RehearsedFrames.sctp(client, end(VIP, 9), 6));
    }

    private static void refusals(List<Step> script) {
        var syn = RehearsedFrames.tcp(end(40_007), end(VIP, 80), SYN);
        fromClient(script, RehearsedFrames.dying(syn));
        fromClient(script, RehearsedFrames.tooBig(syn));
        fromClient(script, RehearsedFrames.malformed(syn));
        fromClient(script, RehearsedFrames.tcp(end(40_008), end(VIP, 80), ACK));
        for (int port = 82; port <= 86; port++) { // 86 has no service
            fromClient(script, RehearsedFrames.tcp(end(40_009), end(VIP, port), SYN));
        }
        fromClient(script, RehearsedFrames.tcp(end(40_010), end(VIP, 83), SYN));
        fromServer(script, RehearsedFrames.tcp(end(REAL, 22), end(40_011), ACK));
    }

    private static End end(int clientPort) {
        return end(CLIENT, clientPort);
    }

    private static End end(int address, int port) {
        return new End(address, port);
    }

    private static void fromClient(List<Step> script, byte[] frame) {
        script.add(new Step(WAN, frame));
    }

    private static void fromServer(List<Step> script, byte[] frame) {
        script.add(new Step(LAN, frame));
    }

    private static int ip(String text) {
        return Ipv4.of(text).bits();
    }
}
