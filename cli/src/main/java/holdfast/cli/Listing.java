package holdfast.cli;

import holdfast.admin.AdminPaths;
import holdfast.admin.Connections;
import holdfast.admin.Services;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "list",
        description = "List services with their real servers, or connections and templates, as 'ipvsadm -L' does.")
final class Listing implements Callable<Integer> {
    @Mixin
    private final AdminClient admin = new AdminClient();

    @Mixin
    private final Console console = new Console();

    @Option(
            names = {"-c", "--connection"},
            description = "connections and persistence templates instead of services")
    private boolean connections;

    @Option(
            names = {"-n", "--numeric"},
            description = "taken as ipvsadm takes it; addresses are always numeric here")
    @SuppressWarnings("UnusedVariable")
    private boolean numeric;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "" + AdminPaths.ENTRIES_MAX,
            description = "most connections and templates to list (default: ${DEFAULT-VALUE}, the most there can be)")
    private int limit;

    @Override
    public Integer call() {
        if (limit < 1 || limit > AdminPaths.ENTRIES_MAX) {
            throw new Failure(ExitCode.WRONG_INPUT, "--limit " + limit + " must be 1 to " + AdminPaths.ENTRIES_MAX);
        }
        if (connections) {
            listConnections();
        } else {
            var services = admin.get(AdminPaths.SERVICES, Services.class);
            console.result(services, ListingText.of(services));
        }
        return ExitCode.DONE;
    }

    private void listConnections() {
        var uri = AdminPaths.CONNECTIONS + "?" + AdminPaths.LIMIT + "=" + limit;
        var answer = admin.get(uri, Connections.class);
        console.result(answer, ListingText.of(answer));
        if (answer.truncated()) {
            console.note("Listed are %d of %d entries; the bound is --limit, at most %d"
                    .formatted(answer.entries().size(), answer.total(), AdminPaths.ENTRIES_MAX));
        }
    }
}
