package holdfast.cli;

import holdfast.admin.ImpactRequest;
import holdfast.admin.ImpactResult;
import holdfast.admin.Operations;
import holdfast.conf.KebabCase;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "impact",
        description = {
            "Show what a configuration file would do to the clients that are here now; changes nothing.",
            "For each service: templates orphaned, clients that would get another real server, connections affected, and why."
        })
final class ImpactCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "the file that is thought of")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Mixin
    private final AdminClient admin = new AdminClient();

    @Mixin
    private final Console console = new Console();

    @Override
    public Integer call() {
        var request = new ImpactRequest(file.toString(), ConfigSource.read(file));
        var impact = admin.call(Operations.IMPACT, request);
        console.result(impact, text(impact));
        return ExitCode.DONE;
    }

    static String text(ImpactResult impact) {
        var lines = new ArrayList<String>();
        var changed = impact.services().stream()
                .filter(service -> service.change() != ImpactResult.Change.UNCHANGED || hurts(service))
                .toList();
        for (var service : changed) {
            lines.add("%s %s: %s orphaned, %s re-homed, %s affected, %s moved"
                    .formatted(
                            service.service(),
                            KebabCase.of(service.change()),
                            Text.count(service.templatesOrphaned(), "template"),
                            Text.count(service.clientsRehomed(), "client"),
                            Text.count(service.connectionsAffected(), "connection"),
                            service.vipsMoved() == 0 ? "no VIP" : Text.count(service.vipsMoved(), "VIP")));
            service.why().forEach(why -> lines.add("  - " + why));
        }
        impact.others().forEach(other -> lines.add("- " + other));
        int unchanged = impact.services().size() - changed.size();
        if (unchanged > 0 && !lines.isEmpty()) {
            lines.add(Text.count(unchanged, "service") + " unchanged");
        }
        return lines.isEmpty() ? "Nothing would change" : String.join(System.lineSeparator(), lines);
    }

    /// Whether clients of a service would lose something.
    static boolean hurts(ImpactResult.OnService service) {
        return service.templatesOrphaned() + service.clientsRehomed() + service.connectionsAffected() > 0;
    }
}
