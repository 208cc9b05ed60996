package holdfast.cli;

import holdfast.admin.LogLevel;
import holdfast.admin.LogRequest;
import holdfast.admin.LogState;
import holdfast.admin.Operations;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "log",
        description = "The log of a running director.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = LogCommand.OfLevel.class)
final class LogCommand extends Group {
    @Command(name = "level", description = "Show the level of the log, or change it for a while.")
    static final class OfLevel implements Callable<Integer> {
        @Parameters(
                paramLabel = "LEVEL",
                arity = "0..1",
                description = "error, warn, info or debug; the present one is shown without it")
        private @Nullable LogLevel level;

        @Option(
                names = "--for",
                paramLabel = "DURATION",
                description = "until the usual level returns (default: 10m; at most 1d)")
        private @Nullable Duration duration;

        @Mixin
        private final AdminClient admin = new AdminClient();

        @Mixin
        private final Console console = new Console();

        @Override
        public Integer call() {
            var state = level == null ? look() : change(level);
            console.result(state, text(state));
            return ExitCode.DONE;
        }

        private LogState change(LogLevel wanted) {
            if (duration != null && duration.toSeconds() > LogRequest.SECONDS_MAX) {
                throw new Failure(
                        ExitCode.WRONG_INPUT,
                        "--for " + Text.ms(duration.toMillis())
                                + " must be at most 1d: a forgotten DEBUG must not fill a disk");
            }
            var seconds = duration == null ? null : (Integer) (int) duration.toSeconds();
            return admin.call(Operations.CHANGE_LOG, new LogRequest(wanted, seconds), "; the level may have changed");
        }

        private LogState look() {
            if (duration != null) {
                throw new Failure(
                        ExitCode.WRONG_INPUT,
                        "--for needs the level, such as 'holdfast log level debug --for 10m'; leave it out to see the present one");
            }
            return admin.call(Operations.LOG);
        }

        private static String text(LogState state) {
            return state.leftS() == null
                    ? "The director logs at its usual level " + state.level()
                    : "The director logs at %s for %s, then at %s again"
                            .formatted(state.level(), Text.ms(state.leftS() * 1000L), state.usual());
        }
    }
}
