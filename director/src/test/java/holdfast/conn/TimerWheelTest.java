package holdfast.conn;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.testing.Seeds;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TimerWheelTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long TICK = 1L << TimerWheel.TICK_SHIFT;

    private static final class Expiries implements TimerWheel.Owner {
        final long[] at;
        final List<Integer> fired = new ArrayList<>();
        long lateness;

        Expiries(int slots) {
            at = new long[slots];
        }

        @Override
        public long expiresAt(int slot) {
            return at[slot];
        }

        @Override
        public boolean due(int slot, long now) {
            assertThat(at[slot]).isLessThanOrEqualTo(now);
            lateness = Math.max(lateness, now - at[slot]);
            fired.add(slot);
            return false;
        }
    }

    /// @param isOneWay  as the templates have them, which are never disarmed
    private static SlotLinks links(int slots, boolean isOneWay) {
        var place = new SlotLinks.Place(0, 32, 0, isOneWay ? SlotLinks.Place.ONE_WAY : 32);
        return new SlotLinks(place, Arena.global().allocate(slots * 8L, 8).address(), 8);
    }

    @Test
    void firesNothingEarlyAndNothingLate() {
        Seeds.each(40, (random, _) -> {
            int slots = 200;
            long now = random.nextLong(-1000 * SECOND, 1000 * SECOND);
            var expiries = new Expiries(slots);
            var wheel = new TimerWheel(expiries, links(slots, random.nextBoolean()), now);
            for (int slot = 0; slot < slots; slot++) {
                expiries.at[slot] = now + someDistance(random);
                wheel.arm(slot, expiries.at[slot]);
            }
            while (wheel.armed() > 0) {
                long earliest = earliest(wheel, expiries);
                long step = random.nextBoolean() ? random.nextLong(10 * TICK) : Math.max(0, earliest - now);
                now += step;
                wheel.advance(now, Integer.MAX_VALUE);
                assertThat(earliest(wheel, expiries)).isGreaterThan(now - TICK);
            }
            assertThat(expiries.fired).hasSize(slots);
        });
    }

    @Test
    void expiryThatMovedOnIsFollowed() {
        var expiries = new Expiries(1);
        var wheel = new TimerWheel(expiries, links(1, true), 0);
        expiries.at[0] = SECOND;
        wheel.arm(0, SECOND);
        expiries.at[0] = 300 * SECOND;

        wheel.advance(299 * SECOND, 1000);
        assertThat(expiries.fired).isEmpty();
        wheel.advance(300 * SECOND + 2 * TICK, 1000);
        assertThat(expiries.fired).containsExactly(0);
        assertThat(expiries.lateness).isLessThanOrEqualTo(2 * TICK);
    }

    @Test
    void horizonOfUnsigned32BitSeconds() {
        var expiries = new Expiries(1);
        var wheel = new TimerWheel(expiries, links(1, false), 5);
        long at = 0xffffffffL * SECOND;
        expiries.at[0] = at;
        wheel.arm(0, at);

        assertThat(wheel.advance(SECOND, 1000)).isZero();
        assertThat(wheel.isArmed(0)).isTrue();
    }

    @Test
    void weeksAheadFireToTheMillisecond() {
        var expiries = new Expiries(1);
        var wheel = new TimerWheel(expiries, links(1, false), 5);
        long at = 40L * 86400 * SECOND + 12345;
        expiries.at[0] = at;
        wheel.arm(0, at);

        wheel.advance(at - 1, Integer.MAX_VALUE);
        assertThat(expiries.fired).isEmpty();
        wheel.advance(at + TICK, Integer.MAX_VALUE);
        assertThat(expiries.fired).containsExactly(0);
    }

    @Test
    void disarmedSlotNeverFiresAndOthersDo() {
        Seeds.each(40, (random, _) -> {
            int slots = 100;
            var expiries = new Expiries(slots);
            var wheel = new TimerWheel(expiries, links(slots, false), 0);
            for (int slot = 0; slot < slots; slot++) {
                expiries.at[slot] = random.nextLong(3) * 40 * SECOND + random.nextLong(2 * TICK);
                wheel.arm(slot, expiries.at[slot]);
            }
            wheel.advance(random.nextLong(50 * SECOND), random.nextInt(60));
            for (int slot = 0; slot < slots; slot += 3) {
                if (wheel.isArmed(slot)) {
                    wheel.disarm(slot);
                    expiries.at[slot] = -1;
                }
            }
            wheel.advance(100 * SECOND, Integer.MAX_VALUE);

            assertThat(wheel.armed()).isZero();
            long disarmed = Arrays.stream(expiries.at).filter(at -> at < 0).count();
            assertThat(expiries.fired).hasSize((int) (slots - disarmed)).doesNotHaveDuplicates();
        });
    }

    @Test
    void budgetBoundsEachTurnAndLosesNothing() {
        int slots = 10_000;
        var expiries = new Expiries(slots);
        var wheel = new TimerWheel(expiries, links(slots, false), 0);
        for (int slot = 0; slot < slots; slot++) {
            expiries.at[slot] = 300 * SECOND;
            wheel.arm(slot, 300 * SECOND);
        }
        int looked = 0;
        int turns = 0;
        for (; wheel.armed() > 0; turns++) {
            int turn = wheel.advance(301 * SECOND, 64);
            assertThat(turn).isLessThanOrEqualTo(64);
            looked += turn;
        }
        assertThat(expiries.fired).hasSize(slots).doesNotHaveDuplicates();
        assertThat(looked)
                .as("each is spread from two outer rings before it fires")
                .isEqualTo(3 * slots);
        assertThat(turns).isEqualTo((3 * slots + 63) / 64);
    }

    /// So that a slot which is not needed any more is found soon.
    @Test
    void slotThatCannotBeDisarmedIsLookedAtEveryFewMinutes() {
        var expiries = new Expiries(1);
        var wheel = new TimerWheel(expiries, links(1, true), 5);
        expiries.at[0] = 1000 * SECOND;
        wheel.arm(0, expiries.at[0]);
        assertThat(wheel.latest()).isBetween(274 * SECOND, 275 * SECOND);

        int looked = 0;
        for (long now = 0; now < 700 * SECOND; now += 10 * SECOND) {
            looked += wheel.advance(now, 100);
        }
        assertThat(looked).isBetween(2, 3);
        assertThat(expiries.fired).isEmpty();
        wheel.advance(1000 * SECOND + TICK, 100);
        assertThat(expiries.fired).containsExactly(0);
    }

    @Test
    void entryThatStaysDueComesBackOnlyOnceATick() {
        var calls = new int[1];
        var owner = new TimerWheel.Owner() {
            @Override
            public long expiresAt(int slot) {
                return 0;
            }

            @Override
            public boolean due(int slot, long now) {
                calls[0]++;
                return true;
            }
        };
        var wheel = new TimerWheel(owner, links(1, false), 0);
        wheel.arm(0, 0);

        wheel.advance(10 * TICK, 1000);

        assertThat(calls[0]).isEqualTo(10);
    }

    private static long someDistance(SplittableRandom random) {
        return switch (random.nextInt(4)) {
            case 0 -> random.nextLong(SECOND);
            case 1 -> random.nextLong(100 * SECOND);
            case 2 -> random.nextLong(100_000 * SECOND);
            default -> random.nextLong(1 + random.nextLong(500_000 * SECOND));
        };
    }

    private static long earliest(TimerWheel wheel, Expiries expiries) {
        long earliest = Long.MAX_VALUE;
        for (int slot = 0; slot < expiries.at.length; slot++) {
            if (wheel.isArmed(slot)) {
                earliest = Math.min(earliest, expiries.at[slot]);
            }
        }
        return earliest;
    }
}
