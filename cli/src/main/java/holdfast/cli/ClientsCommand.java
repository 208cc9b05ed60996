package holdfast.cli;

import holdfast.admin.Bounds;
import holdfast.admin.ClientList;
import holdfast.admin.ClientRuleList;
import holdfast.admin.ClientRuleRequest;
import holdfast.admin.ClientsRequest;
import holdfast.admin.Host;
import holdfast.admin.Operations;
import holdfast.admin.RehomeRequest;
import holdfast.admin.RehomeResult;
import holdfast.conf.MarkRule;
import holdfast.conf.ServiceKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "clients",
        description = {
            "List the clients with the most connections, or limit, block or re-home some.",
            "Without a COMMAND it lists.",
            "A count may be too high by the number under ERROR, and is never too low."
        },
        subcommands = {
            ClientsCommand.Rules.class,
            ClientsCommand.Limit.class,
            ClientsCommand.Block.class,
            ClientsCommand.Unblock.class,
            ClientsCommand.Rehome.class
        })
final class ClientsCommand implements Callable<Integer> {
    private static final String ON_SILENCE =
            ", so it may have been obeyed all the same: look with 'holdfast clients rules'";

    @Option(
            names = "--by",
            paramLabel = "ORDER",
            defaultValue = "connections",
            description = "connections, rate (new ones per second) or share (of the service's connections) "
                    + "(default: ${DEFAULT-VALUE})")
    private ClientList.By by = ClientList.By.CONNECTIONS;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "" + Bounds.CLIENTS_USUAL,
            description = "most clients to list (default: ${DEFAULT-VALUE})")
    private int limit;

    @Mixin
    private final AdminClient admin = new AdminClient();

    @Mixin
    private final Console console = new Console();

    @Override
    public Integer call() {
        if (limit < 1 || limit > Bounds.ENTRIES_MAX) {
            throw new Failure(ExitCode.WRONG_INPUT, "--limit " + limit + " must be 1 to " + Bounds.ENTRIES_MAX);
        }
        var clients = admin.call(Operations.CLIENTS, new ClientsRequest(by, limit));
        console.result(clients, text(clients));
        return ExitCode.DONE;
    }

    private static String text(ClientList clients) {
        var table = new TextTable("CLIENT", "SERVICE", "CONNECTIONS", "ERROR", "NEW/S", "SHARE", "TEMPLATE");
        for (var client : clients.clients()) {
            table.add(
                    client.client().toString(),
                    client.service().toString(),
                    Long.toString(client.connections()),
                    Long.toString(client.connectionsError()),
                    Long.toString(client.newPerSecond()),
                    Math.round(client.share() * 100) + "%",
                    client.real() == null ? "none" : client.real().toString());
        }
        return table.toString();
    }

    @Command(name = "rules", description = "List the limits and blocks in force.")
    static final class Rules implements Callable<Integer> {
        @Mixin
        private final AdminClient admin = new AdminClient();

        @Mixin
        private final Console console = new Console();

        @Override
        public Integer call() {
            var rules = admin.call(Operations.CLIENT_RULES);
            console.result(rules, rulesText(rules));
            return ExitCode.DONE;
        }
    }

    private static String rulesText(ClientRuleList rules) {
        if (rules.rules().isEmpty()) {
            return "No client is limited or blocked";
        }
        var table = new TextTable("CLIENT", "RULE", "ENDS");
        for (var rule : rules.rules()) {
            table.add(
                    rule.client().toString(),
                    ruleText(rule),
                    rule.expiresMs() == null ? "when it is lifted" : "in " + Text.ms(rule.expiresMs()));
        }
        return table.toString();
    }

    private static String ruleText(ClientRuleList.Rule rule) {
        var parts = new ArrayList<String>();
        if (rule.blocked()) {
            parts.add("blocked");
        }
        if (rule.connections() != null) {
            parts.add(Text.count(rule.connections(), "connection"));
        }
        if (rule.newPerSecond() != null) {
            parts.add(rule.newPerSecond() + " new per second");
        }
        return parts.stream().collect(Collectors.joining(", "));
    }

    /// The common part of commands that change a rule.
    abstract static class Change implements Callable<Integer> {
        @Parameters(paramLabel = "CLIENT", description = "an address or a prefix, such as 198.51.100.0/24")
        @SuppressWarnings("NullAway.Init")
        MarkRule.Prefix client;

        @Mixin
        private final AdminClient admin = new AdminClient();

        @Mixin
        private final Console console = new Console();

        @Mixin
        private final Confirmation confirmation = new Confirmation();

        /// Asks first, and says for how many addresses the rule would be.
        ///
        /// @param what  "A block"
        final void confirm(String what) {
            long addresses = 1L << (32 - client.length());
            confirmation.ask(
                    what,
                    () -> what + " of " + client + " is for "
                            + (addresses == 1 ? "one address" : addresses + " addresses")
                            + ", in all services. Go ahead?");
        }

        int change(ClientRuleRequest request) {
            var rules = admin.call(Operations.CHANGE_CLIENT_RULES, request, ON_SILENCE);
            console.result(rules, rulesText(rules));
            return ExitCode.DONE;
        }

        static @Nullable Long seconds(@Nullable Duration duration) {
            return duration == null ? null : duration.toSeconds();
        }
    }

    @Command(
            name = "limit",
            description =
                    "Bound what each address of a prefix may have in all services; what is over it is dropped. Asks first.")
    static final class Limit extends Change {
        @Option(names = "--connections", paramLabel = "N", description = "most connections at once")
        private @Nullable Integer connections;

        @Option(names = "--new-per-second", paramLabel = "N", description = "most new connections per second")
        private @Nullable Integer newPerSecond;

        @Option(names = "--for", paramLabel = "DURATION", description = "such as 90s, 30m or 1h30m (default: for good)")
        private @Nullable Duration duration;

        @Override
        public Integer call() {
            if (connections == null && newPerSecond == null) {
                throw new Failure(
                        ExitCode.WRONG_INPUT, "Say what to bound, with --connections, --new-per-second or both");
            }
            if ((connections != null && connections < 1) || (newPerSecond != null && newPerSecond < 1)) {
                throw new Failure(
                        ExitCode.WRONG_INPUT, "A bound must be 1 or more; to let nothing in, use 'clients block'");
            }
            confirm("A limit");
            return change(new ClientRuleRequest(
                    ClientRuleRequest.Action.LIMIT, client, connections, newPerSecond, seconds(duration)));
        }
    }

    @Command(
            name = "block",
            description = "Let a client or prefix begin no connections; those that it has go on. Asks first.")
    static final class Block extends Change {
        @Option(names = "--for", paramLabel = "DURATION", description = "such as 90s, 30m or 1h30m (default: for good)")
        private @Nullable Duration duration;

        @Override
        public Integer call() {
            confirm("A block");
            return change(new ClientRuleRequest(ClientRuleRequest.Action.BLOCK, client, null, null, seconds(duration)));
        }
    }

    @Command(name = "unblock", description = "Take a client's or prefix's block or limit away.")
    static final class Unblock extends Change {
        @Override
        public Integer call() {
            return change(new ClientRuleRequest(ClientRuleRequest.Action.UNBLOCK, client, null, null, null));
        }
    }

    @Command(
            name = "rehome",
            description = "Give a client another real server for its next connections; open ones stay. Asks first.")
    static final class Rehome implements Callable<Integer> {
        @Parameters(index = "0", paramLabel = "CLIENT", description = "an address or a prefix")
        @SuppressWarnings("NullAway.Init")
        private MarkRule.Prefix client;

        @Parameters(index = "1", paramLabel = "SERVICE", description = "such as tcp/192.0.2.10:80 or mark/7")
        @SuppressWarnings("NullAway.Init")
        private ServiceKey service;

        @Option(
                names = "--to",
                paramLabel = "REAL",
                description = "the real server (default: the scheduler's choice of all but the present one)")
        private @Nullable Host to;

        @Mixin
        private final Confirmation confirmation = new Confirmation();

        @Mixin
        private final AdminClient admin = new AdminClient();

        @Mixin
        private final Console console = new Console();

        @Override
        public Integer call() {
            confirmation.ask(
                    "A re-homing",
                    () -> "%s of %s gets %s at its next connection. Go ahead?"
                            .formatted(client, service, to == null ? "another real server" : to));
            var result = admin.call(Operations.REHOME, new RehomeRequest(client, service, to), ON_SILENCE);
            console.result(result, text(result));
            return result.refused().isEmpty() ? ExitCode.DONE : ExitCode.NOT_DONE;
        }

        private static String text(RehomeResult result) {
            var text = new StringBuilder(
                    result.templates() == 0
                            ? "No template was changed"
                            : "%s to %s%s"
                                    .formatted(
                                            Text.count(result.templates(), "template") + " moved",
                                            result.to().stream()
                                                    .map(Object::toString)
                                                    .collect(Collectors.joining(", ")),
                                            left(result.connectionsLeft())));
            result.refused()
                    .forEach(refused -> text.append(System.lineSeparator())
                            .append("  - ")
                            .append(refused.templates())
                            .append(" refused: ")
                            .append(refused.why()));
            return text.toString();
        }

        private static String left(@Nullable Long connections) {
            return connections == null
                    ? "; open connections stay where they are until they end"
                    : "; " + Text.count(connections, "connection") + " left where they are until they end";
        }
    }
}
