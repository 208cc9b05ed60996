package holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/// Commands with what they print, each file against a director of its own; nobody answers a question.
class CommandTranscriptTest extends AgainstASocket {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "services",
                "real-servers",
                "vips",
                "connections",
                "help-and-version",
                "verbs",
                "journal",
                "audit",
                "wrong"
            })
    void aCommandPrintsWhatItsTranscriptSays(String theme) throws IOException {
        var director = new DirectorInMemory();
        try (var _ = new TinyServer(socket(), director::answer)) {
            Transcript.assertReplays("/cli/" + theme + ".txt", this::replay);
        }
    }

    @Test
    void eachOfTheWrongCommandsIsRefusedWithAReason() throws IOException {
        var lines = Transcript.lines("/cli/wrong.txt");
        assertThat(Transcript.commands("/cli/wrong.txt")).hasSizeGreaterThan(100);
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith("$ ")) {
                assertThat(lines.get(i + 1)).as(lines.get(i)).startsWith("! ");
            }
        }
        assertThat(lines).doesNotContain("[0]", "[3]").noneMatch(line -> line.contains("did not foresee"));
    }

    @Test
    void everyVerbThatAsksADirectorHasATranscript() throws IOException {
        var shown = new ArrayList<String>();
        for (var theme : List.of(
                "services", "real-servers", "vips", "connections", "help-and-version", "verbs", "journal", "audit")) {
            Transcript.commands("/cli/" + theme + ".txt")
                    .forEach(args -> shown.add("holdfast " + String.join(" ", args)));
        }
        var silent = Writer.nullWriter();
        var main = new Main(environment(AgainstASocket::nobody, silent, silent)).line();
        assertThat(asking(main))
                .allMatch(verb -> shown.stream().anyMatch(command -> (command + " ").startsWith(verb + " ")));
    }

    /// `version` prints what differs from machine to machine, and the drop-in has transcripts of its own.
    private static Stream<String> asking(CommandLine command) {
        var spec = command.getCommandSpec();
        var here = spec.findOption("--socket") == null
                        || List.of("version", "ipvsadm").contains(spec.name())
                        || spec.qualifiedName().equals("holdfast config reload")
                ? Stream.<String>empty()
                : Stream.of(spec.qualifiedName());
        return Stream.concat(here, spec.subcommands().values().stream().flatMap(CommandTranscriptTest::asking));
    }

    Transcript.Ended replay(List<String> args, String in) {
        typed = in;
        variables.putAll(Map.of("HOLDFAST_SOCKET", socket().toString(), "USER", "alice"));
        var ended = runBare(args.stream()
                .map(arg -> arg.replace("FOLDER", folder.toString()))
                .toArray(String[]::new));
        return new Transcript.Ended(ended.exit(), shortened(ended.out()), shortened(ended.err()));
    }

    private String shortened(String text) {
        return text.replace(folder.toString(), "FOLDER");
    }
}
