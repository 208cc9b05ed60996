package holdfast.forward;

import static holdfast.forward.TestDirector.ACK;
import static holdfast.forward.TestDirector.FIN_ACK;
import static holdfast.forward.TestDirector.RST;
import static holdfast.forward.TestDirector.SECOND;
import static holdfast.forward.TestDirector.SYN;
import static holdfast.forward.TestDirector.SYN_ACK;
import static holdfast.forward.TestDirector.VIP;
import static holdfast.forward.TestDirector.ip;
import static holdfast.testing.Fixtures.ipvs;
import static holdfast.testing.Fixtures.persistent;
import static holdfast.testing.Fixtures.service;
import static holdfast.testing.Fixtures.tcp;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.Configuration;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.Ipv4;
import holdfast.conf.Protocol;
import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;
import holdfast.conn.Conn;
import holdfast.conn.ConnFlags;
import holdfast.conn.ConnTable;
import holdfast.packet.Frame;
import holdfast.packet.TestPacket;
import holdfast.persist.TemplateTable;
import holdfast.service.RealServerTable;
import holdfast.sync.Buckets;
import holdfast.sync.CopyCredit;
import holdfast.sync.CopyOrder;
import holdfast.sync.Delta;
import holdfast.sync.Equality;
import holdfast.sync.Version;
import holdfast.table.Counter;
import holdfast.testing.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Two directors, one active and one that follows, joined by their rings: whatever happens to the active, at every
/// checkpoint of a stream that has lost nothing the standby holds the same entries.
class StreamTest {
    private static final ServiceKey DNS = new ServiceKey(Protocol.UDP, new Ipv4(VIP), 53);
    private static final int[] PORTS = {80, 443, 21, 8080, 53};
    private static final int[] FLAGS = {SYN, SYN, ACK, ACK, FIN_ACK, RST, SYN_ACK};
    private static final int[] REALS = {TestDirector.REAL, TestDirector.REAL2};
    private static final Configuration.Datapath ROOMY = new Configuration.Datapath(512, 256, 0, false);

    @Test
    void theStandbyIsEqualAtEveryCheckpointWhileNothingIsLost() {
        Seeds.each(150, (random, _) -> {
            try (var pair = new Pair(random, 1024)) {
                for (int round = 0; round < 12; round++) {
                    pair.round();
                    pair.deliverAll();
                    pair.assertEqual();
                }
                assertThat(pair.checkpoints).isGreaterThanOrEqualTo(12);
            }
        });
    }

    @Test
    void copiesAtAnyMomentChangeNothing() {
        Seeds.each(100, (random, _) -> {
            try (var pair = new Pair(random, 1024)) {
                for (int round = 0; round < 10; round++) {
                    pair.copies = random.nextInt(4);
                    pair.round();
                    pair.deliverAll();
                    pair.assertEqual();
                }
            }
        });
    }

    @Test
    void aCopyHealsWhatAFullRingLost() {
        Seeds.each(100, (random, _) -> {
            try (var pair = new Pair(random, 32)) {
                for (int round = 0; round < 8; round++) {
                    pair.isStalled = random.nextInt(3) == 0;
                    pair.round();
                    pair.isStalled = false;
                    pair.heal();
                    pair.assertEqual();
                }
            }
        });
    }

    @Test
    void aStandbyThatStartsLateBecomesEqualByACopy() {
        Seeds.each(50, (random, _) -> {
            try (var pair = new Pair(random, 1024)) {
                pair.isStalled = true;
                pair.round();
                pair.dropStream();
                pair.isStalled = false;
                pair.heal();
                pair.assertEqual();
                pair.round();
                pair.deliverAll();
                pair.assertEqual();
            }
        });
    }

    @Test
    void aDeposedActiveThatRejoinsBecomesEqual() {
        Seeds.each(150, (random, _) -> {
            try (var pair = new Pair(random, 1024)) {
                for (int term = 2; term < 6; term++) {
                    pair.round();
                    pair.failOver(term);
                    pair.heal();
                    pair.assertEqual();
                }
            }
        });
    }

    @Test
    void withoutALossTheNewActiveHasAllThatTheOldOneHad() {
        Seeds.each(50, (random, _) -> {
            try (var pair = new Pair(random, 1024)) {
                pair.round();
                pair.deliverAll();
                var before = keys(pair.active);
                var after = pair.standby;
                after.tables.promote(2, after.now);
                assertThat(keys(after)).isEqualTo(before);
            }
        });
    }

    @Test
    void aCopyLooksAtAFewSlotsInATurnThoughAFloodHasLeftManyFree() {
        var limits = new Configuration.Datapath(16_384, 16, 0, false);
        var http = service(
                tcp(80),
                SchedulerName.RR,
                new Configuration.RealServer(new Ipv4(TestDirector.REAL), 80, 1, ForwardingMethod.NAT));
        try (var director = new TestDirector(limits, http)) {
            for (int port = 1; port <= 16_000; port++) {
                director.client(1024 + port, SYN, Counter.FORWARDED_TO_SERVER);
            }
            for (int port = 1; port < 16_000; port++) {
                int slot = director.tables.connections().find(Frame.TCP, TestDirector.CLIENT, 1024 + port, VIP, 80);
                director.tables.end(slot, false, director.now);
            }
            director.forgetChanges();
            var changes = director.tables.changes();
            changes.copy(new CopyOrder(1, changes.version() - 16_000, Buckets.NONE));
            changes.credit(new CopyCredit(1, Integer.MAX_VALUE));
            int turns = 0;
            while (changes.writeCopies(director.now)) {
                director.forgetChanges();
                turns++;
            }
            assertThat(turns).isBetween(60, 80);
        }
    }

    private static List<String> keys(TestDirector director) {
        return List.copyOf(entries(director).keySet());
    }

    /// A table's view of an entry; compared exactly, except for:
    ///
    /// @param expiresAt  compared with a tolerance
    private record Entry(String what, long expiresAt, long timeoutNs) {}

    /// The active and the standby, and the wire between them.
    private static final class Pair implements AutoCloseable {
        private final SplittableRandom random;
        private TestDirector active;
        private TestDirector standby;
        private long now = 1000 * SECOND;
        private int copies;
        private int tickets;
        private CopyOrder order = new CopyOrder(0, Version.NONE, Buckets.NONE);
        private long delivered = Version.NONE;
        private long lostSince = Version.NONE;
        private boolean isStalled;
        private long delay; // longest time that a change may have waited
        private long stalledSince = -1;
        private boolean isLost;
        private boolean isHealing;
        private long lostSeen;
        private int checkpoints;

        Pair(SplittableRandom random, int ringRecords) {
            this.random = random;
            var services = services();
            active = new TestDirector(ROOMY, ringRecords, services);
            standby = new TestDirector(ROOMY, ringRecords, services);
            standby.tables.demote();
            standby.forgetChanges();
        }

        private Configuration.Service[] services() {
            var reals = new ArrayList<Configuration.RealServer>();
            for (int real : REALS) {
                if (random.nextInt(4) != 0) {
                    reals.add(real(real, 80, ForwardingMethod.NAT));
                }
            }
            return new Configuration.Service[] {
                service(tcp(80), SchedulerName.WLC, reals.toArray(Configuration.RealServer[]::new)),
                persistent(tcp(443), 90, "255.255.255.0", reals.toArray(Configuration.RealServer[]::new)),
                persistent(tcp(21), 20, "255.255.255.255", real(REALS[0], 21, ForwardingMethod.NAT)),
                service(DNS, SchedulerName.RR, real(REALS[1], 53, ForwardingMethod.DR)),
                service(tcp(8080), SchedulerName.RR, real(REALS[0], 8080, ForwardingMethod.DR))
            };
        }

        private Configuration.RealServer real(int address, int port, ForwardingMethod method) {
            return new Configuration.RealServer(new Ipv4(address), port, random.nextInt(4), method);
        }

        /// Some time of life: packets, time, expiry, new configurations, with the stream delivered in pieces.
        void round() {
            for (int step = 0; step < 25; step++) {
                int kind = random.nextInt(20);
                if (kind < 15) {
                    packet(active);
                } else if (kind < 18) {
                    pass(random.nextInt(3) == 0 ? random.nextLong(60 * SECOND) : random.nextLong(3 * SECOND));
                } else if (kind < 19) {
                    reconfigure();
                } else {
                    active.tables.changes().checkpoint(now);
                }
                if (copies > 0 && random.nextInt(12) == 0) {
                    copies--;
                    copy(anyOrder());
                }
                active.tables.changes().writeCopies(now);
                noticeLoss();
                if (!isStalled) {
                    deliver(random.nextInt(4));
                }
            }
            if (!isStalled) {
                deliver(Integer.MAX_VALUE);
            }
        }

        private void packet(TestDirector director) {
            int client = ip("198.51.100.0") + random.nextInt(6);
            int clientPort = 1000 + random.nextInt(4);
            int port = PORTS[random.nextInt(PORTS.length)];
            int flags = FLAGS[random.nextInt(FLAGS.length)];
            int protocol = port == 53 ? Frame.UDP : Frame.TCP;
            int connection = director.tables.connections().find(protocol, client, clientPort, VIP, port);
            boolean isReply = connection != ConnTable.MISSING && random.nextInt(3) == 0;
            if (isReply) {
                var conn = director.tables.connections().view().at(connection);
                int from = conn.isNat() ? conn.realAddress() : VIP;
                director.take(
                        TestDirector.LAN,
                        TestDirector.toLan(TestPacket.flow(
                                protocol, from, conn.isNat() ? conn.realPort() : port, client, clientPort, flags, "")));
            } else {
                director.take(TestDirector.WAN, TestPacket.flow(protocol, client, clientPort, VIP, port, flags, ""));
            }
        }

        private void pass(long nanos) {
            if (!isStalled) {
                deliver(Integer.MAX_VALUE); // so that a remaining time is not older than it says
            }
            now += nanos;
            active.now = now;
            standby.now = now;
            active.tables.turn(now, 1 + random.nextInt(100));
            standby.tables.turn(now, 1 + random.nextInt(100));
            if (isStalled && stalledSince >= 0) {
                delay = Math.max(delay, now - stalledSince);
            }
        }

        private void reconfigure() {
            var services = List.of(services());
            var ipvs = ipvs("expireNodestConn", random.nextInt(3) == 0);
            active.ipvs = ipvs;
            standby.ipvs = ipvs;
            if (random.nextBoolean()) {
                active.configure(services.toArray(Configuration.Service[]::new));
                deliver(isStalled ? 0 : random.nextInt(5));
                standby.configure(services.toArray(Configuration.Service[]::new));
            } else {
                standby.configure(services.toArray(Configuration.Service[]::new));
                deliver(isStalled ? 0 : random.nextInt(5));
                active.configure(services.toArray(Configuration.Service[]::new));
            }
        }

        private void copy(CopyOrder wanted) {
            active.tables.changes().copy(wanted);
            active.tables.changes().credit(new CopyCredit(wanted.ticket(), Integer.MAX_VALUE));
        }

        private CopyOrder anyOrder() {
            int from = random.nextInt(Buckets.COUNT);
            return random.nextBoolean()
                    ? new CopyOrder(++tickets, Version.NONE, Buckets.range(from, from + random.nextInt(Buckets.COUNT)))
                    : new CopyOrder(++tickets, Version.of(1, random.nextInt(50)), Buckets.NONE);
        }

        /// What the sync side does about a hole in the sequence: every standby needs a copy.
        private void noticeLoss() {
            if (isStalled && stalledSince < 0) {
                stalledSince = now;
            } else if (!isStalled) {
                stalledSince = -1;
            }
            long lost = active.count(Counter.LOST_DELTA);
            if (lost != lostSeen) {
                lostSeen = lost;
                needCopy(isLost ? lostSince : delivered);
            }
        }

        /// Climbs down the ladder from a rung that may serve.
        ///
        /// @param since  up to which nothing is missing; NONE if that is not known
        private void needCopy(long since) {
            isLost = true;
            isHealing = false;
            lostSince = since;
            order = switch (random.nextInt(3)) {
                case 0 -> new CopyOrder(++tickets, Version.NONE, Buckets.ALL);
                case 1 -> new CopyOrder(++tickets, Version.NONE, Buckets.NONE);
                default -> new CopyOrder(++tickets, since, Buckets.NONE);
            };
            copy(order);
        }

        private void copied(CopyOrder.Kind kind) {
            Buckets lacking = standby.replica.lacking();
            isLost = kind != CopyOrder.Kind.CHANGES && !lacking.isEmpty();
            if (isLost) {
                order = new CopyOrder(++tickets, Version.NONE, lacking);
                copy(order);
            }
        }

        /// What a connection of a forgotten server is linked to may differ until it is taken out.
        private void sweep() {
            while (active.isSweeping()) {
                deliver(Integer.MAX_VALUE);
                active.tables.turn(now, 4);
            }
        }

        void deliver(int records) {
            var out = active.tables.changes().ring();
            for (int left = records; left > 0; left--) {
                var delta = out.peek();
                if (delta == null) {
                    return;
                }
                if (delta.op() == Delta.Op.COPY_BEGIN) {
                    isHealing = delta.ticket() == order.ticket();
                }
                boolean heals = delta.op() == Delta.Op.COPY_END && isHealing && isLost && !delta.isContinued();
                var kind = heals ? delta.copyKind() : CopyOrder.Kind.CHANGES;
                if (Version.term(delta.version())
                        == Version.term(active.tables.changes().version())) {
                    delivered = Math.max(delivered, delta.version());
                }
                requireNonNull(standby.replica.ring().claim()).copyOf(delta);
                standby.replica.ring().publish();
                out.release();
                standby.replicate();
                if (heals) {
                    copied(kind);
                }
                if (standby.replica.takeCompared() && !isLost) {
                    checkpoints++;
                    assertThat(standby.replica.equality().state())
                            .as("at checkpoint %d", checkpoints)
                            .isEqualTo(Equality.State.EQUAL);
                }
            }
        }

        void deliverAll() {
            sweep();
            active.tables.changes().checkpoint(now);
            deliver(Integer.MAX_VALUE);
        }

        /// Delivers and lets copies be written until those that were begun after the last loss are through.
        void heal() {
            sweep();
            noticeLoss();
            deliver(Integer.MAX_VALUE);
            for (int turn = 0; isLost && turn < 1000; turn++) {
                active.tables.changes().writeCopies(now);
                noticeLoss();
                deliver(Integer.MAX_VALUE);
            }
            assertThat(isLost).as("still without a copy").isFalse();
            while (active.tables.changes().writeCopies(now)) {
                deliver(Integer.MAX_VALUE);
            }
            deliverAll();
        }

        void dropStream() {
            active.forgetChanges();
            delivered = Version.NONE;
            needCopy(Version.NONE);
        }

        /// The standby takes over with what it has; the old active goes on for a while and then follows.
        void failOver(int term) {
            var old = active;
            int unsent = random.nextInt(8);
            for (int i = 0; i < unsent; i++) { // changes that nobody gets
                packet(old);
            }
            old.forgetChanges();
            standby.tables.promote(term, now);
            standby.replica.forget();
            active = standby;
            standby = old;
            lostSeen = active.count(Counter.LOST_DELTA);
            for (int i = 0; i < 6; i++) { // both believe to be active, as after a pause
                packet(random.nextBoolean() ? active : old);
            }
            old.tables.demote();
            old.forgetChanges();
            delivered = Version.NONE;
            needCopy(Version.NONE);
        }

        void assertEqual() {
            assertThat(standby.replica.equality().state()).isEqualTo(Equality.State.EQUAL);
            assertThat(standby.tables.digest()).isEqualTo(active.tables.digest());
            for (var tables : List.of(active.tables, standby.tables)) {
                assertThat(tables.connections().digest())
                        .isEqualTo(tables.connections().recomputedDigest());
                assertThat(tables.templates().digest())
                        .isEqualTo(tables.templates().recomputedDigest());
            }
            assertThat(standby.tables.connections().size())
                    .isEqualTo(active.tables.connections().size());
            assertRealServersEqual();
            var ours = entries(active);
            var theirs = entries(standby);
            assertThat(differences(ours, theirs)).isEmpty();
            ours.forEach((key, entry) -> assertRemaining(key, entry, requireNonNull(theirs.get(key))));
        }

        /// A standby may be behind by the tenth that it is not told and the tenth that a new active adds to what it
        /// inherits, or ahead if it did not tell it itself while it was
        /// active; ahead by what the record waited; and an entry whose end it did not hear of lives on for a
        /// second.
        private void assertRemaining(String key, Entry ours, Entry theirs) {
            long rounding = ours.timeoutNs() / 4096 + 2_000_000;
            assertThat(Math.max(theirs.expiresAt(), now + SECOND)) // a standby puts off what is due
                    .as(key)
                    .isBetween(
                            ours.expiresAt() - 2 * (ours.timeoutNs() / 10) - rounding,
                            Math.max(ours.expiresAt(), now) + ours.timeoutNs() / 10 + delay + SECOND + rounding);
        }

        private void assertRealServersEqual() {
            var ours = active.tables.reals();
            var theirs = standby.tables.reals();
            for (int id = 0; id < ours.size(); id++) {
                if (hasForgotten(ours, ours, id) || hasForgotten(theirs, ours, id)) { // what is left may be of either
                    continue;
                }
                int other = theirs.find(
                        ours.protocol(id),
                        ours.virtualAddress(id),
                        ours.virtualPort(id),
                        ours.address(id),
                        ours.port(id));
                if (other >= 0) {
                    assertThat(theirs.active(other)).isEqualTo(ours.active(id));
                    assertThat(theirs.inactive(other)).isEqualTo(ours.inactive(id));
                }
            }
        }

        private static boolean hasForgotten(RealServerTable reals, RealServerTable ours, int id) {
            return IntStream.range(0, reals.size())
                    .anyMatch(other -> reals.isForgotten(other)
                            && reals.protocol(other) == ours.protocol(id)
                            && reals.virtualPort(other) == ours.virtualPort(id)
                            && reals.address(other) == ours.address(id)
                            && reals.port(other) == ours.port(id));
        }

        @Override
        public void close() {
            active.close();
            standby.close();
        }
    }

    private static List<String> differences(Map<String, Entry> ours, Map<String, Entry> theirs) {
        var keys = new TreeSet<>(ours.keySet());
        keys.addAll(theirs.keySet());
        return keys.stream()
                .filter(key -> !what(ours, key).equals(what(theirs, key)))
                .map(key -> key + ": active " + what(ours, key) + ", standby " + what(theirs, key))
                .toList();
    }

    private static String what(Map<String, Entry> entries, String key) {
        var entry = entries.get(key);
        return entry == null ? "none" : entry.what();
    }

    private static Map<String, Entry> entries(TestDirector director) {
        var tables = director.tables;
        var entries = new TreeMap<String, Entry>();
        var conn = tables.connections().view();
        var template = tables.templates().view();
        var controller = tables.templates().view();
        for (int slot = tables.templates().next(0);
                slot != TemplateTable.MISSING;
                slot = tables.templates().next(slot + 1)) {
            template.at(slot);
            if (!template.isInvalid()) {
                entries.put(
                        "template %d %s %d"
                                .formatted(template.protocol(), Ipv4.text(template.client()), template.virtualPort()),
                        new Entry(
                                "real=%s timeout=%d assured=%s controlled=%d version=%s"
                                        .formatted(
                                                Ipv4.text(tables.reals().address(template.real())),
                                                template.timeoutS(),
                                                template.isAssured(),
                                                template.controlled(),
                                                Version.text(template.version())),
                                template.expiresAt(),
                                template.timeoutS() * SECOND));
            }
        }
        for (int slot = tables.connections().next(0);
                slot != ConnTable.MISSING;
                slot = tables.connections().next(slot + 1)) {
            conn.at(slot);
            boolean isControlled = conn.template() != Conn.NO_TEMPLATE
                    && !controller.at(conn.template()).isInvalid();
            entries.put(
                    "connection %d %s:%d %d"
                            .formatted(
                                    conn.protocol(),
                                    Ipv4.text(conn.clientAddress()),
                                    conn.clientPort(),
                                    conn.virtualPort()),
                    new Entry(
                            "real=%s:%d state=%d flags=%x controlled=%s version=%s"
                                    .formatted(
                                            Ipv4.text(conn.realAddress()),
                                            conn.realPort(),
                                            conn.state(),
                                            conn.flags() & ~ConnFlags.SYNC,
                                            isControlled,
                                            Version.text(conn.version())),
                            conn.expiresAt(),
                            tables.timeout(conn)));
        }
        return entries;
    }
}
