package holdfast.control;

import static holdfast.testing.Fixtures.persistent;
import static holdfast.testing.Fixtures.real;
import static holdfast.testing.Fixtures.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.DrainRequest;
import holdfast.admin.Host;
import holdfast.boot.MachineServicesTest;
import holdfast.conf.DrainMode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// When a drain by hand follows the sysctl `expire_quiescent_template`.
@Timeout(10)
class DrainRequestTest {
    private static final int REAL = 0;

    private final IdleWorker idle = new IdleWorker();

    @BeforeEach
    void configure() {
        idle.configure(List.of(), persistent(tcp(80), 300, "255.255.255.255", real("10.0.0.11", 80, 1)));
    }

    @AfterEach
    void close() {
        idle.close();
    }

    private @Nullable DrainMode drain(@Nullable DrainMode mode) {
        var request = new DrainRequest(tcp(80), Host.of("10.0.0.11"), mode, null, false);
        return new RealServerCommands(MachineServicesTest::configuration, idle.datapath, idle.orders())
                .drain(request)
                .mode();
    }

    private boolean keepsClients(boolean expireQuiescentTemplate) {
        return idle.datapath
                .query(tables -> tables.reals().keepsClients(REAL, expireQuiescentTemplate))
                .join();
    }

    @Test
    void aDrainWithoutAModeFollowsTheSysctlAtEachMoment() { // IPVS-REF 3.5
        assertThat(drain(null)).isEqualTo(DrainMode.KEEP_ALL);
        assertThat(keepsClients(false)).isTrue();
        assertThat(keepsClients(true)).isFalse();
    }

    @Test
    void aDrainWithAModeKeepsIt() {
        assertThat(drain(DrainMode.KEEP_ALL)).isEqualTo(DrainMode.KEEP_ALL);
        assertThat(keepsClients(true)).isTrue();
        assertThat(drain(null)).as("only asked").isEqualTo(DrainMode.KEEP_ALL);
        assertThat(keepsClients(true)).isTrue();
    }
}
