package holdfast.forward;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.Configuration;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.Ipvs;
import holdfast.conf.Refusal;
import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;
import holdfast.linux.Memory;
import holdfast.model.ModelDirector;
import holdfast.model.Packet;
import holdfast.model.Verdict;
import holdfast.packet.Frame;
import holdfast.packet.TestPacket;
import holdfast.table.Counter;
import holdfast.testing.Walks;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/// The engine and the model side by side: each operation is done to both, with real packets for the engine. After each
/// one, the sent packets, the counters and the whole state must be equal.
final class EngineUnderTest implements Walks.Subject<EngineWalk> {
    private static final long MS = 1_000_000;

    private static final int CONNECTIONS_MAX = 4000; // never full: who makes room then is up to lots

    private static final long SCRATCH = Memory.allocate(1 << 12);

    private final TestDirector engine;
    private final ModelDirector model;
    private final Map<ServiceKey, Configuration.Service> services = new LinkedHashMap<>();
    private final Set<Integer> silent = new HashSet<>();
    private Ipvs ipvs = Ipvs.DEFAULT;
    private int configurations;

    EngineUnderTest(SplittableRandom random) {
        engine = new TestDirector(new Configuration.Datapath(
                CONNECTIONS_MAX, CONNECTIONS_MAX, 0, false, false, Refusal.ALWAYS, Refusal.ALWAYS));
        engine.nextHops(hops());
        model = new ModelDirector(CONNECTIONS_MAX);
        var lots = new EngineLots(random);
        for (var key : EngineWalk.SERVICES) {
            apply(lots.service(key));
            apply(lots.real(key));
            apply(lots.real(key));
        }
    }

    private NextHops hops() {
        var neighbours = new ArrayList<NextHops.Neighbour>();
        neighbours.add(new NextHops.Neighbour(TestDirector.WAN, gateway(), TestDirector.GATEWAY_MAC));
        for (int real : EngineWalk.REALS) {
            if (!silent.contains(real)) {
                neighbours.add(new NextHops.Neighbour(TestDirector.LAN, real, macOf(real)));
            }
        }
        return new NextHops(
                List.of(
                        new NextHops.Route(TestDirector.ip("198.51.100.0"), 24, gateway(), TestDirector.WAN, 0),
                        new NextHops.Route(TestDirector.ip("10.0.0.0"), 24, 0, TestDirector.LAN, 0)),
                neighbours);
    }

    private static int gateway() {
        return TestDirector.ip("192.0.2.254");
    }

    private static long macOf(int real) {
        return 0x02_00_00_00_00_00L | (real & 0xff) << 8;
    }

    @Override
    public void apply(EngineWalk operation) {
        switch (operation) {
            case EngineWalk.FromClient p ->
                fromClient(new Packet(
                        p.protocol(),
                        p.client(),
                        p.clientPort(),
                        p.vip(),
                        p.port(),
                        flags(p.protocol(), p.flags()),
                        chunks(p.protocol(), p.chunks()),
                        "wan",
                        0));
            case EngineWalk.Along a ->
                some(a.which())
                        .ifPresent(conn -> fromClient(new Packet(
                                conn.key.protocol(),
                                conn.key.client(),
                                conn.key.clientPort(),
                                conn.key.virtualAddress(),
                                conn.key.virtualPort(),
                                flags(conn.key.protocol(), a.flags()),
                                chunks(conn.key.protocol(), a.chunks()),
                                "wan",
                                0)));
            case EngineWalk.Reply r ->
                some(r.which()).ifPresent(conn -> {
                    boolean isNat = conn.method == ForwardingMethod.NAT;
                    fromServer(new Packet(
                            conn.key.protocol(),
                            isNat ? conn.dest.address() : conn.key.virtualAddress(),
                            isNat ? conn.realPort : conn.key.virtualPort(),
                            conn.key.client(),
                            conn.key.clientPort(),
                            flags(conn.key.protocol(), r.flags()),
                            chunks(conn.key.protocol(), r.chunks()),
                            "lan",
                            0));
                });
            case EngineWalk.FromServer p ->
                fromServer(new Packet(
                        p.protocol(),
                        p.real(),
                        p.port(),
                        p.client(),
                        p.clientPort(),
                        flags(p.protocol(), p.flags()),
                        chunks(p.protocol(), List.of(0)),
                        "lan",
                        0));
            case EngineWalk.IcmpError e -> some(e.which()).ifPresent(conn -> error(conn, e.type(), e.isInbound()));
            case EngineWalk.Wait w -> waitUntil(engine.now + w.seconds() * TestDirector.SECOND);
            case EngineWalk.WaitForNextEnd _ -> {
                long next = model.nextExpiry();
                if (next != Long.MAX_VALUE) {
                    waitUntil(next * MS + TestDirector.SECOND);
                }
            }
            case EngineWalk.SetService s -> setService(s);
            case EngineWalk.SetReal r -> setReal(r);
            case EngineWalk.SetWay w -> {
                if (w.isKnown()) {
                    silent.remove(w.real());
                } else {
                    silent.add(w.real());
                }
                var released = model.silent(silent);
                var sent = engine.nextHops(hops());
                assertThat(sent).hasSameSizeAs(released);
                for (int i = 0; i < sent.size(); i++) {
                    compare(
                            released.get(i).then(),
                            List.of(sent.get(i)),
                            released.get(i).original());
                }
            }
            case EngineWalk.SetIpvs s -> {
                ipvs = s.ipvs();
                configure();
            }
        }
        compare();
    }

    private static int flags(int protocol, int flags) {
        return protocol == Frame.TCP ? flags : 0;
    }

    private static List<Integer> chunks(int protocol, List<Integer> chunks) {
        return protocol == Packet.SCTP ? chunks : List.of();
    }

    private Optional<holdfast.model.Conn> some(int which) {
        int size = model.conns().size();
        return size == 0
                ? Optional.empty()
                : model.conns().stream().skip(which % size).findFirst();
    }

    // ---- packets

    private void fromClient(Packet packet) {
        long frame = frame(packet);
        var verdict = model.inbound(sized(packet, frame), nowMs());
        compare(verdict, engine.take(TestDirector.WAN, frame, ends(verdict)), packet);
    }

    private void fromServer(Packet packet) {
        if (model.repliesTo(packet).size() > 1) {
            return; // NAT makes them alike, and either may be meant (IPVS-REF 4.1)
        }
        sweep(); // until then a reply of a removed real server still passes
        long frame = TestDirector.toLan(frame(packet));
        var verdict = model.outbound(sized(packet, frame), nowMs());
        compare(verdict, engine.take(TestDirector.LAN, frame, ends(verdict)), packet);
    }

    /// An error about what the connection's real server sent, which the client got from the virtual service; or about
    /// what the client sent, as the real server got it.
    private void error(holdfast.model.Conn conn, int type, boolean isInbound) {
        var key = conn.key;
        boolean isNat = conn.method == ForwardingMethod.NAT;
        if (isInbound) {
            var quoted =
                    packet(key.protocol(), key.virtualAddress(), key.virtualPort(), key.client(), key.clientPort());
            long frame = TestPacket.icmpError(type, 4, key.client(), key.virtualAddress(), frame(quoted));
            var verdict = model.inboundError(type, quoted, TestPacket.length(frame) - 14, nowMs());
            compare(verdict, engine.take(TestDirector.WAN, frame, ends(verdict)), quoted);
        } else {
            int to = isNat ? conn.dest.address() : key.virtualAddress();
            int port = isNat ? conn.realPort : key.virtualPort();
            var quoted = packet(key.protocol(), key.client(), key.clientPort(), to, port);
            if (model.repliesTo(packet(key.protocol(), to, port, key.client(), key.clientPort()))
                            .size()
                    > 1) {
                return;
            }
            long frame =
                    TestDirector.toLan(TestPacket.icmpError(type, 4, conn.dest.address(), key.client(), frame(quoted)));
            var verdict = model.outboundError(type, quoted, TestPacket.length(frame) - 14);
            compare(verdict, engine.take(TestDirector.LAN, frame, ends(verdict)), quoted);
        }
    }

    private static Packet packet(int protocol, int source, int sourcePort, int destination, int destinationPort) {
        return new Packet(
                protocol, source, sourcePort, destination, destinationPort, 0, chunks(protocol, List.of(0)), "", 0);
    }

    private static long frame(Packet packet) {
        if (packet.protocol() == Packet.SCTP) {
            return TestPacket.sctp(
                    packet.source(),
                    packet.sourcePort(),
                    packet.destination(),
                    packet.destinationPort(),
                    packet.chunks().stream().mapToInt(Integer::intValue).toArray());
        }
        return TestPacket.flow(
                packet.protocol(),
                packet.source(),
                packet.sourcePort(),
                packet.destination(),
                packet.destinationPort(),
                packet.tcpFlags(),
                "");
    }

    private static Packet sized(Packet packet, long frame) {
        return new Packet(
                packet.protocol(),
                packet.source(),
                packet.sourcePort(),
                packet.destination(),
                packet.destinationPort(),
                packet.tcpFlags(),
                packet.chunks(),
                packet.link(),
                TestPacket.length(frame) - 14);
    }

    private static List<Counter> ends(Verdict verdict) {
        return verdict instanceof Verdict.Waits waits && waits.displaces()
                ? List.of(Counter.WAITED_FOR_NEIGHBOUR, Counter.DROPPED_NO_NEIGHBOUR)
                : List.of(end(verdict));
    }

    private static Counter end(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Waits _ -> Counter.WAITED_FOR_NEIGHBOUR;
            case Verdict.ToServer _ -> Counter.FORWARDED_TO_SERVER;
            case Verdict.ToClient _ -> Counter.FORWARDED_TO_CLIENT;
            case Verdict.NotOurs _ -> Counter.NOT_OURS;
            case Verdict.ErrorPassed _ -> Counter.FORWARDED_ICMP_ERROR;
            case Verdict.Dropped(var why) -> end(why);
            case Verdict.Refused(var why, var _) -> end(why);
        };
    }

    private static Counter end(Verdict.Why why) {
        return switch (why) {
            case NO_SERVICE -> Counter.DROPPED_NO_SERVICE;
            case NO_CONNECTION -> Counter.DROPPED_NO_CONNECTION;
            case NO_REAL_SERVER -> Counter.DROPPED_NO_REAL_SERVER;
            case REAL_SERVER_GONE -> Counter.DROPPED_REAL_SERVER_GONE;
            case SERVER_NO_CONNECTION -> Counter.DROPPED_SERVER_NO_CONNECTION;
            case DEFENCE -> Counter.DROPPED_BY_DEFENCE;
            case TABLE_FULL -> Counter.DROPPED_TABLE_FULL;
        };
    }

    private static void compare(Verdict verdict, List<TestDirector.Sent> sent, Packet packet) {
        sent.forEach(frame -> assertThat(hasRightSums(frame)).as("checksums").isTrue());
        switch (verdict) {
            case Verdict.ToServer(int address, int port, ForwardingMethod method) -> {
                assertThat(sent).hasSize(1);
                var frame = sent.getFirst();
                assertThat(mac(frame)).as("next hop").isEqualTo(macOf(address));
                assertThat(TestDirector.destination(frame))
                        .isEqualTo(method == ForwardingMethod.NAT ? address : packet.destination());
                assertThat(TestDirector.destinationPort(frame)).isEqualTo(port);
            }
            case Verdict.ToClient(int address, int port) -> {
                assertThat(sent).hasSize(1);
                var frame = sent.getFirst();
                assertThat(mac(frame)).isEqualTo(TestDirector.GATEWAY_MAC);
                assertThat(TestDirector.source(frame)).isEqualTo(address);
                assertThat(TestDirector.sourcePort(frame)).isEqualTo(port);
            }
            case Verdict.ErrorPassed e -> {
                assertThat(sent).hasSize(1);
                var frame = sent.getFirst();
                assertThat(mac(frame)).isEqualTo(e.nextHop() == 0 ? TestDirector.GATEWAY_MAC : macOf(e.nextHop()));
                compareQuoted(e, frame, packet);
            }
            case Verdict.Refused(var _, var answer) ->
                assertThat(sent)
                        .as("the rate limit may hold the answer back")
                        .hasSizeLessThanOrEqualTo(1)
                        .allMatch(frame -> is(answer, frame));
            case Verdict.Dropped _, Verdict.NotOurs _, Verdict.Waits _ ->
                assertThat(sent).isEmpty();
        }
    }

    /// What an error quotes: the packet as the one who gets the error knows it.
    private static void compareQuoted(Verdict.ErrorPassed error, TestDirector.Sent frame, Packet quoted) {
        boolean isToServer = error.nextHop() != 0;
        int address = isToServer ? quoted.source() : quoted.destination();
        int port = isToServer ? quoted.sourcePort() : quoted.destinationPort();
        int ip = Frame.VNET_BYTES + 14 + 28;
        assertThat((int) TestDirector.number(frame, ip + (isToServer ? 12 : 16), 4))
                .isEqualTo(error.isRewritten() ? error.address() : address);
        assertThat((int) TestDirector.number(frame, ip + 20 + (isToServer ? 0 : 2), 2))
                .isEqualTo(error.isRewritten() ? error.port() : port);
    }

    private static boolean hasRightSums(TestDirector.Sent frame) {
        TestPacket.store(SCRATCH, frame.bytes());
        boolean isSctp = TestDirector.number(frame, Frame.VNET_BYTES + 14 + 9, 1) == Frame.SCTP;
        return isSctp ? TestPacket.sctpSumIsRight(frame.bytes()) : TestPacket.sumsAreRight(SCRATCH);
    }

    private static long mac(TestDirector.Sent frame) {
        return TestDirector.number(frame, Frame.VNET_BYTES, 6);
    }

    private static boolean is(Verdict.Answer answer, TestDirector.Sent frame) {
        long protocol = TestDirector.number(frame, Frame.VNET_BYTES + 14 + 9, 1);
        long typeAndCode = TestDirector.number(frame, Frame.VNET_BYTES + 14 + 20, 2);
        return switch (answer) {
            case PORT_UNREACHABLE -> protocol == Frame.ICMP && typeAndCode == 0x0303;
            case PROTOCOL_UNREACHABLE -> protocol == Frame.ICMP && typeAndCode == 0x0302;
            case HOST_UNREACHABLE -> protocol == Frame.ICMP && typeAndCode == 0x0301;
            case RESET ->
                protocol == Frame.TCP
                        && (TestDirector.number(frame, Frame.VNET_BYTES + 14 + 33, 1) & TestDirector.RST) != 0;
        };
    }

    // ---- time

    /// Goes from one second on which something is due to the next. All happens on whole seconds, and so does what is
    /// due end a second late in both: a wheel knows nothing finer than its ticks.
    private void waitUntil(long until) {
        while (engine.now < until) {
            long next = model.nextExpiry() == Long.MAX_VALUE ? until : model.nextExpiry() * MS + TestDirector.SECOND;
            engine.now = Math.min(until, Math.max(next, engine.now + TestDirector.SECOND));
            engine.forgetChanges();
            engine.tables.turn(engine.now, Integer.MAX_VALUE);
            model.expire(nowMs());
            endWaits();
            giveUpAlike();
            compare();
        }
    }

    private void endWaits() {
        long before = engine.count(Counter.DROPPED_NO_NEIGHBOUR);
        var over = model.giveUp(nowMs());
        var sent = engine.pass(0);
        assertThat(engine.count(Counter.DROPPED_NO_NEIGHBOUR) - before).isEqualTo(over.size());
        assertThat(sent)
                .as("the rate limit may hold an answer back")
                .hasSizeLessThanOrEqualTo(
                        (int) over.stream().filter(each -> !each.isError()).count())
                .allMatch(frame -> is(Verdict.Answer.HOST_UNREACHABLE, frame));
    }

    /// What `drop_entry` gave up is a matter of lots: it must be something that may go, and goes from the model too.
    private void giveUpAlike() {
        if (ipvs.dropEntry() == 0) {
            return;
        }
        var left = Seen.conns(engine.tables);
        for (var conn : List.copyOf(model.conns())) {
            if (!left.containsKey(conn.key)) {
                assertThat(model.mayBeGivenUp(conn, nowMs()))
                        .as("may go: " + conn.key)
                        .isTrue();
                model.endByForce(conn, nowMs());
            }
        }
        var templates = new HashMap<>(Seen.templates(engine.tables));
        for (var template : List.copyOf(model.templates())) {
            var seen = Seen.of(template);
            if (templates.merge(seen, -1, Integer::sum) < 0) {
                assertThat(model.mayBeGivenUp(template, nowMs()))
                        .as("may go: " + seen)
                        .isTrue();
                model.remove(template);
            }
        }
    }

    private long nowMs() {
        return engine.now / MS;
    }

    // ---- configuration

    private void setService(EngineWalk.SetService wanted) {
        var before = services.get(wanted.key());
        if (!wanted.isThere()) {
            services.remove(wanted.key());
        } else {
            services.put(
                    wanted.key(),
                    new Configuration.Service(
                            wanted.key(),
                            SchedulerName.RR,
                            Set.of(),
                            wanted.persistence(),
                            wanted.ops(),
                            Optional.empty(),
                            before == null ? List.of() : before.realServers()));
        }
        configure();
    }

    private void setReal(EngineWalk.SetReal wanted) {
        var service = services.get(wanted.key());
        if (service == null) {
            return;
        }
        var reals = new ArrayList<>(service.realServers());
        var old = reals.stream()
                .filter(real -> real.address().bits() == wanted.address())
                .findFirst();
        if (old.isPresent()
                && wanted.isThere()
                && old.get().port() == wanted.real().port()) {
            reals.set(reals.indexOf(old.get()), wanted.real());
        } else {
            old.ifPresent(reals::remove);
            if (wanted.isThere()) {
                reals.add(wanted.real());
            }
        }
        services.put(
                wanted.key(),
                new Configuration.Service(
                        service.key(),
                        service.scheduler(),
                        service.flags(),
                        service.persistence(),
                        service.onePacket(),
                        service.clientLimit(),
                        reals));
        configure();
    }

    private void configure() {
        var wanted = List.copyOf(services.values());
        sweep();
        engine.tables.configure(ipvs, EngineWalk.MARKS, wanted, engine.now);
        if (ipvs.expireNodestConn() && ++configurations % 2 == 0) {
            engine.crowd(); // what is left of removed real servers stays for a while, and must be as if it were gone
            engine.tables.turn(engine.now, Integer.MAX_VALUE);
        } else {
            sweep();
        }
        model.configure(wanted, EngineWalk.MARKS, ipvs, nowMs());
    }

    private void sweep() {
        engine.forgetChanges();
        engine.tables.turn(engine.now, Integer.MAX_VALUE);
        assertThat(engine.isSweeping()).isFalse();
    }

    // ---- what both know

    private void compare() {
        compare("connections", Seen.conns(engine.tables), Seen.conns(model));
        compare("templates", Seen.templates(engine.tables), Seen.templates(model));
        compare("real servers", Seen.reals(engine.tables), Seen.reals(model));
        assertThat(engine.tables.digest()).as("digest").isEqualTo(recomputed());
    }

    private static <K, V> void compare(String what, Map<K, V> engine, Map<K, V> model) {
        if (!engine.equals(model)) {
            var onlyEngine = new HashMap<>(engine);
            onlyEngine.entrySet().removeAll(model.entrySet());
            var onlyModel = new HashMap<>(model);
            onlyModel.entrySet().removeAll(engine.entrySet());
            throw new AssertionError(what + "%n  engine %s%n  model  %s".formatted(onlyEngine, onlyModel));
        }
    }

    private long recomputed() {
        return engine.tables.connections().recomputedDigest() * 31
                + engine.tables.templates().recomputedDigest();
    }

    @Override
    public void close() {
        engine.close();
    }
}
