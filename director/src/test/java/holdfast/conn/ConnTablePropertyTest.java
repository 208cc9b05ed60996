package holdfast.conn;

import static holdfast.testing.Fixtures.TCP;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.ForwardingMethod;
import holdfast.service.RealServerTable;
import holdfast.testing.Walks;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The table against a map, over random operations that fill it and empty it again and again.
class ConnTablePropertyTest {
    private static final int CHECKED_EACH = 50;

    private record Tuple(int protocol, long clientHi, long clientLo, int clientPort, int virtual, int virtualPort) {}

    private record Entry(int slot, int real, int realAddress, int realPort, int flags, long expiresAt) {}

    private static final class Run implements Walks.Subject<Walks.Lot> {
        SplittableRandom random;
        final Width width;
        final int capacity;
        final RealServerTable reals = new RealServerTable(5);
        final ConnTable table;
        final Conn conn;
        final Map<Tuple, Entry> model = new HashMap<>();
        long now;
        long refused;
        int steps;

        Run(SplittableRandom random) {
            this.random = random;
            width = random.nextBoolean() ? Width.IPV4 : Width.IPV6;
            capacity = random.nextInt(1, 300);
            for (int i = 0; i < 5; i++) {
                reals.intern(TCP, 1, 80, i, 80);
            }
            table = new ConnTable(
                    width, capacity, reals, new FlowHash(random.nextLong(), random.nextLong()), 0, Arena.ofAuto());
            conn = table.view();
        }

        @Override
        public void apply(Walks.Lot lot) {
            random = lot.lots();
            switch (lot.kind()) {
                case 0, 1, 2, 3, 4 -> insert();
                case 5, 6 -> remove();
                case 7 -> touch();
                case 8 -> change();
                default -> advance();
            }
            if (++steps % CHECKED_EACH == 0) {
                check();
            }
        }

        @Override
        public void finish() {
            check();
        }

        Tuple tuple() {
            boolean isWide = width == Width.IPV6;
            return new Tuple(
                    random.nextBoolean() ? 6 : 17,
                    isWide ? random.nextLong(2) - 1 : 0,
                    isWide
                            ? (random.nextLong(2) - 1) << 32 | random.nextLong(2)
                            : (random.nextLong(8) - 4) & 0xffffffffL,
                    random.nextInt(65530, 65536),
                    random.nextInt(2) - 1,
                    random.nextInt(3));
        }

        void insert() {
            var t = tuple();
            if (model.containsKey(t)) {
                return;
            }
            int real = random.nextInt(6) - 1;
            int flags = ConnFlags.initial(random.nextBoolean() ? ForwardingMethod.NAT : ForwardingMethod.DR)
                    & (random.nextBoolean() ? -1 : ~ConnFlags.INACTIVE);
            long expiresAt = now + random.nextLong(10_000_000_000L);
            int realAddress = random.nextInt(3) + 1000;
            int slot = table.insert(
                    t.protocol,
                    t.clientHi,
                    t.clientLo,
                    t.clientPort,
                    t.virtual,
                    t.virtualPort,
                    realAddress,
                    8080,
                    flags,
                    7,
                    real,
                    expiresAt);
            if (model.size() == capacity) {
                assertThat(slot).isEqualTo(ConnTable.FULL);
                refused++;
            } else {
                assertThat(slot).isBetween(0, capacity - 1);
                model.put(t, new Entry(slot, real, realAddress, 8080, flags, expiresAt));
            }
        }

        void remove() {
            var known = someKnown();
            if (known != null) {
                table.remove(entry(known).slot);
                model.remove(known);
            }
        }

        void touch() {
            var known = someKnown();
            if (known != null) {
                var e = entry(known);
                long at = now + random.nextLong(20_000_000_000L);
                conn.at(e.slot).expiresAt(at);
                model.put(known, new Entry(e.slot, e.real, e.realAddress, e.realPort, e.flags, at));
            }
        }

        void change() {
            var known = someKnown();
            if (known != null) {
                var e = entry(known);
                int real = random.nextInt(6) - 1;
                boolean inactive = random.nextBoolean();
                conn.at(e.slot).version(random.nextLong()).inactive(inactive).real(real);
                conn.state(random.nextInt(11)).epoch(255).toldAt(-1).template(3).service(9);
                int flags = inactive ? e.flags | ConnFlags.INACTIVE : e.flags & ~ConnFlags.INACTIVE;
                model.put(known, new Entry(e.slot, real, e.realAddress, e.realPort, flags, e.expiresAt));
            }
        }

        void advance() {
            now += random.nextLong(3_000_000_000L);
            int budget = random.nextInt(1, 500);
            int looked = table.advance(now, budget, (slot, _) -> {
                var t = tupleAt(slot);
                assertThat(entry(t).expiresAt).isLessThanOrEqualTo(now);
                table.remove(slot);
                model.remove(t);
            });
            if (looked < budget) { // so nothing is left that was due for more than a tick of the wheel
                assertThat(model.values()).allMatch(e -> e.expiresAt >= now - 2_000_000);
            }
        }

        @Nullable
        Tuple someKnown() {
            if (model.isEmpty()) {
                return null;
            }
            int skip = random.nextInt(model.size());
            return model.keySet().stream().skip(skip).findFirst().orElseThrow();
        }

        Entry entry(Tuple t) {
            return Objects.requireNonNull(model.get(t), "the table has an entry that the model has not");
        }

        Tuple tupleAt(int slot) {
            conn.at(slot);
            return new Tuple(
                    conn.protocol(),
                    conn.clientHi(),
                    conn.clientLo(),
                    conn.clientPort(),
                    conn.virtualAddress(),
                    conn.virtualPort());
        }

        void check() {
            assertThat(table.size()).isEqualTo(model.size());
            assertThat(table.digest()).isEqualTo(table.recomputedDigest());
            assertThat(table.refusedFull()).isEqualTo(refused);
            assertThat(table.high()).isBetween(table.size(), capacity);
            var listed = new HashSet<Tuple>();
            for (int slot = table.next(0); slot != ConnTable.MISSING; slot = table.next(slot + 1)) {
                listed.add(tupleAt(slot));
            }
            assertThat(listed).isEqualTo(model.keySet());
            model.forEach(this::checkEntry);
            for (int i = 0; i < 50; i++) {
                var t = tuple();
                assertThat(find(t)).isEqualTo(model.containsKey(t) ? entry(t).slot : ConnTable.MISSING);
            }
            for (int real = -1; real < 5; real++) {
                checkReal(real);
            }
        }

        void checkEntry(Tuple t, Entry e) {
            assertThat(find(t)).isEqualTo(e.slot);
            conn.at(e.slot);
            assertThat(conn.flags()).isEqualTo(e.flags);
            assertThat(conn.real()).isEqualTo(e.real);
            assertThat(conn.realAddress()).isEqualTo(e.realAddress);
            assertThat(conn.realPort()).isEqualTo(e.realPort);
            assertThat(conn.expiresAt()).isEqualTo(e.expiresAt);
            int out = conn.isNat()
                    ? table.findOutbound(t.protocol, e.realAddress, e.realPort, t.clientHi, t.clientLo, t.clientPort)
                    : table.findOutbound(t.protocol, t.virtual, t.virtualPort, t.clientHi, t.clientLo, t.clientPort);
            assertThat(out).isNotEqualTo(ConnTable.MISSING);
            assertThat(conn.at(out).clientPort()).isEqualTo(t.clientPort);
            assertThat(conn.clientHi()).isEqualTo(t.clientHi);
            assertThat(conn.clientLo()).isEqualTo(t.clientLo);
        }

        void checkReal(int real) {
            List<Integer> slots = new ArrayList<>();
            for (int slot = table.firstOf(real); slot != ConnTable.MISSING; slot = table.nextOf(slot)) {
                slots.add(slot);
            }
            assertThat(slots)
                    .containsExactlyInAnyOrderElementsOf(model.values().stream()
                            .filter(e -> e.real == real)
                            .map(Entry::slot)
                            .toList());
            if (real >= 0) {
                assertThat(reals.active(real)).isEqualTo(count(real, 0));
                assertThat(reals.inactive(real)).isEqualTo(count(real, ConnFlags.INACTIVE));
            }
        }

        int count(int real, int inactive) {
            return (int) model.values().stream()
                    .filter(e -> e.real == real && (e.flags & ConnFlags.INACTIVE) == inactive)
                    .count();
        }

        int find(Tuple t) {
            int slot = table.find(t.protocol, t.clientHi, t.clientLo, t.clientPort, t.virtual, t.virtualPort);
            if (t.clientHi == 0 && t.clientLo >>> 32 == 0) {
                assertThat(table.find(t.protocol, (int) t.clientLo, t.clientPort, t.virtual, t.virtualPort))
                        .isEqualTo(slot);
            }
            return slot;
        }
    }

    @Test
    void agreesWithAMap() {
        Walks.each(300, 1200, Walks.Lot.of(10), Run::new);
    }
}
