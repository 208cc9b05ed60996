package holdfast.table;

import holdfast.client.ClientRule;
import holdfast.client.ClientRules;
import holdfast.conf.AgentReport;
import holdfast.conf.ByHand;
import holdfast.conf.Ipv4;
import holdfast.conf.ServiceKey;
import holdfast.service.RealServerTable;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;

/// Puts the orders of operators and the reports of agents in force in a worker's tables. Worker only.
public final class OrdersByHand {
    private static final long SECOND = 1_000_000_000L;

    private final Tables tables;
    private final RealServerTable reals;

    public OrdersByHand(Tables tables) {
        this.tables = tables;
        reals = tables.reals();
    }

    /// From now on these orders count; a real server that they do not drain has its configured weight again.
    ///
    /// @param wall  the present time of the orders' clock
    /// @param now   monotonic ns
    public void apply(ByHand orders, Instant wall, long now) {
        var drained = new BitSet();
        for (var drain : orders.drains()) {
            int real = realOf(drain.service(), drain.address(), drain.port());
            if (real != RealServerTable.NONE && reals.isAvailable(real)) {
                drained.set(real);
                drain(real, drain, now - Duration.between(drain.since(), wall).toNanos());
            }
        }
        for (int real = 0; real < reals.size(); real++) {
            if (reals.isByHand(real) && !drained.get(real)) {
                tables.restore(real);
            }
        }
        var rules = ClientRules.NONE;
        for (var rule : orders.rules()) {
            rules = rules.with(ClientRule.of(rule, wall, now), now);
        }
        tables.clientRules(rules);
    }

    /// From now on these reports of agents count, beside earlier ones about other real servers.
    public void apply(List<AgentReport> reports) {
        for (var report : reports) {
            int real = realOf(
                    report.real().service(),
                    report.real().address(),
                    report.real().port());
            if (real != RealServerTable.NONE) {
                reals.agentPercent(real, report.percent());
            }
        }
    }

    private int realOf(ServiceKey service, Ipv4 address, int port) {
        return reals.find(service.protocol().number(), service.address().bits(), service.port(), address.bits(), port);
    }

    /// @param since  monotonic ns of the order
    private void drain(int real, ByHand.Drain drain, long since) {
        long endsAt = since
                + drain.until()
                        .map(until -> Duration.between(drain.since(), until).toNanos())
                        .orElse(reals.configuredDrainS(real) * SECOND);
        tables.quiesce(real, drain.mode().orElse(reals.configuredDrain(real)), endsAt);
    }
}
