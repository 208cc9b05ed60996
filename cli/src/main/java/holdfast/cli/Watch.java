package holdfast.cli;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Stack;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/// The option `--watch`: a command is done again and again, until Ctrl-C or until nobody reads its output.
final class Watch {
    private static final int USUAL_S = 2;
    private static final int MAX_S = 3600;

    @Option(
            names = "--watch",
            arity = "0..1",
            paramLabel = "SECONDS",
            parameterConsumer = Seconds.class,
            description = "show it again every 2 seconds, or every so many, until Ctrl-C")
    private @Nullable Integer seconds;

    /// Takes the next argument only if it begins with a digit, since it may also be a parameter of the command.
    static final class Seconds implements IParameterConsumer {
        @Override
        @SuppressWarnings("JdkObsolete") // picocli's type
        public void consumeParameters(Stack<String> args, ArgSpec option, CommandSpec command) {
            int value = USUAL_S;
            if (!args.isEmpty() && args.peek().matches("[0-9].*")) {
                value = number(args.pop(), command);
            }
            if (value < 1 || value > MAX_S) {
                throw new ParameterException(
                        command.commandLine(), "--watch " + value + " must be 1 to " + MAX_S + " seconds");
            }
            option.setValue(value);
        }

        private static int number(String text, CommandSpec command) {
            if (!text.matches("[0-9]{1,9}")) {
                throw new ParameterException(
                        command.commandLine(), "--watch takes a number of seconds, such as 5, not '" + text + "'");
            }
            return Integer.parseInt(text);
        }
    }

    /// Does a command once, or for as long as somebody watches. A director that does not answer for a while is asked
    /// again, if it did answer before.
    ///
    /// @return the exit code of the last time
    int run(Console console, IntSupplier command) {
        if (seconds == null) {
            return command.getAsInt();
        }
        console.beginWatch(heading(console));
        int exit = command.getAsInt();
        boolean isSilent = false;
        while (console.isRead() && console.environment().pause().test(Duration.ofSeconds(seconds))) {
            try {
                console.beginWatch(heading(console));
                exit = command.getAsInt();
                if (isSilent) {
                    console.note("The director answers again");
                }
                isSilent = false;
            } catch (Failure failure) {
                if (failure.exitCode() != ExitCode.OUR_FAULT) {
                    throw failure;
                }
                if (!isSilent) {
                    console.note(failure.getMessage() + "; it is asked again every " + Text.count(seconds, "second"));
                }
                isSilent = true;
            }
        }
        return exit;
    }

    private String heading(Console console) {
        return console.environment()
                .clock()
                .instant()
                .truncatedTo(ChronoUnit.SECONDS)
                .toString();
    }
}
