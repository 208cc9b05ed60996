package holdfast.forward;

import static holdfast.testing.Fixtures.persistent;
import static holdfast.testing.Fixtures.real;
import static holdfast.testing.Fixtures.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.client.ClientRule;
import holdfast.conf.AgentReport;
import holdfast.conf.ByHand;
import holdfast.conf.Configuration;
import holdfast.conf.DrainMode;
import holdfast.conf.Ipv4;
import holdfast.conf.MarkRule;
import holdfast.table.OrdersByHand;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Orders by hand beside a configuration that changes.
class ByHandTest {
    private static final Instant WALL = Instant.parse("2026-11-30T12:00:00Z");
    private static final Ipv4 FIRST = Ipv4.of("10.0.0.11");
    private static final MarkRule.Prefix OFFICE = MarkRule.Prefix.of("198.51.100.0/24");

    private final TestDirector director = new TestDirector(web(3));
    private final int real = director.tables
            .reals()
            .find(tcp(80).protocol().number(), tcp(80).address().bits(), 80, FIRST.bits(), 8080);

    @Test
    void aDrainOutlivesChangesOfTheConfigurationAndEndsByName() {
        order(drain(DrainMode.KEEP_CONNECTIONS, null));
        assertThat(weight()).isZero();
        director.configure(web(5));
        assertThat(weight()).isZero();
        assertThat(director.tables.reals().drain(real)).isEqualTo(DrainMode.KEEP_CONNECTIONS);
        order(ByHand.NONE);
        assertThat(weight()).isEqualTo(5);
        assertThat(director.tables.reals().drain(real)).isNull();
    }

    @Test
    void aDeadlineCountsFromTheOrderHoweverLateADirectorHearsOfIt() {
        var until = WALL.plusSeconds(60);
        new OrdersByHand(director.tables)
                .apply(drain(DrainMode.UNTIL_DEADLINE, until), WALL.plusSeconds(45), director.now);
        assertThat(director.tables.reals().drainEndsAt(real)).isEqualTo(director.now + 15 * TestDirector.SECOND);
        new OrdersByHand(director.tables)
                .apply(
                        drain(DrainMode.UNTIL_DEADLINE, until),
                        WALL.plusSeconds(50),
                        director.now + 5 * TestDirector.SECOND);
        assertThat(director.tables.reals().drainEndsAt(real)).isEqualTo(director.now + 15 * TestDirector.SECOND);
    }

    @Test
    void aDrainWithoutAModeFollowsTheConfiguration() {
        order(drain(null, null));
        assertThat(director.tables.reals().keepsClients(real, false)).isTrue();
        assertThat(director.tables.reals().keepsClients(real, true)).isFalse();
    }

    @Test
    void aRealServerThatWasRemovedAndAddedAgainIsNotDrained() {
        order(drain(DrainMode.KEEP_ALL, null));
        director.configure(persistent(tcp(80), 300, "255.255.255.255"));
        director.configure(web(4));
        assertThat(weight()).isEqualTo(4);
    }

    @Test
    void aReportOfAnAgentOutlivesChangesOfTheConfiguration() {
        var orders = new OrdersByHand(director.tables);
        orders.apply(List.of(report("10.0.0.11", 60), report("10.0.0.99", 10)));
        assertThat(director.tables.reals().agentPercent(real)).isEqualTo(60);
        director.configure(web(5));
        orders.apply(List.of(report("10.0.0.12", 20)));
        assertThat(director.tables.reals().agentPercent(real)).isEqualTo(60);
        orders.apply(List.of(report("10.0.0.11", 100)));
        assertThat(director.tables.reals().agentPercent(real)).isEqualTo(100);
    }

    private static AgentReport report(String address, int percent) {
        return new AgentReport(new AgentReport.Real(tcp(80), Ipv4.of(address), 8080), percent, 1);
    }

    @Test
    void rulesForClientsAreThoseOfTheOrdersAndEndByTheSameClock() {
        var rule = new ByHand.ClientRule(OFFICE, true, 0, 0, Optional.of(WALL.plusSeconds(30)));
        new OrdersByHand(director.tables).apply(ByHand.NONE.with(rule), WALL.plusSeconds(10), director.now);
        assertThat(director.tables.clientRules().list())
                .extracting(ClientRule::untilAt)
                .containsExactly(director.now + 20 * TestDirector.SECOND);
        order(ByHand.NONE);
        assertThat(director.tables.clientRules().list()).isEmpty();
    }

    private void order(ByHand orders) {
        new OrdersByHand(director.tables).apply(orders, WALL, director.now);
    }

    private int weight() {
        return director.tables.reals().weight(real);
    }

    private static ByHand drain(@Nullable DrainMode mode, @Nullable Instant until) {
        return new ByHand(
                List.of(new ByHand.Drain(
                        tcp(80), FIRST, 8080, Optional.ofNullable(mode), WALL, Optional.ofNullable(until))),
                List.of());
    }

    private static Configuration.Service web(int weight) {
        return persistent(tcp(80), 300, "255.255.255.255", real("10.0.0.11", 8080, weight), real("10.0.0.12", 8080, 1));
    }
}
