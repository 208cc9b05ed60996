package holdfast.cli;

import holdfast.admin.EventsRequest;
import holdfast.admin.Operations;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "history",
        description =
                "List the failovers in this director's events, the newest last: planned, refused, and by a crash.")
final class FailoverHistoryCommand implements Callable<Integer> {
    private static final String NONE = "This director's events have no failover";

    @Mixin
    private final AdminClient admin = new AdminClient();

    @Mixin
    private final Console console = new Console();

    /// The failovers, for JSON.
    record History(List<PastFailover> failovers) {
        History {
            failovers = List.copyOf(failovers);
        }

        static History of(AdminClient admin) {
            return new History(PastFailover.of(
                    admin.call(Operations.EVENTS, EventsRequest.ALL).events()));
        }
    }

    @Override
    public Integer call() {
        var history = History.of(admin);
        var lines = history.failovers().stream()
                .map(PastFailover::line)
                .collect(Collectors.joining(System.lineSeparator()));
        console.result(history, lines.isEmpty() ? NONE : lines);
        return ExitCode.DONE;
    }

    @Command(name = "last", description = "Show the newest failover with its steps and times.")
    static final class Last implements Callable<Integer> {
        @Mixin
        private final AdminClient admin = new AdminClient();

        @Mixin
        private final Console console = new Console();

        @Override
        public Integer call() {
            var all = History.of(admin).failovers();
            var last = all.subList(Math.max(0, all.size() - 1), all.size());
            console.result(
                    new History(last), last.isEmpty() ? NONE : last.getFirst().whole());
            return ExitCode.DONE;
        }
    }
}
