package holdfast.schedule;

import static holdfast.testing.Fixtures.real;
import static holdfast.testing.Fixtures.service;
import static holdfast.testing.Fixtures.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.Configuration;
import holdfast.conf.SchedulerName;
import holdfast.conn.Flow;
import holdfast.service.RealServerTable;
import holdfast.service.Services;
import holdfast.testing.Allocation;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The picks of IPVS-REF 5.2, 5.3 and 5.5. Real servers are added in the order A, B, C, so the list is C, B, A;
/// each new connection stays active.
class SchedulersTest {
    private final RealServerTable table = new RealServerTable(16);
    private Services services = new Services(table);
    private Schedulers schedulers = new Schedulers(services);
    private final Flow flow = new Flow();

    @Test
    void roundRobinStartsWithTheNewest() {
        start(SchedulerName.RR, 1, 1, 1);
        assertThat(picks(6)).isEqualTo("C B A C B A");
    }

    @Test
    void roundRobinSkipsQuiescedAndOverloaded() {
        start(SchedulerName.RR, 5, 0, 1);
        assertThat(picks(4)).isEqualTo("C A C A");
        table.overloaded(id(2), true);
        assertThat(picks(2)).isEqualTo("A A");
        table.overloaded(id(0), true);
        assertThat(picks(1)).isEqualTo("-");
    }

    @Test
    void roundRobinGoesOnWhereItStoodWhenOneIsAddedOrDropped() {
        start(SchedulerName.RR, 1, 1, 1);
        assertThat(picks(2)).isEqualTo("C B");
        configure(SchedulerName.RR, 1, 1, 1, 1); // D comes first in the list
        assertThat(picks(2)).isEqualTo("A D");
        configure(SchedulerName.RR, 1, 1, 1); // the pointer was on D, the head
        assertThat(picks(2)).isEqualTo("C B");
        configure(SchedulerName.RR, 1, -1, 1); // it was on B, so it moves back to C
        assertThat(picks(2)).isEqualTo("A C");
    }

    @Test
    void reloadWithoutChangeMovesNothing() {
        start(SchedulerName.WRR, 4, 3, 2);
        assertThat(picks(4)).isEqualTo("A B A C");
        configure(SchedulerName.WRR, 4, 3, 2);
        assertThat(picks(5)).isEqualTo("B A C B A");
    }

    @Test
    void weightedRoundRobin() {
        start(SchedulerName.WRR, 4, 3, 2);
        assertThat(picks(18)).isEqualTo("A B A C B A C B A A B A C B A C B A");
    }

    @Test
    void weightedRoundRobinOfEqualWeights() {
        start(SchedulerName.WRR, 1, 1, 1);
        assertThat(picks(6)).isEqualTo("C B A C B A");
        start(SchedulerName.WRR, 10, 10, 10);
        assertThat(picks(6)).isEqualTo("C B A C B A");
    }

    @Test
    void weightedRoundRobinOfOneHeavy() {
        start(SchedulerName.WRR, 5, 1, 1);
        assertThat(picks(14)).isEqualTo("A A A A C B A A A A A C B A");
    }

    @Test
    void weightedRoundRobinUsesTheCommonDivisor() {
        start(SchedulerName.WRR, 400, 300, 200);
        assertThat(picks(9)).isEqualTo("A B A C B A C B A");
    }

    @Test
    void weightedRoundRobinPassesOverTheOverloadedWithoutWalkingItsLevels() {
        start(SchedulerName.WRR, 65535, 1, 1);
        table.overloaded(id(0), true);
        assertThat(picks(4)).isEqualTo("C B C B");
        table.overloaded(id(1), true);
        table.overloaded(id(2), true);
        assertThat(picks(1)).isEqualTo("-");
    }

    @Test
    void weightedRoundRobinWithAllQuiesced() {
        start(SchedulerName.WRR, 0, 0, 0);
        assertThat(picks(2)).isEqualTo("- -");
    }

    @Test
    void weightedRoundRobinKeepsItsLevelAfterAnEdit() {
        start(SchedulerName.WRR, 4, 3, 2);
        assertThat(picks(2)).isEqualTo("A B"); // now at level 3
        configure(SchedulerName.WRR, 4, 3, 3);
        assertThat(picks(3)).isEqualTo("C B A");
    }

    @Test
    void weightedRoundRobinKeepsItsLevelAfterAnEditWithACommonDivisor() {
        start(SchedulerName.WRR, 40, 30, 20);
        assertThat(picks(2)).isEqualTo("A B"); // now at level 21 of 31, 21, 11, 1
        configure(SchedulerName.WRR, 40, 30, 40);
        assertThat(picks(6)).isEqualTo("C B A C B A");
    }

    @Test
    void weightedLeastConnection() {
        start(SchedulerName.WLC, 1, 2, 3);
        assertThat(picks(12)).isEqualTo("C B A C B C C B A C B C");
    }

    @Test
    void weightedLeastConnectionGivesTheFirstToTheNewestWhateverItsWeight() {
        start(SchedulerName.WLC, 100, 100, 1);
        assertThat(picks(1)).isEqualTo("C");
    }

    @Test
    void activeConnectionWeighsAsMuchAs256InactiveOnes() {
        start(SchedulerName.WLC, 1, 1);
        table.connectionBound(id(0), false);
        for (int i = 0; i < 256; i++) {
            table.connectionBound(id(1), true);
        }
        assertThat(pick()).as("equal load: the newest").isEqualTo("B");
        table.connectionBound(id(1), true);
        assertThat(pick()).isEqualTo("A");
    }

    @Test
    void weightedLeastConnectionSkipsQuiescedAndOverloaded() {
        start(SchedulerName.WLC, 1, 1, 0);
        table.overloaded(id(1), true);
        assertThat(picks(2)).isEqualTo("A A");
        configure(SchedulerName.WLC, 0, 0, 0);
        assertThat(picks(1)).isEqualTo("-");
    }

    @Test
    void picksAllocateNothing() {
        for (var name : List.of(SchedulerName.RR, SchedulerName.WRR, SchedulerName.WLC)) {
            start(name, 3, 2, 1);
            long bytes = Allocation.bytesOf(() -> {
                for (int i = 0; i < 10_000; i++) {
                    schedulers.pick(0, flow, i);
                }
            });
            assertThat(bytes).isZero();
        }
    }

    private void start(SchedulerName name, int... weights) {
        for (int id = 0; id < table.size(); id++) {
            while (table.active(id) > 0) {
                table.connectionUnbound(id, false);
            }
        }
        services = new Services(table);
        schedulers = new Schedulers(services);
        configure(name, weights);
    }

    /// Negative weights leave a real server out.
    private void configure(SchedulerName name, int... weights) {
        var reals = new ArrayList<Configuration.RealServer>();
        for (int i = 0; i < weights.length; i++) {
            if (weights[i] >= 0) {
                reals.add(real("10.0.0." + i, 80, weights[i]));
            }
        }
        services = services.rebuild(List.of(service(tcp(80), name, reals.toArray(Configuration.RealServer[]::new))), 0);
        schedulers.update(services);
    }

    private String picks(int count) {
        var picks = new StringBuilder();
        for (int i = 0; i < count; i++) {
            picks.append(pick()).append(' ');
        }
        return picks.toString().trim();
    }

    private String pick() {
        int id = schedulers.pick(0, flow, 0);
        if (id == RealServerTable.NONE) {
            return "-";
        }
        table.connectionBound(id, false);
        return String.valueOf((char) ('A' + (table.address(id) & 0xff)));
    }

    private int id(int index) {
        var key = tcp(80);
        return table.find(
                6,
                key.address().bits(),
                80,
                real("10.0.0." + index, 80, 1).address().bits(),
                80);
    }
}
