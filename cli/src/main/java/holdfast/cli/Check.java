package holdfast.cli;

import holdfast.admin.FailoverReadiness.Safe;
import holdfast.admin.Role;
import holdfast.admin.Status;
import holdfast.admin.Sync;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A status as a monitoring plugin prints it: one line with a word, its reasons and numbers, and an exit code.
///
///     HOLDFAST OK - d1 is ACTIVE, safe to fail over to d2 | unsynced_templates=0 unsynced_connections=0 lag_p99=1320us
///
/// Format and codes follow the Monitoring Plugins, for Nagios, Icinga and others.
record Check(Level level, String line) {
    /// In the order of the exit codes.
    enum Level {
        OK,
        WARNING,
        CRITICAL,
        UNKNOWN;

        int exitCode() {
            return ordinal();
        }
    }

    static Check of(Status status) {
        var reasons = Stream.of(status.failover().reasons(), StatusText.faults(status), status.alarms())
                .flatMap(List::stream)
                .toList();
        return line(
                level(status),
                StatusText.role(status) + ", " + verdict(status)
                        + (reasons.isEmpty() ? "" : ": " + String.join("; ", reasons)),
                numbers(status));
    }

    /// If no director answered. A failure before the question could be sent is not the director's fault.
    static Check of(Failure failure) {
        return line(
                failure.isSilence() ? Level.CRITICAL : Level.UNKNOWN, String.valueOf(failure.getMessage()), List.of());
    }

    private static Level level(Status status) {
        boolean isStuck = status.datapath().connections() == null;
        if (status.role() == Role.FAULT || (status.role() == Role.ACTIVE && isStuck)) {
            return Level.CRITICAL;
        }
        boolean isWell = status.failover().safe() == Safe.YES
                && status.faults().isEmpty()
                && status.alarms().isEmpty();
        return isWell ? Level.OK : Level.WARNING;
    }

    private static String verdict(Status status) {
        var safe = status.failover().safe();
        if (status.role() == Role.ACTIVE) {
            var to = status.failover().to() == null
                    ? ""
                    : " to " + status.failover().to();
            return switch (safe) {
                case YES -> "safe to fail over" + to;
                case NO -> "NOT safe to fail over" + to;
                case UNKNOWN -> "UNKNOWN whether it is safe to fail over" + to;
            };
        }
        return switch (safe) {
            case YES -> "would serve";
            case NO -> "might NOT serve";
            case UNKNOWN -> "UNKNOWN whether it would serve";
        };
    }

    /// Performance data; unknown numbers are left out, since a plugin has no other word for them.
    private static List<String> numbers(Status status) {
        var readiness = status.failover();
        var numbers = new ArrayList<String>();
        number("unsynced_templates", readiness.templatesAtRisk(), "").ifPresent(numbers::add);
        number("unsynced_connections", readiness.connectionsAtRisk(), "").ifPresent(numbers::add);
        number("oldest_unsynced", readiness.oldestUnsyncedMs(), "ms").ifPresent(numbers::add);
        number("copy_age", readiness.copyAgeMs(), "ms").ifPresent(numbers::add);
        status.sync().peers().stream()
                .filter(peer -> peer.name().equals(readiness.to()))
                .findFirst()
                .map(Sync.Peer::lagP99Micros)
                .flatMap(lag -> number("lag_p99", lag, "us"))
                .ifPresent(numbers::add);
        return numbers;
    }

    private static Optional<String> number(String name, @Nullable Long value, String unit) {
        return Optional.ofNullable(value).map(known -> name + "=" + known + unit);
    }

    /// A bar begins the numbers and a line end ends the line, so a sentence may contain neither.
    private static Check line(Level level, String text, List<String> numbers) {
        var sentence = text.replace('|', '/').lines().collect(Collectors.joining(" "));
        return new Check(
                level,
                "HOLDFAST " + level + " - " + sentence + (numbers.isEmpty() ? "" : " | " + String.join(" ", numbers)));
    }
}
