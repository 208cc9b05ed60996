package holdfast.cli;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Commands with what they print, each file against a director of its own; nobody answers a question.
class CommandTranscriptTest extends AgainstASocket {
    @ParameterizedTest
    @ValueSource(strings = {"services", "real-servers", "connections", "help-and-version"})
    void aCommandPrintsWhatItsTranscriptSays(String theme) throws IOException {
        var director = new DirectorInMemory();
        try (var _ = new TinyServer(socket(), director::answer)) {
            Transcript.assertReplays("/cli/" + theme + ".txt", this::replay);
        }
    }

    Transcript.Ended replay(List<String> args, String in) {
        typed = in;
        variables.putAll(Map.of("HOLDFAST_SOCKET", socket().toString(), "USER", "alice"));
        var ended = runBare(args.toArray(String[]::new));
        return new Transcript.Ended(ended.exit(), shortened(ended.out()), shortened(ended.err()));
    }

    private String shortened(String text) {
        return text.replace(folder.toString(), "FOLDER");
    }
}
