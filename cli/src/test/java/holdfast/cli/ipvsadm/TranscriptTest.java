package holdfast.cli.ipvsadm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.ProgramVersion;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Invocations with what they print. All files but `holdfast.txt` were recorded from ipvsadm 1.31, which was given a
/// table in memory instead of the kernel's; `holdfast.txt` has what differs on purpose.
///
///     $ a command
///     < a line of its standard input
///     a line of its standard output; a `$` ends it if it is empty or has blanks at its end
///     ! a line of its standard error
///     [its exit code]
class TranscriptTest {
    private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");

    @ParameterizedTest
    @ValueSource(strings = {"services", "servers", "listings", "names", "restore", "wrong-use", "holdfast"})
    void anInvocationPrintsWhatIpvsadmPrints(String theme) throws IOException {
        var transcript = transcript(theme);
        assertThat(replayed(transcript, new FakeDirector())).isEqualTo(String.join("\n", transcript) + "\n");
    }

    static List<String> transcript(String theme) throws IOException {
        try (var in = TranscriptTest.class.getResourceAsStream("/ipvsadm/" + theme + ".txt")) {
            assertThat(in).as("transcript " + theme).isNotNull();
            return new String(in.readAllBytes(), UTF_8).lines().toList();
        }
    }

    /// The transcript with what is printed now.
    private static String replayed(List<String> transcript, FakeDirector director) {
        var replayed = new StringBuilder();
        var lines = new ArrayDeque<>(transcript);
        while (!lines.isEmpty()) {
            var line = lines.removeFirst();
            if (line.isEmpty() || line.startsWith("#")) {
                replayed.append(line).append('\n');
            } else if (line.startsWith("$ ")) {
                var input = new ArrayList<String>();
                while (!lines.isEmpty() && lines.getFirst().startsWith("<")) {
                    input.add(lines.removeFirst());
                }
                replayed.append(line).append('\n');
                input.forEach(typed -> replayed.append(typed).append('\n'));
                replayed.append(run(director, line.substring(2), input));
            }
        }
        return replayed.toString();
    }

    private static String run(FakeDirector director, String command, List<String> input) {
        var args = WORD.matcher(command)
                .results()
                .skip(1)
                .map(word -> word.group(1) == null ? word.group(2) : word.group(1))
                .toList();
        var in =
                input.stream().map(line -> line.replaceFirst("^< ?", "") + "\n").collect(Collectors.joining());
        var ended = Ended.of(director, in, args);
        return shown("", ended.out().replace(ProgramVersion.TEXT, "VERSION")) + shown("! ", ended.err()) + "["
                + ended.exit() + "]\n";
    }

    private static String shown(String mark, String text) {
        return text.lines()
                .map(line -> line.isEmpty() || line.endsWith(" ") ? line + "$" : line)
                .map(line -> mark + line + "\n")
                .collect(Collectors.joining());
    }

    /// The end of an invocation.
    record Ended(int exit, String out, String err) {
        static Ended of(DirectorAccess director, String in, List<String> args) {
            var out = new StringWriter();
            var err = new StringWriter();
            int exit = new Ipvsadm(
                            director,
                            new FakeNames(),
                            new BufferedReader(new StringReader(in)),
                            new PrintWriter(out),
                            new PrintWriter(err))
                    .run(args);
            return new Ended(exit, out.toString(), err.toString());
        }
    }
}
