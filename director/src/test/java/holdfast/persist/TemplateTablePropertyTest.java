package holdfast.persist;

import static holdfast.testing.Fixtures.TCP;
import static holdfast.testing.Fixtures.UDP;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conn.FlowHash;
import holdfast.conn.Width;
import holdfast.service.RealServerTable;
import holdfast.testing.Walks;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// The table against a map by slot, over random operations that fill it and empty it again and again.
class TemplateTablePropertyTest {
    private static final long MS = 1_000_000;
    private static final int CHECKED_EACH = 25;

    private record Client(long hi, long lo) {}

    private record Entry(Client client, int real, long timeoutS, long expiresMs, int version, boolean isValid) {}

    private static final class Run implements Walks.Subject<Walks.Lot> {
        SplittableRandom random;
        final Width width;
        final int capacity;
        final RealServerTable reals = new RealServerTable(6);
        final TemplateTable table;
        final Template template;
        final Map<Integer, Entry> model = new HashMap<>();
        long now;
        int steps;

        Run(SplittableRandom random) {
            this.random = random;
            width = random.nextBoolean() ? Width.IPV4 : Width.IPV6;
            capacity = random.nextInt(1, 200);
            for (int i = 0; i < 6; i++) {
                reals.intern(i < 3 ? TCP : UDP, 1, 80, i, 80);
            }
            table = new TemplateTable(
                    width, capacity, reals, new FlowHash(random.nextLong(), random.nextLong()), 0, Arena.ofAuto());
            template = table.view();
        }

        @Override
        public void apply(Walks.Lot lot) {
            random = lot.lots();
            switch (lot.kind()) {
                case 0, 1, 2, 3, 4 -> insert();
                case 5 -> remove();
                case 6 -> renew();
                case 7 -> change();
                case 8 -> invalidate();
                default -> advance();
            }
            if (++steps % CHECKED_EACH == 0) {
                check();
            }
        }

        @Override
        public void finish() {
            check();
            drain();
        }

        /// One of 150; in a wide table five have the same high half, and five others the same low one.
        Client client(int number) {
            return width == Width.IPV4
                    ? new Client(0, (number - 75) & 0xffffffffL)
                    : new Client(number / 5 - 15, (number % 5 - 2L) << 32 | 7);
        }

        int slotOf(Client client, int protocol) {
            return model.entrySet().stream()
                    .filter(e -> e.getValue().isValid
                            && e.getValue().client.equals(client)
                            && reals.protocol(e.getValue().real) == protocol)
                    .map(Map.Entry::getKey)
                    .findFirst()
                    .orElse(TemplateTable.MISSING);
        }

        void insert() {
            var client = client(random.nextInt(150));
            int real = random.nextInt(6);
            long timeoutS = 1 + random.nextLong(10);
            if (slotOf(client, reals.protocol(real)) != TemplateTable.MISSING) {
                return;
            }
            long expiresMs = now / MS + timeoutS * 1000;
            int slot = table.insert(client.hi, client.lo, real, timeoutS, expiresMs * MS);
            if (slot == TemplateTable.FULL) {
                assertThat(model.size()).isEqualTo(capacity);
            } else {
                long wantedMs = expiresMs;
                expiresMs = template.at(slot).expiresAt() / MS;
                assertThat(expiresMs)
                        .as("a lingering slot may keep it for longer")
                        .isBetween(wantedMs, wantedMs == expiresMs ? wantedMs : now / MS + 276_000);
                assertThat(model.put(slot, new Entry(client, real, timeoutS, expiresMs, 0, true)))
                        .isNull();
            }
        }

        void remove() {
            int slot = someSlot();
            if (slot >= 0) {
                table.remove(slot);
                model.remove(slot);
            }
        }

        void renew() {
            int slot = someSlot();
            if (slot >= 0) {
                var e = entry(slot);
                long expiresMs = Math.max(e.expiresMs, now / MS + e.timeoutS * 1000);
                template.at(slot).expiresAt(expiresMs * MS);
                model.put(slot, new Entry(e.client, e.real, e.timeoutS, expiresMs, e.version, e.isValid));
            }
        }

        void change() {
            int slot = someSlot();
            if (slot >= 0) {
                var e = entry(slot);
                int real = e.real / 3 * 3 + random.nextInt(3);
                int version = random.nextInt(1_000_000);
                template.at(slot).version(version).real(real).epoch(version & 0xff);
                model.put(slot, new Entry(e.client, real, e.timeoutS, e.expiresMs, version, e.isValid));
            }
        }

        void invalidate() {
            int slot = someSlot();
            if (slot >= 0) {
                var e = entry(slot);
                table.invalidate(slot);
                model.put(slot, new Entry(e.client, e.real, e.timeoutS, e.expiresMs, e.version, false));
            }
        }

        void advance() {
            now += random.nextLong(3_000 * MS);
            int budget = random.nextInt(1, 500);
            int looked = table.advance(now, budget, (slot, _) -> {
                assertThat(entry(slot).expiresMs * MS).isLessThanOrEqualTo(now);
                table.remove(slot);
                model.remove(slot);
            });
            if (looked < budget) { // so nothing is left that was due for more than a tick of the wheel
                assertThat(model.values()).allMatch(e -> e.expiresMs * MS >= now - 2 * MS);
            }
        }

        int someSlot() {
            if (model.isEmpty()) {
                return -1;
            }
            int skip = random.nextInt(model.size());
            return model.keySet().stream().skip(skip).findFirst().orElseThrow();
        }

        Entry entry(int slot) {
            return Objects.requireNonNull(model.get(slot), "the table has an entry that the model has not");
        }

        void check() {
            assertThat(table.size()).isEqualTo(model.size());
            assertThat(table.digest()).isEqualTo(table.recomputedDigest());
            List<Integer> listed = new ArrayList<>();
            for (int slot = table.next(0); slot != TemplateTable.MISSING; slot = table.next(slot + 1)) {
                listed.add(slot);
                checkEntry(slot, entry(slot));
            }
            assertThat(listed).containsExactlyInAnyOrderElementsOf(model.keySet());
            var tcp = slotsByClient(TCP);
            var udp = slotsByClient(UDP);
            for (int number = 0; number < 150; number++) {
                var client = client(number);
                assertThat(table.find(TCP, client.hi, client.lo, 1, 80))
                        .isEqualTo(tcp.getOrDefault(client, TemplateTable.MISSING));
                assertThat(table.find(UDP, client.hi, client.lo, 1, 80))
                        .isEqualTo(udp.getOrDefault(client, TemplateTable.MISSING));
            }
            for (int real = 0; real < 6; real++) {
                checkReal(real);
            }
        }

        Map<Client, Integer> slotsByClient(int protocol) {
            var slots = new HashMap<Client, Integer>();
            model.forEach((slot, e) -> {
                if (e.isValid && reals.protocol(e.real) == protocol) {
                    slots.put(e.client, slot);
                }
            });
            return slots;
        }

        void checkEntry(int slot, Entry e) {
            template.at(slot);
            assertThat(new Client(template.clientHi(), template.clientLo())).isEqualTo(e.client);
            assertThat(template.real()).isEqualTo(e.real);
            assertThat(template.timeoutS()).isEqualTo(e.timeoutS);
            assertThat(template.expiresAt()).isEqualTo(e.expiresMs * MS);
            assertThat(template.version()).isEqualTo(e.version);
            assertThat(template.isInvalid()).isEqualTo(!e.isValid);
        }

        void checkReal(int real) {
            int count = 0;
            for (int slot = table.firstOf(real); slot != TemplateTable.MISSING; slot = table.nextOf(slot)) {
                assertThat(entry(slot).real).isEqualTo(real);
                count++;
            }
            assertThat(count).isEqualTo(reals.persistent(real));
            assertThat((long) count)
                    .isEqualTo(
                            model.values().stream().filter(e -> e.real == real).count());
        }

        /// When all timers have run, every slot is free again: none was lost while it lingered.
        void drain() {
            now += 100_000 * MS;
            table.advance(now, Integer.MAX_VALUE, (slot, _) -> table.remove(slot));
            assertThat(table.size()).isZero();
            assertThat(table.digest()).isZero();
            for (int i = 0; i < capacity; i++) {
                assertThat(table.insert(i, 0, 1, now)).isNotEqualTo(TemplateTable.FULL);
            }
        }
    }

    @Test
    void agreesWithAMap() {
        Walks.each(300, 1000, Walks.Lot.of(10), Run::new);
    }
}
