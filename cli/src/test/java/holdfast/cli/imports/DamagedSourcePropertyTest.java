package holdfast.cli.imports;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Whatever damage a source has, its import ends in messages, or in a file that our own check takes and a report that
/// covers each of its lines; never in an exception.
class DamagedSourcePropertyTest {
    private static final int FILES = 250;
    private static final List<String> DIRT = List.of(
            "",
            "\n",
            " ",
            "\t",
            "{",
            "}",
            "}\n}",
            "\"",
            "'",
            "\\",
            "#",
            "!",
            "@",
            "@red ",
            "@^red ",
            "$",
            "${",
            "$A=",
            "${A}",
            "$A=${A}${A}\n",
            "~SEQ(A,1,3) ",
            "include x\n",
            ":",
            "/",
            "-",
            "->",
            ",",
            "=",
            "0",
            "-1",
            "255",
            "65536",
            "4294967296",
            "99999999999999999999",
            "0.0.0.0",
            "127.0.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "2001:db8::1",
            "[::1]:80",
            "fwmark ",
            "group web",
            "virtual_server 192.0.2.10 0 {\n",
            "real_server ",
            "vrrp_instance x {\n",
            "-A ",
            "-a ",
            "-p ",
            "-M ",
            " -f ",
            "--x=",
            "real=",
            "virtual=",
            "\u0000",
            "\u00e9",
            "\ud83d\ude00",
            "\u2028",
            "\u202e",
            "\ufffd");

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "pair.conf, 1",
        "instances.conf, 2",
        "foreign.conf, 3",
        "template.conf, 4",
        "web.cf, 5",
        "saved.rules, 6"
    })
    void aDamagedFileGivesMessagesOrAFileThatTheCheckTakes(String name, long seed) throws IOException {
        var accepted = Accepted.in(folder);
        var random = new Random(seed);
        var right = SamplesTest.resource(name);
        int imported = 0;
        for (int file = 0; file < FILES; file++) {
            var text = new StringBuilder(right);
            for (int damage = random.nextInt(1, 5); damage > 0; damage--) {
                int at = random.nextInt(text.length());
                int end = Math.min(text.length(), at + random.nextInt(12));
                text.replace(at, end, DIRT.get(random.nextInt(DIRT.size())));
            }
            imported += check(name, text.toString(), accepted, "seed " + seed + ", file " + file) ? 1 : 0;
        }
        assertThat(imported).as("files with little damage").isGreaterThan(FILES / 20);
    }

    /// Lines in another order, so that most statements stand in a wrong place.
    @ParameterizedTest
    @CsvSource({"pair.conf, 7", "instances.conf, 8", "web.cf, 9", "saved.rules, 10"})
    void linesInAnotherOrderDoNoHarm(String name, long seed) throws IOException {
        var accepted = Accepted.in(folder);
        var random = new Random(seed);
        var lines = SamplesTest.resource(name).lines().toList();
        for (int file = 0; file < FILES; file++) {
            var mixed = random.ints(random.nextInt(1, lines.size()), 0, lines.size())
                    .mapToObj(lines::get)
                    .collect(Collectors.joining("\n"));
            check(name, mixed, accepted, "seed " + seed + ", file " + file);
        }
    }

    /// Whether it was imported.
    private static boolean check(String name, String text, Accepted accepted, String which) {
        try {
            return switch (outcome(name, text)) {
                case Outcome.Refused(var mistakes) -> {
                    assertThat(mistakes)
                            .isNotEmpty()
                            .hasSizeLessThanOrEqualTo(21)
                            .allSatisfy(
                                    mistake -> assertThat(mistake.toString()).matches("[a-z.-]+(:\\d+:1)?: .+; .+"));
                    yield false;
                }
                case Outcome.Imported(var yaml, var findings) -> {
                    accepted.configuration(yaml);
                    Accepted.isComplete(SourceText.of(Path.of(name), text.getBytes(UTF_8)), findings);
                    assertThat(findings)
                            .allSatisfy(finding -> assertThat(finding.toString())
                                    .matches("([a-z.-]+:\\d+(-\\d+)?: )?[a-z ]+: .* -> .+"));
                    yield true;
                }
            };
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(which + ":\n" + text, e);
        }
    }

    private static Outcome outcome(String name, String text) {
        try {
            return SamplesTest.outcome(SourceText.of(Path.of(name), text.getBytes(UTF_8)));
        } catch (SourceFault fault) {
            return new Outcome.Refused(fault.mistakes());
        }
    }
}
