package holdfast.schedule;

import static holdfast.testing.Fixtures.VIP;
import static holdfast.testing.Fixtures.ip;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.SchedulerFlag;
import holdfast.conf.SchedulerName;
import holdfast.service.Flow;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The tables and rules of IPVS-REF 5.7, 5.8 and 5.12.
class HashingTest {
    private static final int PORT = 40_000;
    private static final Flow V6 = new Flow().v6(6, 0x20010db800000000L, 1, PORT, 1, 80, 0x20010db9);

    /// The table of 5.8, columns 2, 3, 5 and 6.
    @ParameterizedTest
    @CsvSource({
        "198.51.100.1,  96,   4, C, C",
        "198.51.100.2, 194, 102, A, B",
        "198.51.100.3,  35, 199, A, A",
        "203.0.113.77,  57, 221, C, A",
        "10.0.0.1,      39, 203, C, A"
    })
    void sourceHash(String client, int index, int indexWithPort, String ofEqual, String ofWeighted) {
        assertThat(GoldenHash.of(ip(client), 8)).isEqualTo(index);
        assertThat(GoldenHash.of(ip(client) + PORT, 8)).isEqualTo(indexWithPort);
        assertThat(new Balanced(SchedulerName.SH, 1, 1, 1).pickFor(client)).isEqualTo(ofEqual);
        var weighted = new Balanced(SchedulerName.SH, 3, 2, 1);
        assertThat(weighted.pickFor(client)).isEqualTo(ofWeighted);

        var withPort = new Balanced(SchedulerName.SH, Set.of(SchedulerFlag.PORT), 3, 2, 1);
        int position = slots(weighted)[indexWithPort];
        assertThat(withPort.pickFor(client))
                .isEqualTo(weighted.name(weighted.reals().id(position)));
    }

    @Test
    void addressOfIpv6IsFolded() { // 5.7, 5.8
        assertThat(V6.clientFold()).isEqualTo(0x20010db9);
        assertThat(GoldenHash.of(V6.clientFold(), 8)).isEqualTo(63);

        var balanced = new Balanced(SchedulerName.SH, 1, 1, 1);
        balanced.flow.v6(6, V6.clientHi(), V6.clientLo(), PORT, 1, 80, 0);
        assertThat(balanced.pick()).as("bucket 63 modulo 3").isEqualTo("C");
        balanced.configure(SchedulerName.DH, Set.of(), 1, 1);
        balanced.flow.v6(6, 0, 7, PORT, 1, 80, V6.destinationFold());
        assertThat(balanced.pick()).as("bucket 63 modulo 2").isEqualTo("A");
    }

    @Test
    void sourceHashGivesBucketsByWeight() { // 5.8
        assertThat(share(new Balanced(SchedulerName.SH, 1, 1, 1))).containsExactly(85, 85, 86);
        assertThat(share(new Balanced(SchedulerName.SH, 3, 2, 1))).containsExactly(127, 86, 43);
    }

    @Test
    void sourceHashGivesAQuiescedOneABucketPerRound() { // 5.8
        var balanced = new Balanced(SchedulerName.SH, 0, 3, 4);
        assertThat(share(balanced)).containsExactly(32, 96, 128);
        assertThat(Arrays.copyOf(slots(balanced), 9)).containsExactly(0, 0, 0, 0, 1, 1, 1, 2, 0);
    }

    @Test
    void sourceHashFillsAnewAtAnEdit() { // 5.8
        var balanced = new Balanced(SchedulerName.SH, 1, 1, 1);
        balanced.configure(3, 2, 1);
        assertThat(share(balanced)).containsExactly(127, 86, 43);
        balanced.configure(-1, 1, 1);
        assertThat(balanced.pickFor("198.51.100.1")).as("bucket 96 modulo 2").isEqualTo("C");
    }

    @Test
    void sourceHashWithoutFallbackGivesTheClientsOfAnUnusableOneToNobody() { // 5.8
        var balanced = new Balanced(SchedulerName.SH, 1, 1, 1);
        balanced.overloaded(0, true);
        assertThat(balanced.pickFor("198.51.100.2")).isEqualTo("-");
        assertThat(balanced.pickFor("198.51.100.1")).isEqualTo("C");
        balanced.overloaded(0, false);
        assertThat(balanced.pickFor("198.51.100.2")).isEqualTo("A");
        balanced.configure(0, 1, 1);
        assertThat(balanced.pickFor("198.51.100.2")).isEqualTo("-");
    }

    /// 5.8: the offsets tried are 194, 195 and so on, from index 194 itself.
    @Test
    void sourceHashFallsBackAlongTheTable() {
        var balanced = new Balanced(SchedulerName.SH, Set.of(SchedulerFlag.FALLBACK), 1, 1, 1);
        balanced.overloaded(0, true);
        assertThat((194 + 194) % 256 % 3).as("bucket 132 is C's").isZero();
        assertThat(balanced.pickFor("198.51.100.2")).isEqualTo("C");
        assertThat(balanced.pickFor("198.51.100.3")).as("index 35: bucket 70").isEqualTo("B");
        balanced.overloaded(2, true);
        assertThat(balanced.pickFor("198.51.100.2")).as("bucket 133").isEqualTo("B");
        balanced.overloaded(1, true);
        assertThat(balanced.pickFor("198.51.100.2")).isEqualTo("-");
    }

    /// 5.7 with the indexes of the table in 5.8: bucket i is the list's i modulo 3.
    @ParameterizedTest
    @CsvSource({"198.51.100.1, C", "198.51.100.2, A", "198.51.100.3, A", "203.0.113.77, C", "10.0.0.1, C"})
    void destinationHash(String destination, String picked) {
        assertThat(new Balanced(SchedulerName.DH, 1, 1, 1).pickTo(ip(destination)))
                .isEqualTo(picked);
        assertThat(new Balanced(SchedulerName.DH, 9, 1, 3).pickTo(ip(destination)))
                .as("weights do not count")
                .isEqualTo(picked);
    }

    @Test
    void destinationHashFillsAnewWhenOneIsAddedOrDropped() { // 5.7
        var balanced = new Balanced(SchedulerName.DH, 1, 1, 1);
        balanced.configure(1, 1, 1, 1);
        assertThat(balanced.pickTo(ip("198.51.100.2"))).as("194 modulo 4").isEqualTo("B");
        balanced.configure(1, -1, 1, 1);
        assertThat(balanced.pickTo(ip("198.51.100.2"))).as("194 modulo 3").isEqualTo("A");
    }

    @Test
    void destinationHashIgnoresTheClientAndFallsBackToNobody() { // 5.7
        var balanced = new Balanced(SchedulerName.DH, Set.of(SchedulerFlag.FALLBACK), 1, 1, 1);
        var picked = IntStream.range(0, 100)
                .mapToObj(client -> {
                    balanced.flow.v4(6, client, client, VIP, 80);
                    return balanced.pick();
                })
                .toList();
        assertThat(new HashSet<>(picked)).hasSize(1);
        balanced.overloaded(0, true);
        assertThat(balanced.pickTo(ip("198.51.100.2"))).isEqualTo("-");
        balanced.configure(0, 1, 1);
        assertThat(balanced.pickTo(ip("198.51.100.2"))).isEqualTo("-");
        assertThat(balanced.pickTo(ip("198.51.100.1"))).isEqualTo("C");
    }

    /// The first table of 5.12.
    @Test
    void maglevPreferencesAndShares() {
        var balanced = new Balanced(SchedulerName.MH, 1, 1, 1);
        var reals = balanced.reals();
        assertThat(IntStream.range(0, 3).map(i -> Maglev.start(reals, i))).containsExactly(2586, 870, 4032);
        assertThat(IntStream.range(0, 3).map(i -> Maglev.skip(reals, i))).containsExactly(2286, 874, 1541);
        assertThat(share(balanced)).containsExactly(1364, 1364, 1365);
        assertThat(slots(balanced)[2586]).as("each has its first wish").isZero();
        assertThat(slots(balanced)[870]).isEqualTo(1);
        assertThat(slots(balanced)[4032]).isEqualTo(2);
    }

    /// The second table of 5.12.
    @ParameterizedTest
    @CsvSource({
        "198.51.100.1, 2374, 1636, C",
        "198.51.100.2,  940, 2070, C",
        "198.51.100.3,  473, 2259, B",
        "203.0.113.77, 2731, 1834, B",
        "10.0.0.1,     3711, 2940, B"
    })
    void maglev(String client, int slot, int slotWithPort, String picked) {
        var balanced = new Balanced(SchedulerName.MH, 1, 1, 1);
        var maglev = (Maglev) balanced.schedulers.copyOf(0);
        assertThat(maglev.slotOf(ip(client), 0)).isEqualTo(slot);
        assertThat(maglev.slotOf(ip(client) + PORT, 0)).isEqualTo(slotWithPort);
        assertThat(balanced.pickFor(client)).isEqualTo(picked);

        var withPort = new Balanced(SchedulerName.MH, Set.of(SchedulerFlag.PORT), 1, 1, 1);
        int position = slots(balanced)[slotWithPort];
        assertThat(withPort.pickFor(client))
                .isEqualTo(balanced.name(balanced.reals().id(position)));
    }

    @Test
    void maglevTakesTurnsByWeight() { // 5.12
        assertThat(share(new Balanced(SchedulerName.MH, 300, 200, 100)))
                .as("rounds of 1, 2 and 3 slots in the order C, B, A; 4093 is 682 of them and 1 more")
                .containsExactly(2046, 1364, 683);
        assertThat(share(new Balanced(SchedulerName.MH, 1, 65535)))
                .as("rounds of 65535 >> 10 = 63 slots and at least 1")
                .containsExactly(63, 4030);
        assertThat(share(new Balanced(SchedulerName.MH, 1, 63)))
                .as("six bits are not cut")
                .containsExactly(63, 4030);
        assertThat(share(new Balanced(SchedulerName.MH, 1, 64)))
                .as("rounds of 64 >> 1 = 32 slots and at least 1")
                .containsExactly(124, 3969);
    }

    @Test
    void maglevKeepsTheSlotsOfAQuiescedOne() { // 5.12
        for (var flags : List.of(Set.<SchedulerFlag>of(), Set.of(SchedulerFlag.FALLBACK))) {
            var balanced = new Balanced(SchedulerName.MH, flags, 1, 1, 1);
            var before = slots(balanced);
            balanced.configure(1, 0, 1);
            assertThat(slots(balanced)).isEqualTo(before);
            assertThat(balanced.pickFor("198.51.100.1")).isEqualTo("C");
            var next = flags.isEmpty() ? List.of("-") : List.of("A", "C");
            assertThat(balanced.pickFor("198.51.100.3")).isIn(next);
            balanced.configure(1, 2, 1);
            assertThat(share(balanced)).as("an edit rebuilds").containsExactly(1023, 2046, 1024);
        }
    }

    @Test
    void maglevGivesOneAddedAtWeightZeroNoSlots() { // 5.12
        var balanced = new Balanced(SchedulerName.MH, 1, 1);
        var before = slots(balanced);
        balanced.configure(1, 1, 0);
        assertThat(slots(balanced))
                .isEqualTo(Arrays.stream(before).map(i -> i + 1).toArray());
        assertThat(new Balanced(SchedulerName.MH, Set.of(SchedulerFlag.FALLBACK), 0, 0).pick())
                .as("an empty slot ends the search")
                .isEqualTo("-");
    }

    /// 5.12: the slots tried are h(source + r) with r from the first slot's number on.
    @Test
    void maglevFallsBackAlongTheHash() {
        var balanced = new Balanced(SchedulerName.MH, Set.of(SchedulerFlag.FALLBACK), 1, 1, 1);
        balanced.overloaded(1, true);
        int[] slots = slots(balanced);
        for (int client = 1; client < 100; client++) {
            int first = maglevSlot(client);
            int slot = first;
            for (int offset = first; slots[slot] == balanced.position(1); offset++) {
                slot = maglevSlot(client + offset);
            }
            balanced.flow.v4(6, client, PORT, VIP, 80);
            assertThat(balanced.pick()).isEqualTo(balanced.name(balanced.reals().id(slots[slot])));
        }
        balanced.overloaded(0, true);
        balanced.overloaded(2, true);
        assertThat(balanced.pick()).isEqualTo("-");
    }

    private static int maglevSlot(int hashed) {
        return Integer.remainderUnsigned(SipHash.of((int) 2654435761L, hashed), 4093);
    }

    @Test
    void maglevWithMoreRealServersThanSlotsGivesEachSlotToOneOfTheNewest() { // 5.12: IPVS has EINVAL
        var ones = new int[Maglev.SLOTS + 2];
        Arrays.fill(ones, 1);
        var sorted = slots(new Balanced(SchedulerName.MH, ones));
        Arrays.sort(sorted);
        assertThat(sorted).isEqualTo(IntStream.range(0, Maglev.SLOTS).toArray());
    }

    private static int[] slots(Balanced balanced) {
        return ((SlotScheduler) balanced.schedulers.copyOf(0)).slots().clone();
    }

    /// Slots of A, B and so on.
    private static int[] share(Balanced balanced) {
        var share = new int[balanced.reals().count()];
        for (int position : slots(balanced)) {
            share[share.length - 1 - position]++;
        }
        return share;
    }
}
