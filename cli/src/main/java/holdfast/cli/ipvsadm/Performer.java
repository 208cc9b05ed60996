package holdfast.cli.ipvsadm;

import holdfast.admin.Role;
import holdfast.admin.ServiceList;
import holdfast.conf.ServiceKey;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;

/// Performs commands, and prints what comes of them.
final class Performer {
    private static final int DONE = 0;
    private static final int NO_LISTING = 1;
    private static final int REFUSED = 255;

    private final DirectorAccess director;
    private final Names names;
    private final PrintWriter out;
    private final PrintWriter err;

    Performer(DirectorAccess director, Names names, PrintWriter out, PrintWriter err) {
        this.director = director;
        this.names = names;
        this.out = out;
        this.err = err;
    }

    int refuse(String text, int exit) {
        err.println(text);
        return exit;
    }

    /// Any command but [Command.Restore].
    ///
    /// @param args  for the history
    int perform(Command command, List<String> args) {
        return switch (command) {
            case Command.Change change -> change(List.of(change), "ipvsadm " + String.join(" ", args));
            case Command.ListServices list -> list(list);
            case Command.ListConnections(var withEngine, var numeric) -> listConnections(withEngine, numeric);
            case Command.ListTimeouts() -> {
                var times = director.services().timeouts();
                out.printf("Timeout (tcp tcpfin udp): %d %d %d%n", times.tcpS(), times.tcpFinS(), times.udpS());
                yield DONE;
            }
            case Command.ListDaemons() -> listDaemons();
            case Command.Save(var numeric) -> save(numeric);
            case Command.Zero(var service) -> zero(service);
            case Command.StartDaemon() -> {
                err.println("Note: nothing was started: the directors replicate all the time unless 'cluster.sync' is"
                        + " off, and VRRP decides which is master; see 'holdfast sync status'");
                yield DONE;
            }
            case Command.StopDaemon() ->
                refuse(
                        "A director replicates as long as it runs, so nothing was stopped;"
                                + " see 'holdfast sync status', and 'cluster.sync' in the configuration",
                        REFUSED);
            case Command.Help() -> {
                out.print(HelpText.TEXT);
                yield DONE;
            }
            case Command.Version() -> {
                out.println(HelpText.VERSION);
                yield DONE;
            }
            case Command.Restore() -> throw new IllegalArgumentException("a restore within a restore");
        };
    }

    /// Applies changes as one revision, and reports each that was refused, or once why the director made none.
    ///
    /// @return the exit code of the last one
    int change(List<Command.Change> changes, String reason) {
        int exit = DONE;
        var reported = "";
        for (var verdict : new Transaction(director, reason, err::println).commit(changes)) {
            exit = switch (verdict) {
                case RuleEdits.Verdict.Refused(var text) -> refuse(text, REFUSED);
                case RuleEdits.Verdict.Done(var note) -> note.isEmpty() ? DONE : refuse(note, DONE);
                case RuleEdits.Verdict.NotDone(var text) -> text.equals(reported) ? REFUSED : refuse(text, REFUSED);
            };
            reported = verdict instanceof RuleEdits.Verdict.NotDone(var text) ? text : "";
        }
        return exit;
    }

    private EndpointText endpoints(boolean numeric) {
        return numeric ? EndpointText.NUMERIC : EndpointText.named(names);
    }

    private int list(Command.ListServices list) {
        var services = director.services();
        var text = new ServicesText(list.columns(), list.exact(), list.sorted(), endpoints(list.numeric()));
        if (list.service().isEmpty()) {
            out.println(text.of(services));
            return DONE;
        }
        var service = find(services, list.service().get());
        if (service.isEmpty()) {
            return refuse("No such service", NO_LISTING);
        }
        out.println(text.of(service.get()));
        return DONE;
    }

    private static Optional<ServiceList.Service> find(ServiceList services, ServiceKey key) {
        return services.services().stream()
                .filter(service -> service.service().equals(key))
                .findFirst();
    }

    private int save(boolean numeric) {
        var services = director.read().shared().services();
        new SavedRules(endpoints(numeric)).of(services).forEach(out::println);
        services.stream()
                .filter(service -> service.persistence()
                        .filter(persistence -> persistence.timeoutS() > Parser.TIMEOUT_MAX)
                        .isPresent())
                .forEach(service -> err.println("Note: " + service.key() + " keeps its clients for more than the "
                        + Parser.TIMEOUT_MAX + " seconds that -p takes, so -R will end at its line"));
        return DONE;
    }

    private int listConnections(boolean withEngine, boolean numeric) {
        var connections = director.connections();
        out.println(new ConnectionsText(withEngine, endpoints(numeric)).of(connections));
        if (connections.truncated()) {
            err.printf(
                    "Note: listed are %d of %d entries; 'holdfast list -c' has filters%n",
                    connections.entries().size(), connections.total());
        }
        return DONE;
    }

    /// The daemon of IPVS with the role of this director.
    private int listDaemons() {
        var replication = director.replication();
        if (replication.role() == Role.ACTIVE || replication.role() == Role.STANDBY) {
            out.printf(
                    "%s sync daemon (mcast=interconnect, syncid=%d)%n",
                    replication.role() == Role.ACTIVE ? "master" : "backup", replication.vrid());
        }
        return DONE;
    }

    private int zero(Optional<ServiceKey> service) {
        if (service.isPresent() && find(director.services(), service.get()).isEmpty()) {
            return refuse("No such service", REFUSED);
        }
        director.zero(service);
        return DONE;
    }
}
