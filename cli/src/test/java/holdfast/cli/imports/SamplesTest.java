package holdfast.cli.imports;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Whole files of the three programs beside the expected director's file and report.
class SamplesTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"pair.conf", "instances.conf", "foreign.conf", "template.conf", "web.cf", "saved.rules"})
    void aSampleGivesTheFileAndTheReportBesideIt(String name) throws IOException {
        var source = SourceText.of(Path.of(name), resource(name).getBytes(UTF_8));
        var imported = (Outcome.Imported) outcome(source);

        assertThat(imported.yaml()).isEqualTo(resource(name.replaceFirst("\\..*", ".yaml")));
        assertThat(imported.findings().stream().map(Finding::toString).collect(Collectors.joining("\n")))
                .isEqualTo(resource(name.replaceFirst("\\..*", ".report")).strip());
        Accepted.in(folder).configuration(imported.yaml());
        Accepted.isComplete(source, imported.findings());
    }

    static Outcome outcome(SourceText source) {
        var name = source.file().toString();
        if (name.endsWith(".conf")) {
            return KeepalivedImport.of(source, "red", SamplesTest::included);
        }
        return name.endsWith(".cf") ? LdirectordImport.of(source) : IpvsadmImport.of(source);
    }

    private static List<SourceText> included(Place at, Path from, String pattern) {
        return pattern.equals("template-vrrp.conf")
                ? List.of(SourceText.of(Path.of(pattern), resource(pattern).getBytes(UTF_8)))
                : List.of();
    }

    static String resource(String name) {
        try (var in = Objects.requireNonNull(SamplesTest.class.getResourceAsStream("/imports/" + name), name)) {
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
