package holdfast.cli.imports;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class IpvsadmImportTest {
    @Test
    void aTimeoutOfZeroKeepsTheDefault() {
        assertThat(timeouts("--set 0 30 0"))
                .isEqualTo("ipvs.tcp-timeout-s: 900, tcp-fin-timeout-s: 30, udp-timeout-s: 300");
        assertThat(timeouts("--set 60 0 70"))
                .isEqualTo("ipvs.tcp-timeout-s: 60, tcp-fin-timeout-s: 120, udp-timeout-s: 70");
    }

    private static String timeouts(String line) {
        var source = SourceText.of(Path.of("f.rules"), line.getBytes(UTF_8));
        return ((Outcome.Imported) IpvsadmImport.of(source))
                .findings()
                .getFirst()
                .result();
    }
}
