package holdfast.cli;

import holdfast.admin.FailoverReadiness;
import holdfast.admin.FailoverReadiness.Safe;
import holdfast.admin.Operations;
import holdfast.admin.Role;
import holdfast.admin.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "plan",
        description = {
            "Show what a failover would do now, and what a crash of the active would; changes nothing.",
            "Exit code 3 where a failover would be refused."
        })
final class FailoverPlanCommand implements Callable<Integer> {
    @Mixin
    private final AdminClient admin = new AdminClient();

    @Mixin
    private final Console console = new Console();

    /// The plan, for JSON.
    ///
    /// @param from     the active; null if none is known
    /// @param to       who would take over; null without a candidate
    /// @param runHere  whether the command belongs on this director
    /// @param against  each reason against it, as a sentence
    record Plan(
            @Nullable String from,
            @Nullable String to,
            Safe safe,
            boolean runHere,
            List<String> vips,
            List<String> against,
            FailoverReadiness crash) {
        Plan {
            vips = List.copyOf(vips);
            against = List.copyOf(against);
        }

        static Plan of(Status status) {
            var readiness = status.failover();
            return new Plan(
                    readiness.active(),
                    readiness.to(),
                    readiness.safe(),
                    status.role() == Role.ACTIVE,
                    status.vips().stream().map(Status.Vip::address).toList(),
                    readiness.reasons(),
                    readiness);
        }
    }

    @Override
    public Integer call() {
        var status = admin.call(Operations.STATUS);
        var plan = Plan.of(status);
        console.result(plan, text(plan, status));
        return plan.safe() == Safe.YES ? ExitCode.DONE : ExitCode.NOT_DONE;
    }

    private static String text(Plan plan, Status status) {
        var lines = new ArrayList<String>();
        var from = plan.from() == null ? "whoever is active" : plan.from();
        var to = plan.to() == null ? "nobody" : plan.to();
        var verdict = switch (plan.safe()) {
            case YES ->
                "A failover would move %s from %s to %s; no connection or template is lost by it"
                        .formatted(String.join(", ", plan.vips()), from, to);
            case NO -> "A failover from %s to %s would be refused, because".formatted(from, to);
            case UNKNOWN ->
                "A failover from %s to %s would be refused: it is not known whether it is safe".formatted(from, to);
        };
        lines.add(verdict);
        plan.against().forEach(reason -> lines.add("  - " + reason));
        lines.add(StatusText.headline(status));
        if (!plan.runHere()) {
            lines.add("'holdfast failover' must be run on " + from);
        }
        return String.join(System.lineSeparator(), lines);
    }
}
