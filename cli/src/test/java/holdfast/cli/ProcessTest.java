package holdfast.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.json.AdminJson;
import holdfast.cli.ipvsadm.ConnectionsText;
import holdfast.cli.ipvsadm.EndpointText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The command line as a process of its own, with logback on its class path and without configuration for
/// it.
class ProcessTest {
    @Test
    void nothingButTheResultIsPrinted(@TempDir Path folder) throws IOException, InterruptedException {
        var socket = folder.resolve("api.sock");
        var answer = TinyServer.http(200, AdminJson.write(Samples.connections(false)));
        try (var _ = new TinyServer(socket, _ -> answer)) {
            var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
            var process = new ProcessBuilder(
                            java,
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            "holdfast.cli.Main",
                            "list",
                            "-cn",
                            "--socket",
                            socket.toString())
                    .start();
            var out = new String(process.getInputStream().readAllBytes(), UTF_8);
            var err = new String(process.getErrorStream().readAllBytes(), UTF_8);

            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(err).isEmpty();
            assertThat(out)
                    .isEqualTo(new ConnectionsText(false, EndpointText.NUMERIC).of(Samples.connections(false)) + "\n");
            assertThat(process.exitValue()).isZero();
        }
    }

    @Test
    void aCommandThatIsWatchedEndsCleanlyWithItsProcess(@TempDir Path folder) throws IOException, InterruptedException {
        var socket = folder.resolve("api.sock");
        var director = new DirectorInMemory();
        try (var _ = new TinyServer(socket, director::answer)) {
            var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
            var process = new ProcessBuilder(
                            java,
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            "holdfast.cli.Main",
                            "connection",
                            "count",
                            "--watch",
                            "--output=json",
                            "--socket",
                            socket.toString())
                    .redirectError(folder.resolve("err").toFile())
                    .start();
            try (var out = process.inputReader(UTF_8)) {
                assertThat(out.readLine()).startsWith("{\"schemaVersion\":1,");
                process.toHandle().destroy();
                assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
                assertThat(folder.resolve("err")).isEmptyFile();
            } finally {
                process.destroyForcibly();
            }
        }
    }
}
