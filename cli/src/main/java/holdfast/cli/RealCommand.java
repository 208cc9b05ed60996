package holdfast.cli;

import holdfast.admin.Endpoint;
import holdfast.admin.Host;
import holdfast.admin.Operations;
import holdfast.cli.edit.Rules;
import holdfast.conf.Configuration;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.ServiceKey;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "real",
        description = "List, add, edit or remove the real servers of a service, on all directors at once.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            RealCommand.ListReals.class,
            RealCommand.Add.class,
            RealCommand.Edit.class,
            RealCommand.Remove.class
        })
final class RealCommand extends Group {
    /// Real servers with their services, for JSON.
    record Reals(List<ServiceText.OfService> realServers) {
        Reals {
            realServers = List.copyOf(realServers);
        }
    }

    @Command(name = "list", description = "List real servers with their settings, states and connections.")
    static final class ListReals extends Look {
        @Parameters(
                arity = "0..1",
                paramLabel = "SERVICE",
                description = "only those of this one, such as tcp/192.0.2.10:80")
        private @Nullable ServiceKey key;

        @Override
        int look() {
            var all = admin.call(Operations.SERVICES);
            var meant = key == null ? all.services() : List.of(ServiceCommand.find(all, key));
            var reals = meant.stream()
                    .flatMap(service -> service.realServers().stream()
                            .map(real -> new ServiceText.OfService(service.service(), real)))
                    .toList();
            console.result(new Reals(reals), ServiceText.ofReals(reals));
            return ExitCode.DONE;
        }
    }

    /// The common part of commands that change one real server.
    abstract static class Change extends SharedChange {
        @Parameters(index = "0", paramLabel = "SERVICE", description = "such as tcp/192.0.2.10:80 or mark/7")
        @SuppressWarnings("NullAway.Init")
        private ServiceKey key;

        @Parameters(
                index = "1",
                paramLabel = "REAL",
                description = "such as 10.0.0.11, or 10.0.0.11:8080 where its port is not the service's")
        @SuppressWarnings("NullAway.Init")
        Host host;

        abstract void edit(Rules rules, Configuration.Service service);

        @Override
        final void edit(Rules rules) {
            edit(rules, ServiceCommand.find(rules, key));
        }

        @Override
        final String subject() {
            return key + " " + host;
        }

        final Configuration.RealServer find(Configuration.Service service) {
            var fitting = service.realServers().stream()
                    .filter(real -> host.fits(endpoint(real)))
                    .toList();
            if (fitting.isEmpty()) {
                throw Unknown.real(
                        host,
                        key,
                        service.realServers().stream().map(Change::endpoint).toList());
            }
            if (fitting.size() > 1) {
                throw new Failure(
                        ExitCode.WRONG_INPUT,
                        key + " has " + fitting.size() + " real servers " + host + "; name the port too, such as "
                                + endpoint(fitting.getFirst()));
            }
            return fitting.getFirst();
        }

        private static Endpoint endpoint(Configuration.RealServer real) {
            return new Endpoint(real.address(), real.port());
        }
    }

    @Command(name = "add", description = "Add a real server to a service.")
    static final class Add extends Change {
        @Mixin
        private final RealSettings settings = new RealSettings();

        @Override
        void edit(Rules rules, Configuration.Service service) {
            int port = host.port() == null ? usualPort(service) : host.port();
            if (Rules.real(service, host.address(), port).isPresent()) {
                throw new Failure(
                        ExitCode.WRONG_INPUT,
                        service.key() + " has the real server " + new Endpoint(host.address(), port)
                                + " already; change it with 'holdfast real edit'");
            }
            ForwardingMethod method = settings.forwarding(service);
            rules.put(
                    service,
                    settings.on(new Configuration.RealServer(host.address(), port, 1, method, 0, 0, Optional.empty())));
        }

        /// The service's port, unless all its real servers have another one: then it was probably forgotten.
        private int usualPort(Configuration.Service service) {
            int port = service.key().port();
            var others = service.realServers().stream()
                    .map(Configuration.RealServer::port)
                    .distinct()
                    .toList();
            if (others.size() == 1 && others.getFirst() != port) {
                throw new Failure(
                        ExitCode.WRONG_INPUT,
                        "Which port of %s is meant? All real servers of %s have %d: write %s, or else %s"
                                .formatted(
                                        host.address(),
                                        service.key(),
                                        others.getFirst(),
                                        new Endpoint(host.address(), others.getFirst()),
                                        new Endpoint(host.address(), port)));
            }
            return port;
        }
    }

    @Command(
            name = "edit",
            description = {
                "Change settings of a real server; those that are not given stay. Asks first where clients would move.",
                "To empty it, use 'holdfast drain', which also says what is left on it."
            })
    static final class Edit extends Change {
        @Mixin
        private final RealSettings settings = new RealSettings();

        @Override
        void edit(Rules rules, Configuration.Service service) {
            var _ = settings();
            rules.put(service, settings.on(find(service)));
        }
    }

    @Command(
            name = "remove",
            description = "Remove a real server from a service. Asks first where it has clients; drain it before.")
    static final class Remove extends Change {
        @Override
        void edit(Rules rules, Configuration.Service service) {
            rules.remove(service, find(service));
        }
    }
}
