package holdfast.boot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `bin/holdfast` with an AOT cache, in a home of its own with the build's jars: an operator must never see a message
/// about a cache that does not fit.
@Timeout(60)
final class AotCacheLabIT {
    private static final Path HOME = Path.of(System.getenv("HOLDFAST_HOME"));

    @TempDir
    Path home;

    @BeforeEach
    void copyScripts() throws IOException {
        Files.createDirectories(home.resolve("bin/lib"));
        for (var script : new String[] {"bin/holdfast", "bin/lib/common.sh", "bin/lib/jvm.sh"}) {
            Files.copy(HOME.resolve(script), home.resolve(script));
        }
        Files.createDirectories(home.resolve("build"));
        Files.createSymbolicLink(home.resolve("build/lib"), HOME.resolve("build/lib"));
    }

    /// What a command of these arguments said, its exit code in front.
    private static String said(Path home, String... arguments) throws IOException, InterruptedException {
        var command = Stream.concat(Stream.of(home.resolve("bin/holdfast").toString()), Stream.of(arguments))
                .toList();
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        var output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        return process.exitValue() + " " + output;
    }

    private void bothProgramsAreSilentAbout(byte[] cache) throws IOException, InterruptedException {
        var without = said(home, "--version");
        var directorWithout = said(home, "director", "--help");
        assertThat(without).startsWith("0 holdfast ");
        Files.write(home.resolve("build/cli.aot"), cache);
        Files.write(home.resolve("build/director.aot"), cache);
        assertThat(said(home, "--version")).isEqualTo(without);
        assertThat(said(home, "director", "--help")).isEqualTo(directorWithout);
    }

    @Test
    void aCacheOfOtherJarsIsLeftAsideWithoutAWord() throws IOException, InterruptedException {
        bothProgramsAreSilentAbout(Files.readAllBytes(HOME.resolve("build/cli.aot")));
    }

    @Test
    void aDamagedCacheIsLeftAsideWithoutAWord() throws IOException, InterruptedException {
        bothProgramsAreSilentAbout("not a cache".repeat(1000).getBytes(UTF_8));
    }

    /// The log of the JVM itself says which classes it did not have to read from a jar.
    @Test
    void theCachesOfTheBuildAreUsed() throws IOException, InterruptedException {
        assertThat(loaded("director", "--help")).contains("holdfast.boot.Main source: shared objects file");
        assertThat(loaded("--version"))
                .contains("holdfast.cli.Main source: shared objects file")
                .contains("picocli.CommandLine source: shared objects file");
    }

    private static String loaded(String... arguments) throws IOException, InterruptedException {
        var command = Stream.concat(
                        Stream.of(
                                "env",
                                "JDK_JAVA_OPTIONS=-Xlog:class+load",
                                HOME.resolve("bin/holdfast").toString()),
                        Stream.of(arguments))
                .toList();
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).isZero();
        return output;
    }
}
