package holdfast.conn;

import static holdfast.testing.Fixtures.TCP;
import static holdfast.testing.Fixtures.VIP;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.ForwardingMethod;
import holdfast.linux.Memory;
import holdfast.persist.TemplateTable;
import holdfast.service.RealServerTable;
import holdfast.testing.Seeds;
import java.lang.foreign.Arena;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LookupsTest {
    private static final int CAPACITY = 100;
    private static final int REAL = 0x0a00000b;

    private final ConnTable table =
            new ConnTable(CAPACITY, new RealServerTable(10), new FlowHash(1, 2), 0, Arena.ofAuto());
    private final Lookups lookups = table.lookups(4);

    @Test
    void findsInBothDirectionsWhatIsThere() {
        int slot = insert(5);

        int inbound = begin(5);
        int outbound = table.addOutbound(lookups, TCP, REAL, 8080, 0, 5, 40_000);
        int missing = begin(6);
        lookups.fetch();

        assertThat(lookups.find(inbound)).isEqualTo(slot);
        assertThat(lookups.find(outbound)).isEqualTo(slot);
        assertThat(lookups.find(missing)).isEqualTo(ConnTable.MISSING);
    }

    @Test
    void readsTheRecordAheadOnlyOfWhatIsThere() {
        long record = table.recordAddress(insert(5));
        begin(6);
        lookups.fetch();
        long indexOnly = lookups.read();
        lookups.clear();
        begin(5);
        lookups.fetch();
        long line = lineOf(5);

        assertThat(indexOnly).isEqualTo(lineOf(6));
        assertThat(lookups.read() - indexOnly)
                .isEqualTo(line + Memory.getLong(record) + Memory.getLong(record + Long.BYTES));
    }

    /// What the first step of a lookup adds to the sum.
    private long lineOf(int client) {
        var alone = table.lookups(1);
        table.add(alone, TCP, 0, client, 40_000, VIP, 80);
        int slot = find(client);
        alone.fetch();
        if (slot == ConnTable.MISSING) {
            return alone.read();
        }
        long record = table.recordAddress(slot);
        return alone.read() - Memory.getLong(record) - Memory.getLong(record + Long.BYTES);
    }

    @Test
    void refusesMoreThanABatch() {
        for (int i = 0; i < 4; i++) {
            assertThat(begin(i)).isEqualTo(i);
        }
        assertThat(begin(4)).isEqualTo(Lookups.NONE);
        lookups.clear();
        assertThat(begin(4)).isZero();
    }

    /// Whatever happens to the table after the reads: entries leave, others get their slots, new ones come.
    @Test
    void theTableAsItIsAtTheEndCounts() {
        Seeds.each(200, (random, _) -> {
            var churned = new ConnTable(CAPACITY, new RealServerTable(10), new FlowHash(1, 2), 0, Arena.ofAuto());
            var batch = churned.lookups(64);
            churn(churned, random, 300);
            for (int round = 0; round < 20; round++) {
                batch.clear();
                var clients = new int[64];
                for (int i = 0; i < clients.length; i++) {
                    clients[i] = random.nextInt(150);
                    int number = churned.add(batch, TCP, 0, clients[i], 40_000, VIP, 80);
                    if (random.nextBoolean()) {
                        batch.toBeRemoved(number);
                    }
                }
                batch.fetch();
                for (int i = 0; i < clients.length; i++) {
                    assertThat(batch.find(i)).isEqualTo(churned.find(TCP, clients[i], 40_000, VIP, 80));
                    churn(churned, random, random.nextInt(4));
                }
            }
        });
    }

    /// A free slot keeps some of what it had, and an invalid template all of it but its place in the index.
    @Test
    void templateThatIsNotFindableAnyMoreIsNotFound() {
        Seeds.each(200, (random, _) -> {
            var reals = new RealServerTable(4);
            int real = reals.intern(TCP, VIP, 80, REAL, 8080);
            var churned = new TemplateTable(CAPACITY, reals, new FlowHash(1, 2), 0, Arena.ofAuto());
            var batch = churned.lookups(64);
            for (int round = 0; round < 40; round++) {
                batch.clear();
                var clients = new int[64];
                for (int i = 0; i < clients.length; i++) {
                    clients[i] = random.nextInt(120);
                    churned.add(batch, TCP, 0, clients[i], VIP, 80);
                }
                batch.fetch();
                for (int i = 0; i < clients.length; i++) {
                    int slot = churned.find(TCP, clients[i], VIP, 80);
                    assertThat(batch.find(i)).isEqualTo(slot);
                    churn(
                            churned,
                            random.nextBoolean() ? clients[random.nextInt(64)] : random.nextInt(120),
                            real,
                            random);
                }
                churned.advance(round * 1_000_000_000L, 100, (slot, _) -> churned.remove(slot));
            }
        });
    }

    private static void churn(TemplateTable churned, int client, int real, SplittableRandom random) {
        int slot = churned.find(TCP, client, VIP, 80);
        if (slot == TemplateTable.MISSING) {
            churned.insert(client, real, 300, random.nextLong(40_000_000_000L));
        } else if (random.nextBoolean()) {
            churned.remove(slot);
        } else {
            churned.invalidate(slot);
        }
    }

    private static void churn(ConnTable churned, SplittableRandom random, int times) {
        for (int i = 0; i < times; i++) {
            int client = random.nextInt(150);
            int slot = churned.find(TCP, client, 40_000, VIP, 80);
            if (slot == ConnTable.MISSING) {
                insert(churned, client);
            } else {
                churned.remove(slot);
            }
        }
    }

    private int begin(int client) {
        return table.add(lookups, TCP, 0, client, 40_000, VIP, 80);
    }

    private int find(int client) {
        return table.find(TCP, client, 40_000, VIP, 80);
    }

    private int insert(int client) {
        return insert(table, client);
    }

    private static int insert(ConnTable into, int client) {
        return into.insert(
                TCP,
                client,
                40_000,
                VIP,
                80,
                REAL,
                8080,
                ConnFlags.initial(ForwardingMethod.NAT),
                -1,
                RealServerTable.NONE,
                1_000_000_000L);
    }
}
