package holdfast.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Commands with what they print, each file against a director of its own; nobody answers a question.
class CommandTranscriptTest extends AgainstASocket {
    @ParameterizedTest
    @ValueSource(strings = {"services", "real-servers", "connections"})
    void aCommandPrintsWhatItsTranscriptSays(String theme) throws IOException {
        var director = new DirectorInMemory();
        try (var _ = new TinyServer(socket(), director::answer)) {
            Transcript.assertReplays("/cli/" + theme + ".txt", this::replay);
        }
    }

    Transcript.Ended replay(List<String> args, String in) {
        var out = new StringWriter();
        var err = new StringWriter();
        var environment = new Environment(
                new BufferedReader(new StringReader(in)),
                new PrintWriter(out),
                new PrintWriter(err),
                Map.of("HOLDFAST_SOCKET", socket().toString(), "USER", "alice"),
                folder,
                _ -> Optional.empty());
        int exit = new Main(environment).run(args.toArray(String[]::new));
        return new Transcript.Ended(exit, shortened(out.toString()), shortened(err.toString()));
    }

    private String shortened(String text) {
        return text.replace(folder.toString(), "FOLDER");
    }
}
