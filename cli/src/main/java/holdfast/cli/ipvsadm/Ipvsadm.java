package holdfast.cli.ipvsadm;

import java.io.BufferedReader;
import java.io.PrintWriter;
import java.util.List;

/// The program `ipvsadm` on a director.
public final class Ipvsadm {
    private final Names names;
    private final BufferedReader in;
    private final Performer performer;

    /// @param in  the rules of `-R`
    public Ipvsadm(DirectorAccess director, Names names, BufferedReader in, PrintWriter out, PrintWriter err) {
        this.names = names;
        this.in = in;
        performer = new Performer(director, names, out, err);
    }

    /// Whether an argument begins an invocation of ipvsadm, such as `-Ln`.
    public static boolean isCommand(String arg) {
        var options = Arguments.of(List.of(arg)).options();
        return !options.isEmpty() && options.getFirst().option().isCommand();
    }

    /// Runs one invocation.
    ///
    /// @return the exit code
    public int run(List<String> args) {
        try {
            var command = Parser.parse(args, names);
            return command instanceof Command.Restore
                    ? new Restore(performer, names).run(in)
                    : performer.perform(command, args);
        } catch (Rejection e) {
            return performer.refuse(e.text(), e.exit());
        }
    }
}
