package holdfast.cli;

import holdfast.admin.Bounds;
import holdfast.admin.Connections;
import holdfast.admin.ConnectionsRequest;
import holdfast.admin.EntryFilter;
import holdfast.admin.Host;
import holdfast.admin.Operations;
import holdfast.admin.TemplateRequest;
import holdfast.admin.TemplateResult;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "template",
        description = {
            "Persistence templates: which client belongs to which real server.",
            "--client, --real and --service together mean the templates that fit all of them."
        },
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            TemplateCommand.ListTemplates.class,
            TemplateCommand.Flush.class,
            TemplateCommand.Move.class,
            TemplateCommand.Pin.class,
            TemplateCommand.Unpin.class
        })
final class TemplateCommand extends Group {
    private static final String ON_SILENCE =
            ", so some may have been changed all the same: look with 'holdfast template list'";

    @Command(name = "list", description = "List templates, with the time that each is set to and what it controls.")
    static final class ListTemplates implements Callable<Integer> {
        @Mixin
        private final Filter filter = new Filter();

        @Mixin
        private final AdminClient admin = new AdminClient();

        @Mixin
        private final Console console = new Console();

        @Option(
                names = "--limit",
                paramLabel = "N",
                defaultValue = "" + Bounds.ENTRIES_MAX,
                description = "most templates to list (default: ${DEFAULT-VALUE}, the most there can be)")
        private int limit;

        @Option(names = "--pinned", description = "only the templates that an operator has pinned")
        private boolean pinned;

        @Override
        public Integer call() {
            if (limit < 1 || limit > Bounds.ENTRIES_MAX) {
                throw new Failure(ExitCode.WRONG_INPUT, "--limit " + limit + " must be 1 to " + Bounds.ENTRIES_MAX);
            }
            var answer = admin.connections(new ConnectionsRequest(
                    Connections.Kind.TEMPLATE, filter.filter(), pinned ? "pinned" : null, limit));
            console.result(answer, TemplatesText.of(answer));
            ListCommand.noteIfCut(answer, console);
            return ExitCode.DONE;
        }
    }

    /// The common part of commands that change templates.
    abstract static class Change implements Callable<Integer> {
        @Mixin
        final Filter filter = new Filter();

        @Mixin
        private final AdminClient admin = new AdminClient();

        @Mixin
        private final Console console = new Console();

        @Mixin
        private final Confirmation confirmation = new Confirmation();

        private TemplateResult ask(
                TemplateRequest.Action action, EntryFilter which, @Nullable Host to, boolean dryRun) {
            var request = new TemplateRequest(action, which, to, dryRun);
            return admin.call(Operations.TEMPLATES, request, dryRun ? "" : ON_SILENCE);
        }

        private int ended(TemplateResult result) {
            console.result(result, text(result));
            return result.refused().isEmpty() ? ExitCode.DONE : ExitCode.NOT_DONE;
        }

        /// Asks before it acts, unless there is nothing to do.
        int afterAsking(TemplateRequest.Action action, @Nullable Host to, String then) {
            var which = filter.atLeastOne();
            if (confirmation.isWanted()) {
                var would = ask(action, which, to, true);
                if (would.done() == 0) {
                    return ended(would);
                }
                confirmation.ask(
                        "This",
                        () -> "%s %s. %s Go ahead?".formatted(Text.count(would.done(), "template"), which, then));
            }
            return ended(ask(action, which, to, false));
        }

        private static String text(TemplateResult result) {
            var done = switch (result.action()) {
                case FLUSH -> "flushed";
                case MOVE -> "moved";
                case PIN -> "pinned";
                case UNPIN -> "unpinned";
            };
            var text = new StringBuilder();
            if (result.matched() == 0 && result.done() == 0) {
                text.append("No template fits");
            } else if (result.matched() < result.done()) {
                text.append(Text.count(result.done(), "template"))
                        .append(" made and ")
                        .append(done);
            } else {
                text.append(Text.count(result.done(), "template")).append(' ').append(done);
                text.append(", of ").append(result.matched()).append(" that fit");
            }
            long already = result.matched()
                    - result.done()
                    - result.refused().stream()
                            .mapToLong(TemplateResult.Refused::templates)
                            .sum();
            if (already > 0) {
                text.append("; ")
                        .append(already)
                        .append(already == 1 ? " is " : " are ")
                        .append(result.action() == TemplateRequest.Action.MOVE ? "there" : done)
                        .append(" already");
            }
            result.refused()
                    .forEach(refused -> text.append(System.lineSeparator())
                            .append("  - ")
                            .append(refused.templates())
                            .append(" refused: ")
                            .append(refused.why()));
            return text.toString();
        }
    }

    @Command(
            name = "flush",
            description = "Remove templates: their clients are scheduled anew; open connections stay. Asks first.")
    static final class Flush extends Change {
        @Override
        public Integer call() {
            return afterAsking(
                    TemplateRequest.Action.FLUSH, null, "Their clients get any real server at their next connection.");
        }
    }

    @Command(
            name = "move",
            description = "Give templates another real server for the next connections; open ones stay. Asks first.")
    static final class Move extends Change {
        @Option(names = "--to", required = true, paramLabel = "REAL", description = "the real server to have them")
        @SuppressWarnings("NullAway.Init")
        private Host to;

        @Override
        public Integer call() {
            return afterAsking(
                    TemplateRequest.Action.MOVE, to, "Their clients get " + to + " at their next connection.");
        }
    }

    @Command(
            name = "pin",
            description = {
                "Let templates never expire. Asks first.",
                "With --client, --service and --to, a client without a template gets one."
            })
    static final class Pin extends Change {
        @Option(names = "--to", paramLabel = "REAL", description = "the real server of a template that is to be made")
        private @Nullable Host to;

        @Override
        public Integer call() {
            var which = filter.atLeastOne();
            if (to != null && (which.client() == null || which.service() == null || which.real() != null)) {
                throw new Failure(
                        ExitCode.WRONG_INPUT,
                        "--to makes a template for a client of a service: give --client and --service, and not --real");
            }
            return afterAsking(TemplateRequest.Action.PIN, to, "They never expire, until they are unpinned.");
        }
    }

    @Command(name = "unpin", description = "Let pinned templates expire as usual again. Asks first.")
    static final class Unpin extends Change {
        @Override
        public Integer call() {
            return afterAsking(TemplateRequest.Action.UNPIN, null, "They expire as usual again.");
        }
    }
}
