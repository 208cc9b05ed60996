package holdfast.cli;

import holdfast.admin.Bounds;
import holdfast.admin.Connections;
import holdfast.admin.ConnectionsRequest;
import holdfast.admin.EntryFilter;
import holdfast.conf.KebabCase;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "connection",
        description = "List or count connections. Persistence templates are under 'holdfast template list'.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {ConnectionCommand.ListConnections.class, ConnectionCommand.Count.class})
final class ConnectionCommand extends Group {
    private static final int USUAL_MAX = 1000;

    /// The common part: which connections are meant.
    abstract static class Selected extends Look {
        @Mixin
        private final Filter filter = new Filter();

        @Option(names = "--state", paramLabel = "STATE", description = "such as established, syn_recv or fin_wait")
        private @Nullable String state;

        final Connections ask(int limit) {
            return admin.connections(
                    new ConnectionsRequest(Connections.Kind.CONNECTION, filter.filter(), state, limit));
        }

        final boolean isOfAll() {
            return filter.filter().equals(EntryFilter.ALL) && state == null;
        }
    }

    @Command(
            name = "list",
            description = {
                "List connections with their states, and how long each lives without packets.",
                "The list has a bound, and says on stderr when it is cut."
            })
    static final class ListConnections extends Selected {
        @Option(
                names = "--limit",
                paramLabel = "N",
                defaultValue = "" + USUAL_MAX,
                description =
                        "most connections to list (default: ${DEFAULT-VALUE}, at most " + Bounds.ENTRIES_MAX + ")")
        private int limit;

        @Override
        int look() {
            if (limit < 1 || limit > Bounds.ENTRIES_MAX) {
                throw new Failure(ExitCode.WRONG_INPUT, "--limit " + limit + " must be 1 to " + Bounds.ENTRIES_MAX);
            }
            var answer = ask(limit);
            console.result(answer, text(answer));
            ListCommand.noteIfCut(answer, console);
            return ExitCode.DONE;
        }

        private static String text(Connections connections) {
            if (connections.entries().isEmpty()) {
                return "There is no such connection";
            }
            var table = new TextTable("CLIENT", "VIRTUAL", "REAL", "FORWARDING", "STATE", "EXPIRES");
            connections
                    .entries()
                    .forEach(entry -> table.add(
                            entry.client().toString(),
                            TemplatesText.virtual(entry),
                            entry.real().toString(),
                            KebabCase.of(entry.method()),
                            entry.state(),
                            Text.ms(entry.expiresMs())));
            return table.toString();
        }
    }

    /// Numbers of connections, for JSON.
    ///
    /// @param isAtLeast  whether the tables have more connections than were counted
    /// @param states     connections by state; of those that were looked at
    record Counted(long connections, boolean isAtLeast, Map<String, Long> states) {
        Counted {
            states = Map.copyOf(states);
        }

        /// @param isOfAll  whether there is no filter, so that the director knows the number without a look at each
        static Counted of(Connections listed, boolean isOfAll) {
            return new Counted(
                    isOfAll ? listed.total() : listed.entries().size(),
                    listed.truncated() && !isOfAll,
                    listed.entries().stream()
                            .collect(Collectors.groupingBy(Connections.Entry::state, Collectors.counting())));
        }
    }

    @Command(
            name = "count",
            description = {
                "Count connections, altogether and by state.",
                "With a filter, and by state, at most " + Bounds.ENTRIES_MAX
                        + " are counted; it says when there are more."
            })
    static final class Count extends Selected {
        @Override
        int look() {
            var answer = ask(Bounds.ENTRIES_MAX);
            var counted = Counted.of(answer, isOfAll());
            console.result(counted, text(counted));
            if (answer.truncated()) {
                console.note("Looked at were the first " + answer.entries().size()
                        + " connections; a filter such as --service counts fewer of them");
            }
            return ExitCode.DONE;
        }

        private static String text(Counted counted) {
            var table = new TextTable("STATE", "CONNECTIONS");
            new TreeMap<>(counted.states()).forEach((state, count) -> table.add(state, Long.toString(count)));
            table.add("all", (counted.isAtLeast() ? "at least " : "") + counted.connections());
            return table.toString();
        }
    }
}
