package holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class CpuTest {
    private static final int CORES = Runtime.getRuntime().availableProcessors();

    @Test
    void ticksAreGroupedByWhoSpentThem() {
        // Between the two: 20 user, 10 nice, 30 system, 25 idle, 5 iowait, 2 irq, 3 softirq, 5 steal; guest is within
        // user.
        var before = Cpu.of("cpu  100 0 50 1000 10 0 0 0 0 0\ncpu0 1 1 1 1 1 1 1 1 1 1\n");
        var after = Cpu.of("cpu  120 10 80 1025 15 2 3 5 7 0\ncpu0 1 1 1 1 1 1 1 1 1 1\n");
        assertThat(after.minus(before)).isEqualTo(new Cpu(30, 35, 5, 100));
    }

    @Test
    void aShareOfTheTicksIsAShareOfTheCores() {
        assertThat(new Cpu(30, 35, 5, 100).cores(65)).isEqualTo(0.65 * CORES, within(1e-9));
    }

    @Test
    void noTimeBetweenTwoReadingsIsNoCores() {
        assertThat(new Cpu(0, 0, 0, 0).cores(0)).isZero();
    }

    @Test
    void aProcessNameMayHaveSpacesAndParentheses() {
        assertThat(Cpu.OfProcess.of("42 (java (x) y) S 1 42 42 0 -1 4194560 1 2 3 4 27 8 6 5 20 0 30 0 99\n"))
                .isEqualTo(new Cpu.OfProcess(27, 8, 6));
    }
}
