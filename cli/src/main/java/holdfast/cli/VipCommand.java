package holdfast.cli;

import holdfast.admin.Operations;
import holdfast.admin.Status;
import holdfast.cli.edit.Rules;
import holdfast.conf.Configuration;
import holdfast.conf.Ipv4;
import holdfast.conf.ServiceKey;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "vip",
        description = "List, add or remove the addresses that move with the active director, on all directors at once.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {VipCommand.ListVips.class, VipCommand.Add.class, VipCommand.Remove.class})
final class VipCommand extends Group {
    /// VIPs, for JSON.
    record Vips(List<Status.Vip> vips) {
        Vips {
            vips = List.copyOf(vips);
        }
    }

    @Command(name = "list", description = "List the VIPs with their interfaces, and whether this director answers.")
    static final class ListVips extends Look {
        @Override
        int look() {
            var vips = admin.call(Operations.STATUS).vips();
            console.result(
                    new Vips(vips),
                    vips.stream().map(StatusText::vip).collect(Collectors.joining(System.lineSeparator())));
            return ExitCode.DONE;
        }
    }

    /// The common part of commands that change one VIP.
    abstract static class Change extends SharedChange {
        @Parameters(paramLabel = "ADDRESS", description = "such as 192.0.2.12")
        @SuppressWarnings("NullAway.Init")
        Ipv4 address;

        @Override
        final String subject() {
            return address.toString();
        }
    }

    @Command(
            name = "add",
            description = {
                "Add a VIP. The active director answers for it at once.",
                "It is on the interface whose own network has it, or else on that of the adverts."
            })
    static final class Add extends Change {
        @Override
        void edit(Rules rules) {
            if (rules.vips().contains(address)) {
                throw new Failure(ExitCode.WRONG_INPUT, address + " is a VIP already; see 'holdfast vip list'");
            }
            rules.add(address);
        }
    }

    @Command(
            name = "remove",
            description = {
                "Remove a VIP that no service has. Nobody answers for it any more.",
                "Look first whether real servers have it as their gateway."
            })
    static final class Remove extends Change {
        @Override
        void edit(Rules rules) {
            if (!rules.vips().contains(address)) {
                throw Unknown.vip(address, rules.vips());
            }
            if (rules.vips().size() == 1) {
                throw new Failure(
                        ExitCode.WRONG_INPUT,
                        address + " is the only VIP; add another one first, or stop the directors instead");
            }
            var services = rules.services().stream()
                    .map(Configuration.Service::key)
                    .filter(key -> !key.isMark() && key.address().equals(address))
                    .map(ServiceKey::toString)
                    .toList();
            if (!services.isEmpty()) {
                throw new Failure(
                        ExitCode.WRONG_INPUT,
                        address + " has " + (services.size() == 1 ? "the service " : "the services ")
                                + Unknown.shown(services) + "; remove first with 'holdfast service remove'");
            }
            rules.remove(address);
        }
    }
}
