package holdfast.conn;

import static holdfast.testing.Fixtures.TCP;
import static holdfast.testing.Fixtures.VIP;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.service.RealServerTable;
import java.lang.foreign.Arena;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

/// Clients whose chosen addresses all collide in one place of the index, which requires the secret key.
class HashFloodTest {
    private static final int CAPACITY = 1000;
    private static final int MOST = SlotIndex.PLACES * SlotIndex.BUCKETS_MAX;
    private static final int FLOOD = 400;
    private static final FlowHash KNOWN = new FlowHash(0x0123456789abcdefL, 0xfedcba9876543210L);
    private static final FlowHash SECRET = new FlowHash(0x0f1e2d3c4b5a6978L, 0x8796a5b4c3d2e1f0L);

    private final RealServerTable reals = new RealServerTable(4);
    private final int real = reals.intern(TCP, VIP, 80, 1, 8080);

    /// An index alone, over clients in an array, which reports how far each is from its own bucket.
    private static final class Clients extends SlotIndex {
        final int[] clients;
        final FlowHash hashes;

        Clients(int[] clients, FlowHash hashes) {
            super(CAPACITY, Arena.ofAuto());
            this.clients = clients;
            this.hashes = hashes;
        }

        @Override
        protected boolean matches(int slot, long clientHi, long clientLo, long addresses, long ports) {
            return Key.addresses(clients[slot], VIP) == addresses;
        }

        @Override
        protected long hash(int slot) {
            return hashOf(hashes, clients[slot]);
        }
    }

    @Test
    void keysThatMeetUnderOneSecretSpreadUnderAnother() {
        int[] flood = flood();
        var crowded = new Clients(flood, KNOWN);
        int taken = added(crowded);
        var spread = new Clients(flood, SECRET);

        assertThat(taken).as("as many as a search may look at").isEqualTo(MOST);
        assertThat(longest(taken, crowded::passed)).isEqualTo(SlotIndex.BUCKETS_MAX - 1);
        assertThat(added(spread)).isEqualTo(FLOOD);
        assertThat(longest(FLOOD, spread::passed)).as("as with random keys").isLessThan(2);
    }

    @Test
    void keysThatMeetAreRefusedByRuleAndHarmNobodyElse() {
        int[] flood = flood();
        var table = new ConnTable(CAPACITY, reals, KNOWN, 0, Arena.ofAuto());
        for (int i = 0; i < FLOOD; i++) {
            int slot = insert(table, flood[i]);
            assertThat(slot == ConnTable.FULL).isEqualTo(i >= MOST);
            assertThat(find(table, flood[i])).isEqualTo(slot == ConnTable.FULL ? ConnTable.MISSING : slot);
        }

        assertThat(table.refusedProbes()).isEqualTo(FLOOD - MOST);
        assertThat(table.refusedFull()).isZero();
        assertThat(table.size()).isEqualTo(MOST);
        assertThat(table.digest()).isEqualTo(table.recomputedDigest());
        int others = 0;
        for (int client = 0; client < 100; client++) {
            others += insert(table, client) == ConnTable.FULL ? 0 : 1;
        }
        assertThat(others)
                .as("other clients come in but for one that shares the crowded place")
                .isGreaterThanOrEqualTo(98);
        for (int i = 0; i < MOST; i++) {
            table.remove(find(table, flood[i]));
        }
        assertThat(insert(table, flood[FLOOD - 1]))
                .as("the places are free again")
                .isNotEqualTo(ConnTable.FULL);
    }

    /// Clients whose home under the known key is one and the same place, far from the end, where other clients of this
    /// test do not stand.
    private static int[] flood() {
        var flood = new int[FLOOD];
        long length = CAPACITY / 9 + 1;
        int found = 0;
        for (int client = 1_000_000; found < FLOOD; client++) {
            long home = ((hashOf(KNOWN, client) >>> 32) * length) >>> 32;
            if (home == 50) {
                flood[found++] = client;
            }
        }
        return flood;
    }

    private static long hashOf(FlowHash hashes, int client) {
        return hashes.of(Key.addresses(client, VIP), Key.ports(TCP, 40000, 80));
    }

    private static int added(SlotIndex index) {
        int added = 0;
        for (int slot = 0; slot < FLOOD; slot++) {
            added += index.add(slot, index.hash(slot)) ? 1 : 0;
        }
        return added;
    }

    private static int longest(int slots, IntUnaryOperator probes) {
        int longest = 0;
        for (int slot = 0; slot < slots; slot++) {
            longest = Math.max(longest, probes.applyAsInt(slot));
        }
        return longest;
    }

    private static int find(ConnTable table, int client) {
        return table.find(TCP, client, 40000, VIP, 80);
    }

    /// Each with a real address of its own, so that only the index for the client's direction is crowded.
    private int insert(ConnTable table, int client) {
        return table.insert(TCP, client, 40000, VIP, 80, client, 8080, 0, 0, real, 0);
    }
}
