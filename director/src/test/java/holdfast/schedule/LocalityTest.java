package holdfast.schedule;

import static holdfast.testing.Fixtures.ip;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.SchedulerName;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The rules and timelines of IPVS-REF 5.9 and 5.10.
class LocalityTest {
    private static final int ONE = ip("192.0.2.1");
    private static final int OTHER = ip("192.0.2.2");
    private static final int HALF_HOUR = 1800;

    private Balanced balanced = new Balanced(SchedulerName.LBLC, 1, 1, 1);

    @Test
    void addressesAreForgottenWithTheirService() { // 2.5
        for (var name : List.of(SchedulerName.LBLC, SchedulerName.LBLCR)) {
            var balanced = new Balanced(name, 1, 1, 1);
            assertThat(balanced.pickTo(1)).isEqualTo("C");
            balanced.active(2, 1);
            assertThat(balanced.pickTo(1)).isEqualTo("C");
            balanced.remove();
            balanced.configure(1, 1, 1);

            assertThat(balanced.pickTo(1)).as(name.word()).isEqualTo("B");
        }
    }

    @Test
    void addressStaysWithTheRealServerItHad() { // 5.9
        lblc(4, 4, 4);
        assertThat(balanced.pickTo(ONE)).isEqualTo("C");
        balanced.active(2, 3);
        assertThat(balanced.pickTo(ONE)).isEqualTo("C");
        assertThat(balanced.pickTo(OTHER))
                .as("a new one goes to the least loaded")
                .isEqualTo("B");
        balanced.active(1, 3);
        assertThat(balanced.pickTo(OTHER)).isEqualTo("B");
    }

    @Test
    void addressMovesWhereItsRealServerHasTooMuchAndAnotherIsHalfIdle() { // 5.9
        lblc(2, 4, 4);
        assertThat(balanced.pickTo(ONE)).isEqualTo("C");
        balanced.active(2, 5);
        balanced.active(1, 2);
        balanced.active(0, 1);
        assertThat(balanced.pickTo(ONE))
                .as("more than its weight, but none below half")
                .isEqualTo("C");
        balanced.active(1, 1);
        balanced.active(2, 4);
        assertThat(balanced.pickTo(ONE))
                .as("one below half, but not more than its weight")
                .isEqualTo("C");
        balanced.active(2, 5);
        assertThat(balanced.pickTo(ONE)).isEqualTo("B");
        balanced.active(2, 0);
        assertThat(balanced.pickTo(ONE)).as("it has moved for good").isEqualTo("B");
    }

    @Test
    void overloadedKeepsTheAddressesItHas() { // 5.9
        lblc(1, 1, 1);
        assertThat(balanced.pickTo(ONE)).isEqualTo("C");
        balanced.overloaded(2, true);
        assertThat(balanced.pickTo(ONE)).isEqualTo("C");
        assertThat(balanced.pickTo(OTHER)).isEqualTo("B");
    }

    @Test
    void quiescedLosesItsAddressesOnceTheyAreAskedFor() { // 5.9
        lblc(1, 1, 1);
        balanced.pickTo(ONE);
        balanced.configure(1, 1, 0);
        assertThat(balanced.pickTo(ONE)).isEqualTo("B");
        balanced.configure(1, 1, 1);
        assertThat(balanced.pickTo(ONE)).isEqualTo("B");
        balanced.configure(0, 0, 0);
        assertThat(balanced.pickTo(ONE)).isEqualTo("-");
        balanced.configure(1, 1, 1);
        assertThat(balanced.pickTo(ONE)).as("nobody took it meanwhile").isEqualTo("B");
    }

    @Test
    void droppedRealServerFindsTheAddressesThatNobodyAskedForMeanwhile() { // 5.9
        lblc(1, 1, 1);
        balanced.pickTo(ONE);
        balanced.pickTo(OTHER);
        balanced.configure(1, 1);
        assertThat(balanced.pickTo(OTHER)).isEqualTo("B");
        balanced.configure(1, 1, 1);
        balanced.active(2, 1);
        assertThat(balanced.pickTo(ONE)).isEqualTo("C");
        assertThat(balanced.pickTo(OTHER)).isEqualTo("B");
    }

    @Test
    void halfHourlyCheckForgetsWhatWasUnusedForTheExpiration() { // 5.9
        lblc(9, 9, 9);
        balanced.expireAfter(HALF_HOUR + 1, 1);
        rememberOneAtC();
        balanced.nowS = HALF_HOUR;
        balanced.pickTo(OTHER);
        balanced.nowS = 2 * HALF_HOUR - 1;
        assertThat(balanced.pickTo(ONE))
                .as("unused for too long, but the check was a second too early")
                .isEqualTo("C");

        lblc(9, 9, 9);
        balanced.expireAfter(HALF_HOUR + 1, 1);
        rememberOneAtC();
        balanced.nowS = 2 * HALF_HOUR;
        assertThat(balanced.pickTo(ONE)).isEqualTo("B");
    }

    @Test
    void addressInUseIsNotForgotten() { // 5.9
        lblc(9, 9, 9);
        balanced.expireAfter(2000, 1);
        rememberOneAtC();
        for (int pick = 0; pick < 20; pick++) {
            balanced.nowS += 1700;
            assertThat(balanced.pickTo(ONE)).isEqualTo("C");
        }
    }

    @Test
    void defaultExpirationIsADay() { // 5.9
        lblc(9, 9, 9);
        rememberOneAtC();
        balanced.nowS = 86_399;
        assertThat(balanced.pickOf(balanced.schedulers.copyOf(0))).isEqualTo("C");
        balanced.nowS = 86_400;
        assertThat(balanced.pickTo(ONE)).isEqualTo("B");
    }

    @Test
    void expirationIsTheOneOfTheLatestConfiguration() { // 5.9
        lblc(9, 9, 9);
        rememberOneAtC();
        balanced.expireAfter(60, 86_400);
        balanced.nowS = HALF_HOUR;
        assertThat(balanced.pickTo(ONE)).isEqualTo("B");
    }

    @Test
    void fullMemoryForgetsTheAddressThatWasUnusedForLongest() { // 5.9, the bound is ours
        lblc(9, 9, 9);
        for (int address = 0; address < AddressTable.MAX; address++) {
            balanced.pickTo(address);
        }
        balanced.pickTo(0); // so 1 is the oldest
        balanced.active(2, 1);
        assertThat(balanced.schedulers.evictions()).isZero();
        assertThat(balanced.pickTo(-1)).isEqualTo("B");
        assertThat(balanced.schedulers.evictions()).isEqualTo(1);
        for (int address = 2; address < AddressTable.MAX; address++) {
            assertThat(balanced.pickTo(address)).isEqualTo("C");
        }
        assertThat(balanced.pickTo(0)).isEqualTo("C");
        assertThat(balanced.pickTo(-1)).isEqualTo("B");
        assertThat(balanced.pickTo(1)).as("the one forgotten").isEqualTo("B");
        assertThat(balanced.schedulers.evictions()).isEqualTo(2);
    }

    @Test
    void whatTheCheckForgotIsNoEviction() { // 5.9
        lblc(9, 9, 9);
        balanced.expireAfter(60, 60);
        for (int address = 0; address < AddressTable.MAX; address++) {
            balanced.pickTo(address);
        }
        balanced.nowS = HALF_HOUR;
        for (int address = 0; address < AddressTable.MAX; address++) {
            balanced.pickTo(address - AddressTable.MAX);
        }
        assertThat(balanced.schedulers.evictions()).isZero();
    }

    @Test
    void setGrowsWhereItsBestHasTooMuch() { // 5.10
        lblcr(2, 2, 2);
        assertThat(balanced.pickTo(ONE)).isEqualTo("C");
        balanced.active(2, 2);
        assertThat(balanced.pickTo(ONE)).isEqualTo("C");
        balanced.active(2, 3);
        assertThat(balanced.pickTo(ONE)).as("B joins").isEqualTo("B");
        balanced.active(1, 1);
        assertThat(balanced.pickTo(ONE)).as("A is idle, but the set has room").isEqualTo("B");
        balanced.active(2, 0);
        assertThat(balanced.pickTo(ONE)).as("the least loaded of the set").isEqualTo("C");
        balanced.active(2, 1);
        assertThat(balanced.pickTo(ONE))
                .as("of equals the one that joined last")
                .isEqualTo("B");
    }

    @Test
    void setPassesOverQuiescedAndOverloaded() { // 5.10
        lblcr(2, 2, 2);
        assertThat(balanced.pickTo(ONE)).isEqualTo("C");
        balanced.overloaded(2, true);
        assertThat(balanced.pickTo(ONE)).as("B joins").isEqualTo("B");
        balanced.overloaded(2, false);
        balanced.active(1, 1);
        assertThat(balanced.pickTo(ONE)).isEqualTo("C");
        balanced.configure(2, 2, 0);
        assertThat(balanced.pickTo(ONE)).isEqualTo("B");
        balanced.configure(0, 0, 0);
        assertThat(balanced.pickTo(ONE)).isEqualTo("-");
    }

    @Test
    void setThatNothingChangedForTheExpirationLosesItsMostLoadedMember() { // 5.10
        lblcr(2, 2, 2);
        balanced.expireAfter(1, 100);
        balanced.pickTo(ONE);
        balanced.active(2, 3);
        balanced.nowS = 10;
        assertThat(balanced.pickTo(ONE)).as("B joins").isEqualTo("B");
        balanced.nowS = 110;
        balanced.pickTo(ONE);
        balanced.active(2, 0);
        balanced.active(1, 1);
        assertThat(balanced.pickTo(ONE))
                .as("not longer than the expiration: C is still a member")
                .isEqualTo("C");
        balanced.active(2, 2);
        balanced.nowS = 111;
        assertThat(balanced.pickTo(ONE)).as("C leaves").isEqualTo("B");
        balanced.active(2, 0);
        assertThat(balanced.pickTo(ONE)).isEqualTo("B");
        balanced.nowS = 1000;
        balanced.pickTo(ONE);
        assertThat(balanced.pickTo(ONE)).as("the last member stays").isEqualTo("B");
    }

    @Test
    void quiescedMemberDoesNotLeaveByExpiration() { // 5.10: no load for weight to compare
        lblcr(2, 2, 2);
        balanced.expireAfter(1, 100);
        balanced.pickTo(ONE);
        balanced.overloaded(2, true);
        assertThat(balanced.pickTo(ONE)).isEqualTo("B");
        balanced.configure(2, 2, 0);
        balanced.nowS = 200;
        assertThat(balanced.pickTo(ONE))
                .as("chosen, and then removed as the only measurable one")
                .isEqualTo("B");
        balanced.configure(2, 2, 2);
        balanced.active(1, 0);
        assertThat(balanced.pickTo(ONE)).isEqualTo("C");
    }

    @Test
    void droppedMemberLeavesFirst() { // 5.10, the order is ours
        lblcr(2, 2, 2);
        balanced.expireAfter(1, 100);
        balanced.pickTo(ONE);
        balanced.active(2, 3);
        assertThat(balanced.pickTo(ONE)).isEqualTo("B");
        balanced.configure(2, 2);
        balanced.nowS = 101;
        assertThat(balanced.pickTo(ONE)).isEqualTo("B");
        balanced.configure(2, 2, 2);
        balanced.active(2, 0);
        balanced.active(1, 1);
        assertThat(balanced.pickTo(ONE)).isEqualTo("B");
    }

    @Test
    void copyOfASetIsASetOfItsOwn() { // 5.14
        lblcr(2, 2, 2);
        balanced.expireAfter(1, 100);
        balanced.pickTo(ONE);
        balanced.active(2, 3);
        assertThat(balanced.pickTo(ONE)).as("B joins").isEqualTo("B");
        var copy = balanced.schedulers.copyOf(0);
        balanced.nowS = 200;
        assertThat(balanced.pickOf(copy)).as("C leaves the copy's set").isEqualTo("B");
        balanced.nowS = 0;
        balanced.active(2, 0);
        balanced.active(1, 1);
        assertThat(balanced.pickTo(ONE)).isEqualTo("C");
    }

    @Test
    void halfHourlyCheckForgetsSets() { // 5.10, as in 5.9
        lblcr(9, 9, 9);
        balanced.expireAfter(1, 60);
        rememberOneAtC();
        balanced.nowS = HALF_HOUR;
        assertThat(balanced.pickTo(ONE)).isEqualTo("B");
    }

    @Test
    void fullSetReplacesItsMostLoadedMember() { // 5.10, the bound is ours
        var weights = new int[ReplicatedLocality.MEMBERS_MAX + 1];
        Arrays.fill(weights, 2);
        lblcr(weights);
        for (int newest = weights.length - 1; newest >= 0; newest--) {
            assertThat(balanced.pickTo(ONE)).isEqualTo(String.valueOf((char) ('A' + newest)));
            balanced.active(newest, 10 + newest); // so the first member, Q, is the most loaded
        }
        assertThat(balanced.schedulers.evictions()).isEqualTo(1);
        int last = weights.length - 1;
        balanced.active(last, 0);
        balanced.active(last - 1, 1);
        assertThat(balanced.pickTo(ONE)).as("Q is no member any more").isEqualTo("P");
    }

    @Test
    void evictionsOfAReplacedSchedulerStillCount() {
        lblc(9, 9, 9);
        for (int address = 0; address <= AddressTable.MAX; address++) {
            balanced.pickTo(address);
        }
        balanced.configure(SchedulerName.RR, Set.of(), 1, 1, 1);
        assertThat(balanced.schedulers.evictions()).isEqualTo(1);
    }

    private void lblc(int... weights) {
        balanced = new Balanced(SchedulerName.LBLC, weights);
    }

    private void lblcr(int... weights) {
        balanced = new Balanced(SchedulerName.LBLCR, weights);
    }

    /// Whoever has to choose anew chooses B.
    private void rememberOneAtC() {
        assertThat(balanced.pickTo(ONE)).isEqualTo("C");
        balanced.active(2, 1);
    }
}
