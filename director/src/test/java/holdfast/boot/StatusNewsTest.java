package holdfast.boot;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.Role;
import holdfast.admin.Status;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatusNewsTest {
    private static Status status(List<String> faults, List<String> alarms) {
        var plain = SupervisionTest.status(Role.ACTIVE);
        return new Status(
                plain.director(),
                plain.version(),
                plain.at(),
                plain.pid(),
                plain.uptimeMs(),
                plain.role(),
                plain.term(),
                plain.group(),
                plain.vrid(),
                plain.priority(),
                faults,
                alarms,
                plain.vips(),
                plain.adverts(),
                plain.lastTransition(),
                plain.failover(),
                plain.sync(),
                plain.datapath(),
                plain.config());
    }

    @Test
    void aFaultBeginsOnceAndEndsOnce() {
        var first = StatusNews.NOTHING.look(status(List.of("front has no carrier"), List.of()));
        assertThat(first.lines()).containsExactly("fault began text=\"front has no carrier\"");
        var second = first.next().look(status(List.of("front has no carrier"), List.of()));
        assertThat(second.lines()).isEmpty();
        assertThat(second.next().look(status(List.of(), List.of())).lines())
                .containsExactly("fault over text=\"front has no carrier\"");
    }

    @Test
    void aNumberThatGrowsIsNoNewAlarmButAnotherAddressIs() {
        var first = StatusNews.NOTHING.look(status(List.of(), List.of("3 adverts from 10.0.0.7 are not believed")));
        var second = first.next().look(status(List.of(), List.of("45 adverts from 10.0.0.7 are not believed")));
        assertThat(second.lines()).isEmpty();
        assertThat(second.next()
                        .look(status(List.of(), List.of("45 adverts from 10.0.0.8 are not believed")))
                        .lines())
                .containsExactly(
                        "alarm began text=\"45 adverts from 10.0.0.8 are not believed\"",
                        "alarm over text=\"45 adverts from 10.0.0.7 are not believed\"");
    }
}
