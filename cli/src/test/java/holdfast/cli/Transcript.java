package holdfast.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A file of commands with what they print.
///
///     $ a command
///     < a line of its standard input
///     a line of its standard output; a `$` ends it if it is empty or has blanks at its end
///     ! a line of its standard error
///     [its exit code]
public final class Transcript {
    private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");

    private Transcript() {}

    /// The end of a command.
    public record Ended(int exit, String out, String err) {}

    /// Runs a command with its standard input.
    @FunctionalInterface
    public interface Runner {
        Ended run(List<String> args, String in);
    }

    /// Runs each command of a file, and compares all that is printed.
    ///
    /// @param resource  such as `/ipvsadm/services.txt`
    public static void assertReplays(String resource, Runner runner) throws IOException {
        var transcript = lines(resource);
        assertThat(replayed(transcript, runner)).isEqualTo(String.join("\n", transcript) + "\n");
    }

    public static List<String> lines(String resource) throws IOException {
        try (var in = Transcript.class.getResourceAsStream(resource)) {
            assertThat(in).as("transcript " + resource).isNotNull();
            return new String(in.readAllBytes(), UTF_8).lines().toList();
        }
    }

    /// The commands of a file.
    public static List<List<String>> commands(String resource) throws IOException {
        return lines(resource).stream()
                .filter(line -> line.startsWith("$ "))
                .map(line -> words(line.substring(2)))
                .toList();
    }

    /// The transcript with what is printed now.
    static String replayed(List<String> transcript, Runner runner) {
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
                replayed.append(run(runner, line.substring(2), input));
            }
        }
        return replayed.toString();
    }

    private static String run(Runner runner, String command, List<String> input) {
        var in =
                input.stream().map(line -> line.replaceFirst("^< ?", "") + "\n").collect(Collectors.joining());
        var ended = runner.run(words(command), in);
        return shown("", ended.out()) + shown("! ", ended.err()) + "[" + ended.exit() + "]\n";
    }

    private static List<String> words(String command) {
        return WORD.matcher(command)
                .results()
                .map(word -> word.group(1) == null ? word.group(2) : word.group(1))
                .skip(1)
                .toList();
    }

    private static String shown(String mark, String text) {
        return text.lines()
                .map(line -> line.isEmpty() || line.endsWith(" ") ? line + "$" : line)
                .map(line -> mark + line + "\n")
                .collect(Collectors.joining());
    }
}
