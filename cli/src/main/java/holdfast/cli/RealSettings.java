package holdfast.cli;

import holdfast.conf.Configuration;
import holdfast.conf.DrainMode;
import holdfast.conf.ForwardingMethod;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The settings of a real server as options, with the names of the configuration file. A setting that is not given
/// stays as it is.
final class RealSettings {
    @Option(names = "--weight", paramLabel = "N", description = "its part of new clients; 1 for a new one, 0 gets none")
    private @Nullable Integer weight;

    @Option(
            names = "--forwarding",
            paramLabel = "METHOD",
            description = "nat or dr; a new one has that of the service's others")
    private @Nullable ForwardingMethod forwarding;

    @Option(
            names = "--upper-threshold",
            paramLabel = "N",
            description = "connections from which on it gets no new ones; 0 for no bound")
    private @Nullable Integer upperThreshold;

    @Option(
            names = "--lower-threshold",
            paramLabel = "N",
            description = "connections below which it gets new ones again; 0 for three quarters of the upper one")
    private @Nullable Integer lowerThreshold;

    @Option(
            names = "--drain",
            paramLabel = "MODE",
            description = "what its clients keep at weight 0: keep-all, keep-connections, until-deadline or now")
    private @Nullable DrainMode drain;

    @Option(
            names = "--drain-deadline",
            paramLabel = "DURATION",
            description = "for the drain until-deadline, such as 30m or 1h30m")
    private @Nullable Duration drainDeadline;

    /// The real server with the given settings.
    Configuration.RealServer on(Configuration.RealServer old) {
        return new Configuration.RealServer(
                old.address(),
                old.port(),
                number("--weight", weight, old.weight()),
                forwarding == null ? old.method() : forwarding,
                number("--upper-threshold", upperThreshold, old.upperThreshold()),
                number("--lower-threshold", lowerThreshold, old.lowerThreshold()),
                drain(old.drain()));
    }

    /// The forwarding method of a new real server.
    ForwardingMethod forwarding(Configuration.Service service) {
        if (forwarding != null) {
            return forwarding;
        }
        var methods = service.realServers().stream()
                .map(Configuration.RealServer::method)
                .distinct()
                .toList();
        if (methods.size() != 1) {
            throw new Failure(
                    ExitCode.WRONG_INPUT,
                    service.key()
                            + (methods.isEmpty()
                                    ? " has no real server yet whose forwarding this one could have"
                                    : " has real servers of both forwarding methods")
                            + "; say --forwarding nat or --forwarding dr");
        }
        return methods.getFirst();
    }

    private Optional<Configuration.Drain> drain(Optional<Configuration.Drain> old) {
        if (drain == null && drainDeadline == null) {
            return old;
        }
        var mode = drain == null ? old.map(Configuration.Drain::mode).orElse(DrainMode.KEEP_ALL) : drain;
        if (mode == DrainMode.UNTIL_DEADLINE && drainDeadline == null) {
            throw new Failure(
                    ExitCode.WRONG_INPUT, "--drain until-deadline needs a deadline, such as --drain-deadline 30m");
        }
        if (mode != DrainMode.UNTIL_DEADLINE && drainDeadline != null) {
            throw new Failure(
                    ExitCode.WRONG_INPUT,
                    "--drain-deadline is only for --drain until-deadline; add that, or leave it out");
        }
        return Optional.of(new Configuration.Drain(mode, drainDeadline == null ? 0 : drainDeadline.toSeconds()));
    }

    private static int number(String option, @Nullable Integer given, int old) {
        if (given != null && given < 0) {
            throw new Failure(ExitCode.WRONG_INPUT, option + " " + given + " must be 0 to " + Integer.MAX_VALUE);
        }
        return given == null ? old : given;
    }
}
