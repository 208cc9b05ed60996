package holdfast.persist;

import static holdfast.testing.Fixtures.TCP;
import static holdfast.testing.Fixtures.VIP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import holdfast.conn.Expired;
import holdfast.conn.FlowHash;
import holdfast.conn.Width;
import holdfast.service.RealServerTable;
import holdfast.testing.Allocation;
import holdfast.testing.Untouched;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

class TemplateTableTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long MS = 1_000_000L;
    private static final long FIXED = 832; // the last places of the index, and what may be read ahead

    private final RealServerTable reals = new RealServerTable(4);
    private final int real = reals.intern(TCP, VIP, 80, 1, 8080);

    @Test
    void templateTakesAtMost48Bytes() {
        assertThat(table(1_000_000).bytes() / 1_000_000.0).isBetween(47.0, 47.2);
    }

    @Test
    void memoryKeepsToItsBoundAtEveryCapacity() {
        for (int capacity : new int[] {1_000, 1_000_000, 16_000_000, 0xffffff - 1}) {
            assertThat(bytesOf(Width.IPV4, capacity)).isBetween(47L * capacity, 48L * capacity + FIXED);
            assertThat(bytesOf(Width.IPV6, capacity)).isBetween(63L * capacity, 64L * capacity + FIXED);
        }
        assertThat(bytesOf(Width.IPV4, 0xffffff) / 0xffffff)
                .as("with links of 32 bits")
                .isEqualTo(55);
    }

    /// So large that its slots do not fit into the links of the others.
    @Test
    void largeTableKeepsEveryFieldToo() {
        try (var arena = Arena.ofConfined()) {
            var table = new TemplateTable(Width.IPV4, 0xffffff, reals, new FlowHash(11, 12), 0, new Untouched(arena));
            int other = reals.intern(TCP, VIP, 80, 2, 8080);
            int a = table.insert(1, real, 0xffffffffL, 7 * SECOND);
            int b = table.insert(2, real, 300, 7 * SECOND);
            table.insert(3, other, 300, 9 * SECOND);
            var template = table.view().at(a).version(-3).epoch(250).assured(true);
            template.toldAt(6 * SECOND);

            assertThat(table.firstOf(real)).isEqualTo(b);
            assertThat(table.nextOf(b)).isEqualTo(a);
            assertThat(table.nextOf(a)).isEqualTo(TemplateTable.MISSING);
            assertThat(template.version()).isEqualTo(-3);
            assertThat(template.timeoutS()).isEqualTo(0xffffffffL);
            assertThat(template.expiresAt()).isEqualTo(7 * SECOND);
            table.remove(b);
            assertThat(table.firstOf(real)).isEqualTo(a);
            table.advance(8 * SECOND, 100, (slot, _) -> table.remove(slot));
            assertThat(table.size()).isEqualTo(1);
            assertThat(table.lingering()).isZero();
            assertThat(table.digest()).isEqualTo(table.recomputedDigest());
        }
    }

    /// Only reckons: the memory is never touched, so it is not there.
    private long bytesOf(Width width, int capacity) {
        try (var arena = Arena.ofConfined()) {
            var pages = new Untouched(arena);
            return new TemplateTable(width, capacity, reals, new FlowHash(11, 12), 0, pages).bytes();
        }
    }

    @Test
    void wideClientIsToldFromOneOfTheSameLowBits() {
        var table = new TemplateTable(Width.IPV6, 4, reals, new FlowHash(11, 12), 0, Arena.ofAuto());
        int a = table.insert(8, 1, real, 300, 300 * SECOND);
        int b = table.insert(9, 1, real, 300, 300 * SECOND);
        int c = table.insert(8, 1L << 40 | 1, real, 300, 300 * SECOND);

        assertThat(table.find(TCP, 8, 1, VIP, 80)).isEqualTo(a);
        assertThat(table.find(TCP, 9, 1, VIP, 80)).isEqualTo(b);
        assertThat(table.find(TCP, 8, 1L << 40 | 1, VIP, 80)).isEqualTo(c);
        assertThat(table.find(TCP, 1, VIP, 80)).isEqualTo(TemplateTable.MISSING);
        table.remove(a);
        assertThat(table.find(TCP, 8, 1, VIP, 80)).isEqualTo(TemplateTable.MISSING);
        assertThat(table.find(TCP, 9, 1, VIP, 80)).isEqualTo(b);
        assertThat(table.digest()).isEqualTo(table.recomputedDigest());
        assertThat(table.view().at(c).clientLo()).isEqualTo(1L << 40 | 1);
    }

    @Test
    void ipv4TableRefusesAWideClient() {
        var table = table(4);

        assertThatThrownBy(() -> table.insert(8, 1, real, 300, 300 * SECOND))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(table.insert(0, 1, real, 300, 300 * SECOND)).isEqualTo(table.find(TCP, 1, VIP, 80));
    }

    @Test
    void pinAndOtherFlagsAreIndependent() {
        var table = table(4);
        var template = table.view().at(table.insert(1, real, 300, 300 * SECOND));
        assertThat(template.isPinned()).isFalse();
        template.pinned(true).assured(true);
        assertThat(template.isPinned()).isTrue();
        template.assured(false);
        assertThat(template.isPinned()).isTrue();
        assertThat(template.pinned(false).isPinned()).isFalse();
        assertThat(template.isLive()).isTrue();
    }

    @Test
    void everyFieldKeepsItsOwnBits() {
        var table = table(4);
        var template = table.view().at(table.insert(-2, real, 0xffffffffL, 7 * SECOND));
        template.version(-3).epoch(250).assured(true).controlled(0xffffff);

        assertThat(template.client()).isEqualTo(-2);
        assertThat(template.real()).isEqualTo(real);
        assertThat(template.timeoutS()).isEqualTo(0xffffffffL);
        assertThat(template.expiresAt()).isEqualTo(7 * SECOND);
        assertThat(template.toldAt()).isEqualTo(7 * SECOND / (1L << 29) / MS * MS * (1L << 29));
        assertThat(template.version()).isEqualTo(-3);
        assertThat(template.epoch()).isEqualTo(250);
        assertThat(template.isAssured()).isTrue();
        assertThat(template.controlled()).isEqualTo(0xffffff);
        assertThat(template.protocol()).isEqualTo(TCP);
        assertThat(template.virtualAddress()).isEqualTo(VIP);
        assertThat(template.virtualPort()).isEqualTo(80);
        template.epoch(0).assured(false).controlled(0);
        assertThat(template.timeoutS()).isEqualTo(0xffffffffL);
        assertThat(template.real()).isEqualTo(real);
    }

    @Test
    void longestTimeoutIsKeptToTheMillisecond() {
        var table = table(4);
        long at = 1000 * SECOND + 0xffffffffL * SECOND + 1;
        var template = table.view().at(table.insert(1, real, 0xffffffffL, at));

        assertThat(template.expiresAt()).isEqualTo(at - 1 + MS);
    }

    @Test
    void toldExpiryIsKnownToAnEightThousandthOfTheTimeout() {
        for (long timeoutS : new long[] {1, 7, 60, 300, 86_400, 2_678_400, 0xffffffffL}) {
            var table = table(4);
            long start = 5000 * SECOND;
            var template = table.view().at(table.insert(1, real, timeoutS, start));
            long unit = Math.max(MS, timeoutS * SECOND / 8192);
            for (int i = 0; i <= 20; i++) {
                long told = start - timeoutS * SECOND / 10 * i;
                template.toldAt(told);
                assertThat(template.toldAt()).isBetween(told - unit, told);
            }
        }
    }

    @Test
    void toldExpiryStaysPutWhileRenewalsMoveOn() {
        var table = table(4);
        var template = table.view().at(table.insert(1, real, 300, 300 * SECOND));
        template.toldAt(300 * SECOND);
        long told = template.toldAt();
        for (int i = 1; i <= 500; i++) {
            template.expiresAt((300 + i) * SECOND);
            assertThat(template.toldAt()).isEqualTo(told);
        }
        template.expiresAt(2000 * SECOND);
        assertThat(template.toldAt()).as("very stale, but never fresh").isBetween(1399 * SECOND, 1400 * SECOND);
    }

    @Test
    void toldExpiryNeverLiesBeyondTheExpiry() {
        var table = table(4);
        var template = table.view().at(table.insert(1, real, 300, 300 * SECOND));
        template.toldAt(900 * SECOND);

        assertThat(template.toldAt()).isBetween(300 * SECOND - 300 * SECOND / 8192, 300 * SECOND);
    }

    @Test
    void templateThatControlsConnectionsCannotBeRemoved() {
        var table = table(4);
        int slot = table.insert(1, real, 300, 300 * SECOND);
        table.view().at(slot).controlled(1);

        assertThatThrownBy(() -> table.remove(slot)).hasMessageContaining("controlled=1");
    }

    @Test
    void slotRemovedEarlyServesATemplateOfAShorterTimeoutForAsLongAsItIsInTheWheel() {
        var table = table(1);
        int slot = table.insert(1, real, 200, 200 * SECOND);
        table.remove(slot);

        assertThat(table.insert(2, real, 10, 10 * SECOND)).isEqualTo(slot);
        assertThat(table.view().at(slot).expiresAt()).isEqualTo(200 * SECOND);
        table.advance(199 * SECOND, 100, (_, _) -> {
            throw new AssertionError("too early");
        });
        table.advance(201 * SECOND, 100, (expired, _) -> table.remove(expired));
        assertThat(table.size()).isZero();
    }

    @Test
    void slotRemovedEarlyServesALaterTemplateAtOnce() {
        var table = table(1);
        int slot = table.insert(1, real, 300, 300 * SECOND);
        table.remove(slot);

        assertThat(table.insert(2, real, 400, 400 * SECOND)).isEqualTo(slot);
        table.advance(399 * SECOND, 100, (_, _) -> {
            throw new AssertionError("too early");
        });
        table.advance(401 * SECOND, 100, (expired, _) -> table.remove(expired));
        assertThat(table.size()).isZero();
    }

    /// So a flush of templates with long timeouts leaves room for those with short ones.
    @Test
    void slotRemovedEarlyIsFreeAfterAFewMinutes() {
        var table = table(3);
        table.remove(table.insert(1, real, 86_400, 86_400 * SECOND));
        int kept = table.insert(2, real, 86_400, 86_400 * SECOND);
        table.remove(table.insert(3, real, 86_400, 86_400 * SECOND));

        table.advance(276 * SECOND, 100, (_, _) -> {
            throw new AssertionError("too early");
        });

        assertThat(table.lingering()).isZero();
        assertThat(table.insert(4, real, 1, 277 * SECOND)).isNotNegative();
        assertThat(table.find(TCP, 2, VIP, 80)).isEqualTo(kept);
    }

    @Test
    void movingToARealServerOfAnotherServiceIsABug() {
        int other = reals.intern(TCP, VIP, 81, 1, 8080);
        var table = table(1);
        var template = table.view().at(table.insert(1, real, 300, 300 * SECOND));

        assertThatThrownBy(() -> template.real(other)).hasMessageContaining("another virtual service");
    }

    @Test
    void aMillionTemplatesOfOneSecondArePassedInSlices() {
        int count = 1_000_000;
        var table = table(count);
        for (int i = 0; i < count; i++) {
            table.insert(i, real, 300, 300 * SECOND);
        }
        assertThat(reals.persistent(real)).isEqualTo(count);
        Expired removal = (slot, _) -> table.remove(slot);
        int budget = 256;
        int turns = 0;
        for (; table.size() > 0; turns++) {
            int before = table.size();
            assertThat(table.advance(301 * SECOND, budget, removal)).isLessThanOrEqualTo(budget);
            assertThat(before - table.size()).isLessThanOrEqualTo(budget);
        }
        assertThat(turns).isBetween(count / budget, 4 * count / budget + 4);
        assertThat(reals.persistent(real)).isZero();
        assertThat(table.digest()).isZero();
        assertThat(table.refusedProbes()).isZero();
    }

    @Test
    void operationsAllocateNothing() {
        var table = table(4096);
        var template = table.view();
        Expired removal = (slot, _) -> table.remove(slot);
        var clock = new long[] {0};

        long bytes = Allocation.bytesOf(() -> {
            for (int i = 0; i < 20_000; i++) {
                clock[0] += 1_000_000;
                int slot = table.insert(i, real, 3, clock[0] + 3 * SECOND);
                if (slot != TemplateTable.FULL) {
                    template.at(slot)
                            .version(i)
                            .expiresAt(clock[0] + 4 * SECOND)
                            .toldAt(clock[0]);
                }
                table.find(TCP, i - 7, VIP, 80);
                table.advance(clock[0], 16, removal);
            }
        });
        assertThat(bytes).isZero();
        assertThat(table.size()).isPositive();
    }

    private TemplateTable table(int capacity) {
        return new TemplateTable(capacity, reals, new FlowHash(11, 12), 0, Arena.ofAuto());
    }
}
