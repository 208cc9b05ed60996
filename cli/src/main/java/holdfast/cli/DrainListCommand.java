package holdfast.cli;

import holdfast.admin.Endpoint;
import holdfast.admin.Operations;
import holdfast.admin.ServiceList;
import holdfast.conf.DrainMode;
import holdfast.conf.Ipv4;
import holdfast.conf.KebabCase;
import holdfast.conf.ServiceKey;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

@Command(
        name = "list",
        description = {
            "List the real servers that are drained, by hand or by the configuration, and what is left on each.",
            "Exit code 3 while something is left on any, 0 when all are empty."
        })
final class DrainListCommand extends Look {
    /// The drained real servers, for JSON.
    record Drains(List<Drained> drains) {
        Drains {
            drains = List.copyOf(drains);
        }
    }

    /// A drained real server, for JSON.
    ///
    /// @param endsMs  until the drain ends the remaining connections; null without a deadline
    record Drained(
            ServiceKey service,
            Endpoint real,
            DrainMode mode,
            long connections,
            long templates,
            @Nullable Long endsMs) {
        static Drained of(ServiceKey service, ServiceList.RealServer real) {
            return new Drained(
                    service,
                    new Endpoint(Ipv4.of(real.address()), real.port()),
                    real.drain(),
                    real.activeConn() + real.inActConn(),
                    real.persistConn(),
                    real.drainEndsMs());
        }

        boolean isEmpty() {
            return connections == 0 && templates == 0;
        }
    }

    @Override
    int look() {
        var drains = new Drains(admin.call(Operations.SERVICES).services().stream()
                .flatMap(service -> service.realServers().stream()
                        .filter(real -> real.state() == ServiceList.State.QUIESCED)
                        .map(real -> Drained.of(service.service(), real)))
                .toList());
        console.result(drains, text(drains.drains()));
        return drains.drains().stream().allMatch(Drained::isEmpty) ? ExitCode.DONE : ExitCode.NOT_DONE;
    }

    private static String text(List<Drained> drains) {
        if (drains.isEmpty()) {
            return "No real server is drained";
        }
        var table = new TextTable("SERVICE", "REAL", "MODE", "CONNECTIONS", "TEMPLATES", "ENDS");
        drains.forEach(drain -> table.add(
                drain.service().toString(),
                drain.real().toString(),
                KebabCase.of(drain.mode()),
                Long.toString(drain.connections()),
                Long.toString(drain.templates()),
                drain.endsMs() == null ? "-" : "in " + Text.ms(drain.endsMs())));
        return table.toString();
    }
}
