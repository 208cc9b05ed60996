package holdfast.cli.ipvsadm;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Reads one invocation from each line, as `ipvsadm -R` does (IPVS-REF 9.4). Changes that follow each other become one
/// revision; all others see the changes before them.
final class Restore {
    private final Performer performer;
    private final Names names;
    private final List<Command.Change> pending = new ArrayList<>();
    private int exit;

    Restore(Performer performer, Names names) {
        this.performer = performer;
        this.names = names;
    }

    /// @return the exit code of the last line that was read
    int run(BufferedReader in) {
        try {
            for (var line = in.readLine(); line != null; line = in.readLine()) {
                var words = words(line);
                if (!words.isEmpty() && isLast(words)) {
                    return exit;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the rules", e);
        }
        flush();
        return exit;
    }

    /// The words of a line without the name of the program in front.
    private static List<String> words(String line) {
        return Arrays.stream(line.strip().split("\\s+"))
                .dropWhile(word -> word.isEmpty() || word.equals("ipvsadm"))
                .toList();
    }

    private boolean isLast(List<String> words) {
        try {
            return isLast(Parser.parse(words, names), words);
        } catch (Rejection e) {
            flush();
            exit = performer.refuse(e.text(), e.exit());
            return e.endsRestore();
        }
    }

    private boolean isLast(Command command, List<String> words) {
        return switch (command) {
            case Command.Change change -> {
                pending.add(change);
                yield false;
            }
            case Command.Restore() -> throw Rejection.noCommand();
            case Command.Help _, Command.Version _ -> {
                perform(command, words);
                yield true;
            }
            case Command.ListServices _ -> {
                perform(command, words);
                yield exit != 0; // a listing that fails ends ipvsadm
            }
            default -> {
                perform(command, words);
                yield false;
            }
        };
    }

    /// Performs a command that is to see the changes before it.
    private void perform(Command command, List<String> words) {
        flush();
        exit = performer.perform(command, words);
    }

    private void flush() {
        if (!pending.isEmpty()) {
            exit = performer.change(pending, "ipvsadm -R, " + pending.size() + " lines");
            pending.clear();
        }
    }
}
