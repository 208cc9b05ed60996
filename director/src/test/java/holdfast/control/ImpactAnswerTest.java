package holdfast.control;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.ImpactRequest;
import holdfast.admin.ImpactResult;
import holdfast.conf.Configuration;
import holdfast.conf.ConfigurationFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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

    private ImpactResult.Change change(String wanted) {
        var impact = new RealServerCommands(this::configuration, idle.datapath, idle.orders())
                .impact(new ImpactRequest("director.yaml", here(wanted)));
        return impact.services().getFirst().change();
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
