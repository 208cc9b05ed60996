package holdfast.cli;

import holdfast.admin.ConfigChange;
import holdfast.admin.ConfigComparison;
import holdfast.admin.ConfigRequest;
import holdfast.admin.ConfigState;
import holdfast.admin.ImpactRequest;
import holdfast.admin.Nothing;
import holdfast.admin.Operations;
import holdfast.admin.ReloadRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The commands of `config` that show or change the shared configuration of running directors.
final class ConfigTransfer {
    private static final Pattern BASE = Pattern.compile("# revision ([0-9]+\\.[0-9]+)\\b.*");
    private static final String NEWLINE = System.lineSeparator();

    private ConfigTransfer() {}

    @Command(
            name = "show",
            description =
                    "Show the shared configuration in force, or a kept revision: who made it, why, and who has it.")
    static final class Show implements Callable<Integer> {
        @Parameters(arity = "0..1", paramLabel = "REVISION", description = "such as 17 (default: the one in force)")
        private @Nullable String revision;

        @Mixin
        private final AdminClient admin = new AdminClient();

        @Mixin
        private final Console console = new Console();

        @Override
        public Integer call() {
            var state = admin.call(Operations.CONFIG, new ConfigRequest(revision));
            console.result(state, text(state));
            return ExitCode.DONE;
        }

        private String text(ConfigState state) {
            var lines = new ArrayList<String>();
            lines.add(headline(state, console.environment().clock().instant()));
            if (revision == null) {
                state.directors()
                        .forEach(other -> lines.add(other.name() + " has "
                                + (other.same() ? "the same" : "another: " + named(other.revision(), state))));
                lines.add(
                        state.fileDiffers() == null
                                ? state.file() + " is not right: see 'holdfast config check'"
                                : state.file()
                                        + (state.fileDiffers()
                                                ? " differs from it: " + remedy(state)
                                                : " says the same"));
            }
            lines.add("");
            lines.add(state.text().stripTrailing());
            return String.join(NEWLINE, lines);
        }
    }

    /// Of two directors with one revision that leaves the configuration to their files, the files differ.
    private static String named(String revision, ConfigState ours) {
        return revision.equals(ours.revision()) ? "that of its own file" : "revision " + revision;
    }

    private static String remedy(ConfigState state) {
        var diff = "see 'holdfast config diff " + state.file() + "'";
        return state.ofFile() ? diff + "; it counts after 'holdfast config reload' or a restart" : diff;
    }

    private static String headline(ConfigState state, Instant now) {
        var change = state.change();
        if (change == null) {
            return "The configuration of " + state.director() + "'s file; no revision was made yet";
        }
        var made = "Revision " + change.revision() + ", made on " + change.director() + " " + ago(change.at(), now)
                + " by " + who(change) + why(change);
        return state.ofFile()
                ? made + NEWLINE + "It has orders by hand. The configuration is that of each director's own file"
                : made;
    }

    private static String ago(String at, Instant now) {
        return Text.ms(Math.max(0, Duration.between(Instant.parse(at), now).toMillis())) + " ago";
    }

    private static String who(ConfigState.Change change) {
        return change.author().isEmpty() ? "nobody named" : change.author();
    }

    private static String why(ConfigState.Change change) {
        return change.reason().isEmpty() ? "" : ": " + change.reason();
    }

    @Command(
            name = "export",
            description = {
                "Print the shared configuration in force, or a kept revision, as 'config apply' takes it.",
                "The first line names the revision, so that a later apply notices a change in between."
            })
    static final class Export implements Callable<Integer> {
        @Parameters(arity = "0..1", paramLabel = "REVISION", description = "such as 17 (default: the one in force)")
        private @Nullable String revision;

        @Mixin
        private final AdminClient admin = new AdminClient();

        @Mixin
        private final Console console = new Console();

        @Override
        public Integer call() {
            var state = admin.call(Operations.CONFIG, new ConfigRequest(revision));
            console.result(
                    state,
                    "# revision " + state.revision() + NEWLINE + state.text().stripTrailing());
            return ExitCode.DONE;
        }
    }

    @Command(
            name = "diff",
            description = "Show what a file would change, line by line; changes nothing.",
            footer = {"", "Exit codes: 0 nothing differs, 3 something differs, 1 and 2 as ever."})
    static final class Diff implements Callable<Integer> {
        @Parameters(paramLabel = "FILE", description = "a director's file, or what 'config export' printed")
        @SuppressWarnings("NullAway.Init")
        private Path file;

        @Mixin
        private final AdminClient admin = new AdminClient();

        @Mixin
        private final Console console = new Console();

        @Override
        public Integer call() {
            var change = new ConfigChange(ConfigSource.read(file), file.toString(), null, null, null, true);
            var result = admin.call(Operations.CHANGE_CONFIG, change);
            console.result(
                    result,
                    result.diff().isEmpty()
                            ? file + " says the same as revision " + result.revision()
                            : String.join(NEWLINE, result.diff()));
            return result.diff().isEmpty() ? ExitCode.DONE : ExitCode.NOT_DONE;
        }
    }

    @Command(
            name = "apply",
            description = {
                "Make the shared part of a file the configuration in force, on all directors at once.",
                "It asks first where clients would lose their real server. A director's own sections are not changed."
            })
    static final class Apply extends RevisionCommand {
        @Parameters(paramLabel = "FILE", description = "a director's file, or what 'config export' printed")
        @SuppressWarnings("NullAway.Init")
        private Path file;

        @Option(names = "--dry-run", description = "only show what would change, and for whom")
        private boolean dryRun;

        @Option(
                names = "--base",
                paramLabel = "REVISION",
                description =
                        "refuse if another revision is in force (default: the one that the file's first line names)")
        private @Nullable String base;

        @Override
        public Integer call() {
            var text = ConfigSource.read(file);
            if (dryRun) {
                var impact = admin.call(Operations.IMPACT, new ImpactRequest(file.toString(), text));
                var result = admin.call(Operations.CHANGE_CONFIG, change(text, true));
                reportDry(result, impact);
                return ExitCode.DONE;
            }
            confirm(file.toString(), text);
            var result = admin.call(Operations.CHANGE_CONFIG, change(text, false), ON_SILENCE);
            report(result);
            return ExitCode.DONE;
        }

        private ConfigChange change(String text, boolean isDry) {
            return new ConfigChange(
                    text,
                    file.toString(),
                    base == null ? baseOf(text) : base,
                    author.name(),
                    reason("applied " + file.getFileName()),
                    isDry);
        }
    }

    private static @Nullable String baseOf(String text) {
        var first = BASE.matcher(text.lines().findFirst().orElse(""));
        return first.matches() ? first.group(1) : null;
    }

    @Command(
            name = "compare",
            description =
                    "Show in which lines the configurations in force on the other directors differ from this one's.",
            footer = {"", "Exit codes: 0 nothing differs, 3 something differs or is not known, 1 and 2 as ever."})
    static final class Compare implements Callable<Integer> {
        @Mixin
        private final AdminClient admin = new AdminClient();

        @Mixin
        private final Console console = new Console();

        @Override
        public Integer call() {
            var comparison = admin.call(Operations.COMPARE_CONFIG, new Nothing());
            console.result(
                    comparison,
                    comparison.others().isEmpty()
                            ? "No other director was heard"
                            : comparison.others().stream().map(Compare::text).collect(Collectors.joining(NEWLINE)));
            return comparison.others().stream()
                            .allMatch(other ->
                                    other.diff() != null && other.diff().isEmpty())
                    ? ExitCode.DONE
                    : ExitCode.NOT_DONE;
        }

        private static String text(ConfigComparison.Other other) {
            if (other.diff() == null) {
                return other.name() + " did not answer";
            }
            return other.diff().isEmpty()
                    ? other.name() + " has the same"
                    : other.name() + " has another:" + NEWLINE + String.join(NEWLINE, other.diff());
        }
    }

    @Command(name = "history", description = "List the kept revisions, the newest first.")
    static final class History implements Callable<Integer> {
        @Mixin
        private final AdminClient admin = new AdminClient();

        @Mixin
        private final Console console = new Console();

        @Override
        public Integer call() {
            var history = admin.call(Operations.CONFIG_HISTORY, new Nothing());
            console.result(
                    history,
                    history.changes().isEmpty()
                            ? "No revision was made yet; the configuration is that of the director's file"
                            : history.changes().stream().map(History::line).collect(Collectors.joining(NEWLINE)));
            return ExitCode.DONE;
        }

        private static String line(ConfigState.Change change) {
            return "%-8s %s  %-6s %s%s%s"
                    .formatted(
                            change.revision(),
                            change.at().replaceFirst("\\.[0-9]+Z", "Z"),
                            change.director(),
                            who(change),
                            why(change),
                            change.inForce() ? "" : "  (gave way to a revision of another director)");
        }
    }

    @Command(
            name = "rollback",
            description = "Make a kept revision the configuration in force again, as a new revision.")
    static final class Rollback extends RevisionCommand {
        @Parameters(paramLabel = "REVISION", description = "such as 16; see 'config history'")
        @SuppressWarnings("NullAway.Init")
        private String revision;

        @Override
        public Integer call() {
            var now = admin.call(Operations.CONFIG, new ConfigRequest(null));
            var wanted = admin.call(Operations.CONFIG, new ConfigRequest(revision));
            var name = "revision " + wanted.revision();
            confirm(name, wanted.text());
            var change = new ConfigChange(
                    wanted.text(), name, now.revision(), author.name(), reason("back to " + wanted.revision()), false);
            report(admin.call(Operations.CHANGE_CONFIG, change, ON_SILENCE));
            return ExitCode.DONE;
        }
    }

    @Command(
            name = "reload",
            description = "Read the director's own file again, and make its shared part the configuration in force.")
    static final class Reload extends RevisionCommand {
        @Override
        public Integer call() {
            var file = Path.of(
                    admin.call(Operations.CONFIG, new ConfigRequest(null)).file());
            confirm(file.toString(), ConfigSource.read(file));
            var request = new ReloadRequest(author.name(), reason("the file was read again"));
            report(admin.call(Operations.RELOAD_CONFIG, request, ON_SILENCE));
            return ExitCode.DONE;
        }
    }
}
