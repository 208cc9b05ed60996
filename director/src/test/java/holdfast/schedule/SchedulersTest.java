package holdfast.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.SchedulerFlag;
import holdfast.conf.SchedulerName;
import holdfast.testing.Allocation;
import holdfast.testing.Seeds;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/// Rules of every scheduler (IPVS-REF 5.1, 5.14), and their reaction to changes of configuration.
class SchedulersTest {
    private static final List<Set<SchedulerFlag>> FLAGS = List.of(
            Set.of(),
            Set.of(SchedulerFlag.FALLBACK),
            Set.of(SchedulerFlag.PORT),
            Set.of(SchedulerFlag.FALLBACK, SchedulerFlag.PORT));

    /// IPVS-REF 5.14, column OVERLOAD: the others give the clients of a bucket or slot that cannot be used to nobody.
    private static final Set<SchedulerName> HASHING = EnumSet.of(SchedulerName.DH, SchedulerName.SH, SchedulerName.MH);

    /// IPVS-REF 5.1 and 5.14, for random weights, loads and overloads.
    @Test
    void nobodyWhoIsQuiescedOrOverloadedIsPickedAndSomebodyElseIsWhereThereIsOne() {
        Seeds.each(
                40,
                (random, seed) -> everyKind((name, flags) -> {
                    var balanced = random(name, flags, random);
                    for (int i = 0; i < 60; i++) {
                        disturb(balanced, random);
                        String picked = balanced.pick();
                        var state = name + " " + flags + " picked " + picked;
                        if (!picked.equals(Balanced.NOBODY)) {
                            int index = picked.charAt(0) - 'A';
                            assertThat(canTakeIt(balanced, name, index) || mayKeepIt(balanced, name, index))
                                    .as(state)
                                    .isTrue();
                        } else if (!mayGiveNobody(name, flags)) {
                            assertThat(canAnybodyTakeIt(balanced, name))
                                    .as(state)
                                    .isFalse();
                        }
                    }
                }));
    }

    private static boolean mayGiveNobody(SchedulerName name, Set<SchedulerFlag> flags) {
        return HASHING.contains(name) && (name == SchedulerName.DH || !flags.contains(SchedulerFlag.FALLBACK));
    }

    private static boolean canAnybodyTakeIt(Balanced balanced, SchedulerName name) {
        for (int i = 0; i < 5; i++) {
            if (canTakeIt(balanced, name, i)) {
                return true;
            }
        }
        return false;
    }

    private static boolean canTakeIt(Balanced balanced, SchedulerName name, int index) {
        int id = balanced.id(index);
        boolean isEligible = balanced.table.weight(id) > 0 && !balanced.table.isOverloaded(id);
        return switch (name) {
            case OVF -> isEligible && balanced.table.active(id) <= balanced.table.weight(id);
            case LEAST_LOAD -> isEligible && balanced.table.agentPercent(id) > 0;
            default -> isEligible;
        };
    }

    /// An address of lblc stays with one that is overloaded (IPVS-REF 5.9).
    private static boolean mayKeepIt(Balanced balanced, SchedulerName name, int index) {
        return name == SchedulerName.LBLC && balanced.table.weight(balanced.id(index)) > 0;
    }

    /// IPVS-REF 5.14, last column: a copy takes over all that is kept, and shares nothing of it.
    @Test
    void copyPicksWhatTheOriginalThenPicks() {
        Seeds.each(
                20,
                (random, seed) -> everyKind((name, flags) -> {
                    var balanced = random(name, flags, random);
                    for (int i = 0; i < 30; i++) {
                        disturb(balanced, random);
                        balanced.picks(1);
                    }
                    var same = new SplittableRandom(seed);
                    var copy = balanced.schedulers.copyOf(0);
                    var ofCopy = new StringBuilder();
                    for (int i = 0; i < 31; i++) {
                        aim(balanced, same);
                        ofCopy.append(balanced.pickOf(copy));
                    }
                    same = new SplittableRandom(seed);
                    var ofOriginal = new StringBuilder();
                    for (int i = 0; i < 31; i++) {
                        aim(balanced, same);
                        ofOriginal.append(balanced.pick());
                    }
                    assertThat(ofOriginal.toString()).as("%s %s", name, flags).isEqualTo(ofCopy.toString());
                }));
    }

    @Test
    void picksAllocateNothing() {
        everyKind((name, flags) -> {
            var balanced = new Balanced(name, flags, 3, 2, 1);
            balanced.overloaded(0, true); // lets the fallback walk
            long bytes = Allocation.bytesOf(() -> {
                for (int i = 0; i < 10_000; i++) {
                    balanced.flow.v4(6, i, i & 0xffff, i, 80);
                    balanced.schedulers.pick(0, balanced.flow, i * 1_000_000_000L);
                }
            });
            assertThat(bytes).as("%s %s", name, flags).isZero();
        });
    }

    @Test
    void serviceWithoutRealServersGivesNobody() {
        everyKind((name, flags) -> {
            assertThat(new Balanced(name, flags).pick()).isEqualTo(Balanced.NOBODY);
            assertThat(new Balanced(name, flags, 0, 0).pick()).isEqualTo(Balanced.NOBODY);
        });
    }

    @Test
    void reloadWithoutChangeMovesNothing() {
        var balanced = new Balanced(SchedulerName.WRR, 4, 3, 2);
        assertThat(balanced.picks(4)).isEqualTo("C B A A");
        balanced.configure(4, 3, 2);
        assertThat(balanced.picks(5)).isEqualTo("B A C B A");
    }

    @Test
    void otherNameMakesAFreshScheduler() {
        var balanced = new Balanced(SchedulerName.RR, 1, 1, 1);
        assertThat(balanced.picks(1)).isEqualTo("C");
        balanced.configure(SchedulerName.WRR, Set.of(), 1, 1, 1);
        balanced.configure(SchedulerName.RR, Set.of(), 1, 1, 1);
        assertThat(balanced.picks(1)).isEqualTo("C");
    }

    @Test
    void otherFlagsMakeAFreshScheduler() {
        for (var name : List.of(SchedulerName.SH, SchedulerName.MH)) {
            var balanced = new Balanced(name, 1, 1, 1);
            int first = balanced.pickFor("198.51.100.2").charAt(0) - 'A';
            balanced.overloaded(first, true);
            assertThat(balanced.pick()).isEqualTo(Balanced.NOBODY);
            balanced.configure(name, Set.of(SchedulerFlag.FALLBACK), 1, 1, 1);
            balanced.overloaded(first, true);
            assertThat(balanced.pick()).isNotEqualTo(Balanced.NOBODY);
            balanced.configure(name, Set.of(), 1, 1, 1);
            balanced.overloaded(first, true);
            assertThat(balanced.pick()).isEqualTo(Balanced.NOBODY);
        }
    }

    private static void everyKind(BiConsumer<SchedulerName, Set<SchedulerFlag>> claim) {
        Arrays.stream(SchedulerName.values()).forEach(name -> FLAGS.forEach(flags -> claim.accept(name, flags)));
    }

    private static Balanced random(SchedulerName name, Set<SchedulerFlag> flags, SplittableRandom random) {
        var balanced = new Balanced(name, flags, 1, 1, 1, 1, 1);
        balanced.configure(weights(random));
        return balanced;
    }

    private static int[] weights(SplittableRandom random) {
        return random.ints(5, -2, 5).map(weight -> Math.max(0, weight)).toArray();
    }

    private static void disturb(Balanced balanced, SplittableRandom random) {
        int index = random.nextInt(5);
        switch (random.nextInt(6)) {
            case 0 -> balanced.configure(weights(random));
            case 1, 2 -> balanced.overloaded(index, random.nextBoolean());
            case 3 -> balanced.active(index, random.nextInt(10));
            case 4 -> balanced.table.agentPercent(balanced.id(index), 50 * random.nextInt(3));
            default -> balanced.nowS += random.nextInt(4000);
        }
        aim(balanced, random);
    }

    private static void aim(Balanced balanced, SplittableRandom random) {
        balanced.flow.v4(6, random.nextInt(), random.nextInt(1 << 16), random.nextInt(8), 80);
    }
}
