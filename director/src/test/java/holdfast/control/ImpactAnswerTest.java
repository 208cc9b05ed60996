package holdfast.control;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.ImpactRequest;
import holdfast.admin.ImpactResult;
import holdfast.conf.AgentReport;
import holdfast.conf.ByHand;
import holdfast.conf.Configuration;
import holdfast.conf.ConfigurationFile;
import holdfast.conf.Ipv4;
import holdfast.conf.MarkRule;
import holdfast.conf.ServiceKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The report on a file before an operator uses it.
@Timeout(10)
class ImpactAnswerTest {
    private static final String FILE = """
            director: {name: d1, state-dir: STATE}
            cluster: {bind-address: 10.255.0.1, key-file: STATE/key}
            vip-groups: [{vrid: 51, interface: eth0, vips: [192.0.2.10]}]
            marks:
              - {mark: 7, destination: 192.0.2.10, protocol: tcp, destination-ports: [80, 443]}
            services:
              - service: mark/7
                persistence: {timeout-s: 300}
                forwarding: dr
                real-servers: [192.0.2.21]
            """;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path state;

    private final IdleWorker idle = new IdleWorker();

    @BeforeEach
    void makeTheKey() throws IOException {
        var ownersOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        Files.createFile(state.resolve("key"), ownersOnly);
        Files.writeString(state.resolve("key"), "0".repeat(64));
    }

    @AfterEach
    void close() {
        idle.close();
    }

    @Test
    void aMarkWithOtherRulesIsChanged() {
        assertThat(change(FILE)).isEqualTo(ImpactResult.Change.UNCHANGED);
        assertThat(change(FILE.replace("[80, 443]", "[80]"))).isEqualTo(ImpactResult.Change.CHANGED);
    }

    @Test
    void ordersByHandAreNamedWithWhatBecomesOfThem() {
        var rule = new ByHand.ClientRule(MarkRule.Prefix.of("198.51.100.0/24"), true, 0, 0, Optional.empty());
        var ended = new ByHand.ClientRule(MarkRule.Prefix.of("203.0.113.7"), true, 0, 0, Optional.of(Instant.EPOCH));
        var orders = ByHand.NONE
                .with(new ByHand.Drain(
                        ServiceKey.of("mark/7"),
                        Ipv4.of("192.0.2.21"),
                        0,
                        Optional.empty(),
                        Instant.EPOCH,
                        Optional.empty()))
                .with(rule)
                .with(ended);
        assertThat(impact(FILE, ordered(orders)).others())
                .hasSize(3)
                .endsWith(
                        "The drain of 192.0.2.21:0 of mark/7, ordered by hand, stays",
                        "The block of the clients 198.51.100.0/24, ordered by hand, stays");
        assertThat(impact(FILE.replace("192.0.2.21", "192.0.2.22"), ordered(orders))
                        .others())
                .contains("The drain of 192.0.2.21:0 of mark/7, ordered by hand, ends with its real server");
    }

    private static HandOrders ordered(ByHand orders) {
        return new HandOrders() {
            @Override
            public ByHand present() {
                return orders;
            }

            @Override
            public void change(UnaryOperator<ByHand> change, String reason) {
                throw new UnsupportedOperationException("an impact changes nothing");
            }

            @Override
            public void report(AgentReport.Real real, int percent) {
                throw new UnsupportedOperationException("an impact changes nothing");
            }
        };
    }

    private ImpactResult.Change change(String wanted) {
        return impact(wanted, idle.orders()).services().getFirst().change();
    }

    private ImpactResult impact(String wanted, HandOrders orders) {
        return new RealServerCommands(this::configuration, idle.datapath, orders)
                .impact(new ImpactRequest("director.yaml", here(wanted)));
    }

    private Configuration configuration() {
        var outcome = ConfigurationFile.readOffline(
                Path.of("director.yaml"), here(FILE).getBytes(StandardCharsets.UTF_8));
        assertThat(outcome).isInstanceOf(ConfigurationFile.Good.class);
        return ((ConfigurationFile.Good) outcome).configuration();
    }

    private String here(String file) {
        return file.replace("STATE", state.toString());
    }
}
