package holdfast.cli;

import holdfast.admin.Operations;
import holdfast.admin.ServiceList;
import holdfast.cli.edit.Rules;
import holdfast.conf.Configuration;
import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "service",
        description = "List, show, add, edit or remove virtual services, on all directors at once.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            ServiceCommand.ListServices.class,
            ServiceCommand.Show.class,
            ServiceCommand.Add.class,
            ServiceCommand.Edit.class,
            ServiceCommand.Remove.class
        })
final class ServiceCommand extends Group {
    /// The service of a key.
    static ServiceList.Service find(ServiceList services, ServiceKey key) {
        return services.services().stream()
                .filter(one -> one.service().equals(key))
                .findFirst()
                .orElseThrow(() -> Unknown.service(
                        key,
                        services.services().stream()
                                .map(ServiceList.Service::service)
                                .toList()));
    }

    /// The service of a key, for an edit.
    static Configuration.Service find(Rules rules, ServiceKey key) {
        return rules.service(key)
                .orElseThrow(() -> Unknown.service(
                        key,
                        rules.services().stream()
                                .map(Configuration.Service::key)
                                .toList()));
    }

    @Command(name = "list", description = "List the services with the numbers of their real servers and connections.")
    static final class ListServices extends Look {
        @Override
        int look() {
            var services = admin.call(Operations.SERVICES);
            console.result(services, ServiceText.of(services));
            return ExitCode.DONE;
        }
    }

    @Command(name = "show", description = "Show one service with its settings and its real servers.")
    static final class Show extends Look {
        @Parameters(paramLabel = "SERVICE", description = "such as tcp/192.0.2.10:80 or mark/7")
        @SuppressWarnings("NullAway.Init")
        private ServiceKey key;

        @Override
        int look() {
            var service = find(admin.call(Operations.SERVICES), key);
            console.result(service, ServiceText.of(service));
            return ExitCode.DONE;
        }
    }

    /// The common part of commands that change one service.
    abstract static class Change extends SharedChange {
        @Parameters(paramLabel = "SERVICE", description = "such as tcp/192.0.2.10:80 or mark/7")
        @SuppressWarnings("NullAway.Init")
        ServiceKey key;

        @Override
        final String subject() {
            return key.toString();
        }
    }

    @Command(
            name = "add",
            description = "Add a service. Its real servers come with 'holdfast real add'; until then it serves nobody.")
    static final class Add extends Change {
        @Mixin
        private final ServiceSettings settings = new ServiceSettings();

        @Override
        void edit(Rules rules) {
            if (rules.service(key).isPresent()) {
                throw new Failure(
                        ExitCode.WRONG_INPUT,
                        "There is a service " + key + " already; change it with 'holdfast service edit'");
            }
            rules.put(settings.on(new Configuration.Service(key, SchedulerName.WLC, Optional.empty(), List.of())));
        }
    }

    @Command(
            name = "edit",
            description = {
                "Change settings of a service; those that are not given stay. Asks first where clients would move.",
                "Another scheduler that has no flags ends the flags."
            })
    static final class Edit extends Change {
        @Mixin
        private final ServiceSettings settings = new ServiceSettings();

        @Override
        void edit(Rules rules) {
            var _ = settings();
            rules.put(settings.on(find(rules, key)));
        }
    }

    @Command(
            name = "remove",
            description = "Remove a service with its real servers. Asks first where clients would lose theirs.")
    static final class Remove extends Change {
        @Override
        void edit(Rules rules) {
            rules.remove(find(rules, key).key());
        }
    }
}
