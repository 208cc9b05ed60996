package holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.Role;
import holdfast.conf.ProgramVersion;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class VersionCommandTest extends AgainstASocket {
    private static final String HERE = "holdfast " + ProgramVersion.TEXT + "\njava     " + Runtime.version() + " ("
            + System.getProperty("java.vendor") + ")\n";

    @Test
    void theVersionsOfProgramJavaAndDirectorAreShown() throws IOException {
        var status = Samples.status(Role.ACTIVE, Samples.SAFE, Samples.EQUAL);
        assertThat(with("/v1/status", 200, status, "version"))
                .isEqualTo(new Ended(
                        0,
                        HERE + "director d1 0.1.0\n",
                        "The director is of another version than this program; use the holdfast beside it\n"));
    }

    @Test
    void withoutADirectorTheRestIsShown() {
        var ended = run("version");
        assertThat(ended.exit()).isZero();
        assertThat(ended.out()).isEqualTo(HERE + "director none\n");
        assertThat(ended.err()).startsWith("There is no socket ");
    }
}
