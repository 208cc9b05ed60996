package holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class CpuTest {
    private static final int CORES = Runtime.getRuntime().availableProcessors();

    @Test
    void sharesOfTheTicksBecomeCores() {
        // Between the two: 20 user, 10 nice, 30 system, 25 idle, 5 iowait, 2 irq, 3 softirq, 5 steal: 100 ticks in all.
        var before = Cpu.of("cpu  100 0 50 1000 10 0 0 0 0 0\ncpu0 1 1 1 1 1 1 1 1 1 1\n", Optional.empty());
        var after = Cpu.of("cpu  120 10 80 1025 15 2 3 5 7 0\ncpu0 1 1 1 1 1 1 1 1 1 1\n", Optional.empty());
        var use = after.since(before);
        assertThat(use.user()).isEqualTo(0.30 * CORES, within(1e-9));
        assertThat(use.system()).isEqualTo(0.35 * CORES, within(1e-9));
        assertThat(use.machine()).isEqualTo(0.65 * CORES, within(1e-9));
        assertThat(use.steal()).isEqualTo(0.05 * CORES, within(1e-9));
        assertThat(use.process()).isEmpty();
    }

    @Test
    void aProcessNameMayHaveSpacesAndParentheses() {
        var machine = "cpu  0 0 0 %d 0 0 0 0 0 0\n";
        var process = "42 (java (x) y) S 1 42 42 0 -1 4194560 1 2 3 4 %d %d 0 0 20 0 30 0 99\n";
        var before = Cpu.of(machine.formatted(0), Optional.of(process.formatted(7, 3)));
        var after = Cpu.of(machine.formatted(100), Optional.of(process.formatted(27, 8)));
        var use = after.since(before);
        assertThat(use.process()).hasValueSatisfying(cores -> assertThat(cores).isEqualTo(0.25 * CORES, within(1e-9)));
        assertThat(use.processUser())
                .hasValueSatisfying(cores -> assertThat(cores).isEqualTo(0.20 * CORES, within(1e-9)));
    }
}
