package holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class MachineTest {
    @Test
    void countsTheProcessorsAndNamesTheirModel() {
        var info = List.of(
                "processor\t: 0",
                "model name\t: Some CPU: 2 GHz",
                "",
                "processor\t: 1",
                "model name\t: Some CPU: 2 GHz");
        assertThat(Machine.of(info, 1, "6.1.0")).hasToString("Some CPU: 2 GHz, 1 of 2 CPUs, Linux 6.1.0");
    }

    @Test
    void modelMayBeUnknown() {
        assertThat(Machine.of(List.of("processor\t: 0"), 1, "6.1.0").cpuModel()).isEqualTo("unknown");
    }
}
