package holdfast.boot;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.ProgramVersion;
import holdfast.conf.SharedHash;
import holdfast.revision.RevisionSamples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FirstLineTest {
    @Test
    void itNamesTheProgramTheFileAndTheVips(@TempDir Path directory) throws IOException {
        var configuration = RevisionSamples.configuration();
        var file = Files.writeString(directory.resolve("d1.yaml"), "abc");
        var vip = configuration.groups().getFirst().vips().getFirst();
        assertThat(FirstLine.of(file, configuration))
                .startsWith("name=" + configuration.director().name() + " version=" + ProgramVersion.TEXT)
                .contains("file=" + file)
                .contains("sha256=ba7816bf8f01cfea ") // FIPS 180-4, of "abc"
                .contains("shared-hash=" + SharedHash.of(configuration))
                .contains("revision=none")
                .contains(vip.address() + " on " + vip.interfaceName());
    }
}
