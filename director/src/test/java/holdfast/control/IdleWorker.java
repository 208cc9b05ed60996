package holdfast.control;

import holdfast.conf.AgentReport;
import holdfast.conf.ByHand;
import holdfast.conf.Configuration;
import holdfast.conf.Ipvs;
import holdfast.conf.MarkRule;
import holdfast.conn.FlowHash;
import holdfast.forward.Lease;
import holdfast.forward.Links;
import holdfast.forward.OwnedAddresses;
import holdfast.forward.ProbeQueue;
import holdfast.linux.Clock;
import holdfast.sync.Equality;
import holdfast.table.OrdersByHand;
import holdfast.table.Tables;
import holdfast.worker.GroupDatapath;
import holdfast.worker.Worker;
import java.lang.foreign.Arena;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/// A worker with its thread but without links, to ask and to command as operators do.
public final class IdleWorker implements AutoCloseable {
    public final GroupDatapath datapath;
    Ipvs ipvs = Ipvs.DEFAULT;

    private final Arena memory = Arena.ofShared();
    private final ProbeQueue probes = new ProbeQueue();
    private final Worker worker;

    public IdleWorker() {
        this(64);
    }

    /// @param entriesMax  connections, and templates
    IdleWorker(int entriesMax) {
        var limits = new Configuration.Datapath(entriesMax, entriesMax, 0, false);
        var tables = new Tables(limits, true, new FlowHash(5, 6), new FlowHash(7, 8), Clock.monotonic(), memory);
        var owned = new OwnedAddresses(List.of());
        worker = new Worker(tables, new Links(List.of()), owned, new Lease(), 0, probes, new GroupDatapath.Listener() {
            @Override
            public void held(long version) {}

            @Override
            public void compared(Equality equality, long applied) {}
        });
        datapath = worker.group();
        worker.start();
    }

    /// Orders that are in force here and nowhere else.
    HandOrders orders() {
        var orders = new AtomicReference<>(ByHand.NONE);
        return new HandOrders() {
            @Override
            public ByHand present() {
                return Objects.requireNonNull(orders.get());
            }

            @Override
            public void change(UnaryOperator<ByHand> change, String reason) {
                var now = orders.updateAndGet(change);
                datapath.query(tables -> {
                            new OrdersByHand(tables).apply(now, Instant.now(), Clock.monotonic());
                            return now;
                        })
                        .join();
            }

            @Override
            public void report(AgentReport.Real real, int percent) {
                datapath.query(tables -> {
                            new OrdersByHand(tables).apply(List.of(new AgentReport(real, percent, 0)));
                            return real;
                        })
                        .join();
            }
        };
    }

    void configure(List<MarkRule> marks, Configuration.Service... services) {
        datapath.query(tables -> {
                    tables.configure(ipvs, marks, List.of(services), Clock.monotonic());
                    return services;
                })
                .join();
    }

    @Override
    public void close() {
        worker.close();
        probes.close();
        memory.close();
    }
}
