package holdfast.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ManCommandTest extends AgainstASocket {
    private static final Path MAN = Path.of("/usr/bin/man");

    @Test
    void aPageSaysWhatTheHelpSays() {
        var page = runBare("man", "real", "edit").out();
        assertThat(page)
                .startsWith(".TH HOLDFAST\\-REAL\\-EDIT 1 ")
                .contains(
                        "\n.SH NAME\nholdfast\\-real\\-edit \\- Change settings of a real server; those that are not given stay",
                        "\n\\fB\\-\\-weight\\fR=\\fIN\\fR\n",
                        "\n.SH SEE ALSO\n\\fBholdfast\\-real\\fR(1)\n");
    }

    @Test
    void aPageOfACommandThatIsNotThereIsRefused() {
        assertThat(runBare("man", "real", "edits").err())
                .startsWith(
                        "There is no command 'holdfast real edits'; did you mean edit? There are list, add, edit, remove\n");
        assertThat(runBare("man", "status", "--folder", folder.toString()).exit())
                .isEqualTo(2);
        assertThat(runBare("man", "--folder", folder + "/none").err()).startsWith("Cannot write " + folder + "/none/");
    }

    @Test
    void manRendersEveryPageWithoutAWarning() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(MAN));
        assertThat(runBare("man", "--folder", folder.toString()).out()).endsWith(" pages written to " + folder + "\n");
        var command = new ArrayList<>(List.of(MAN.toString(), "--warnings", "--local-file"));
        try (var pages = Files.list(folder)) {
            pages.map(Path::toString).sorted().forEach(command::add);
        }
        assertThat(command).hasSizeGreaterThan(50);
        var builder = new ProcessBuilder(command);
        builder.environment().put("MANPAGER", "cat");
        builder.environment().put("LC_ALL", "C.UTF-8");
        var warnings = folder.resolve("warnings").toFile();
        var process = builder.redirectError(warnings).start();
        var rendered = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).isZero();
        assertThat(Files.readString(warnings.toPath())).isEmpty();
        assertThat(rendered).contains("HOLDFAST-CONFIG-APPLY(1)");
    }
}
