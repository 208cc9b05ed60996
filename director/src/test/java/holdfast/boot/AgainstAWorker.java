package holdfast.boot;

import holdfast.conf.Configuration;
import holdfast.conf.Ipvs;
import holdfast.conn.FlowHash;
import holdfast.forward.Lease;
import holdfast.forward.OwnedAddresses;
import holdfast.forward.Ports;
import holdfast.forward.ProbeQueue;
import holdfast.forward.Tables;
import holdfast.forward.Worker;
import holdfast.linux.Clock;
import holdfast.sync.Equality;
import java.lang.foreign.Arena;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/// What tests of operators' questions have in common: a worker with its thread but without ports.
@Timeout(10)
abstract class AgainstAWorker {
    private final Arena memory = Arena.ofShared();
    private final ProbeQueue probes = new ProbeQueue();
    final Worker worker;

    /// @param services  what it is configured with
    AgainstAWorker(Configuration.Service... services) {
        worker = worker(List.of(services));
    }

    private Worker worker(List<Configuration.Service> services) {
        var limits = new Configuration.Datapath(64, 64, 0, false);
        var tables = new Tables(limits, true, new FlowHash(7, 8), Clock.monotonic(), memory);
        tables.configure(Ipvs.DEFAULT, List.of(), services, Clock.monotonic());
        var owned = new OwnedAddresses(List.of());
        return new Worker(tables, new Ports(List.of()), owned, new Lease(), 0, probes, new Worker.Listener() {
            @Override
            public void held(long version) {}

            @Override
            public void compared(Equality equality, long applied) {}
        });
    }

    @BeforeEach
    void start() {
        worker.start(new Worker.DeltaReader() {
            @Override
            public boolean parked() {
                return false;
            }

            @Override
            public void wakeUp() {}
        });
    }

    @AfterEach
    void close() {
        worker.close();
        probes.close();
        memory.close();
    }
}
