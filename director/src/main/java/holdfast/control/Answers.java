package holdfast.control;

import holdfast.admin.ConfigChange;
import holdfast.admin.ConfigResult;
import holdfast.admin.FailoverRequest;
import holdfast.admin.FailoverResult;
import holdfast.admin.Keys;
import holdfast.admin.Operations;
import holdfast.admin.ServiceList;
import holdfast.admin.Status;
import holdfast.api.Handlers;
import holdfast.api.Page;
import holdfast.conf.Configuration;
import holdfast.fleet.node.FleetNode;
import holdfast.group.Group;
import holdfast.group.Readouts;
import holdfast.group.Replication;
import holdfast.group.StatusSources;
import holdfast.revision.node.RevisionNode;
import holdfast.sync.SyncStatus;
import holdfast.vip.VrrpStatus;
import holdfast.vip.node.VrrpNode;
import holdfast.worker.GroupDatapath;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Connects the parts of this package, each of which answers one kind of an operator's questions.
public final class Answers {
    private final Supplier<VrrpStatus> vrrp;
    private final StatusAnswer status;
    private final FailoverCommands failovers;
    private final ConfigCommands config;
    private final Ask ask;
    private final KeyCommands keys;
    private final Handlers handlers;

    /// @param troubles  what does not work beside forwarding, takeover and sync, each a sentence
    public Answers(
            RevisionNode revisions,
            Path path,
            GroupDatapath datapath,
            VrrpNode vrrp,
            Group group,
            Maintenance maintenance,
            Journal journal,
            Supplier<List<String>> troubles,
            Supplier<Optional<FleetNode>> fleet) {
        this(
                () -> revisions.present().configuration(),
                new ConfigCommands(revisions, path, group.replication()::status),
                new RevisedOrders(revisions),
                datapath,
                vrrp::status,
                vrrp::failover,
                group.replication(),
                group.terms()::current,
                Readouts.of(group, () -> faults(revisions, maintenance, troubles), vrrp::status),
                maintenance,
                journal,
                fleet);
    }

    /// @param handover  moves the VIPs
    /// @param term      the highest known term; 0 before the first
    /// @param fleet     empty while it has not started, and for a director that joins none
    Answers(
            Supplier<Configuration> configuration,
            ConfigCommands config,
            HandOrders orders,
            GroupDatapath datapath,
            Supplier<VrrpStatus> vrrp,
            FailoverCommands.Handover handover,
            Replication replication,
            IntSupplier term,
            StatusSources sources,
            Maintenance maintenance,
            Journal journal,
            Supplier<Optional<FleetNode>> fleet) {
        this.vrrp = vrrp;
        this.config = config;
        Supplier<Optional<SyncStatus>> replicated = replication::status;
        status = new StatusAnswer(configuration, config::summary, datapath, vrrp, replicated, term, sources);
        failovers = new FailoverCommands(
                configuration.get().director().name(), status, this::isActive, term, handover, config::differences);
        ask = new Ask(datapath);
        var listing = new EntryListing(datapath);
        var templates = new TemplateCommands(datapath, replicated);
        var clients = new ClientCommands(datapath, orders);
        var reals = new RealServerCommands(configuration, datapath, orders);
        var fleetAnswers = new FleetAnswers(configuration, fleet);
        keys = new KeyCommands(configuration.get().cluster().keyFile(), replication);
        handlers = new Handlers()
                .page(Operations.DESCRIPTION, _ -> new Page("application/json", Operations.description()))
                .on(Operations.STATUS, _ -> status())
                .on(Operations.SERVICES, _ -> services())
                .on(Operations.CONNECTIONS, listing::connections)
                .on(Operations.SYNC, _ -> status.sync())
                .on(Operations.FAILOVER, this::failover)
                .on(Operations.TEMPLATES, templates::change)
                .on(Operations.DRAIN, request -> TemplateCommands.promised(reals.drain(request), listing))
                .on(Operations.AGENT, reals::agent)
                .on(Operations.WHEREIS, templates::whereIs)
                .on(Operations.CLIENTS, clients::top)
                .on(Operations.CLIENT_RULES, _ -> clients.rules())
                .on(Operations.CHANGE_CLIENT_RULES, clients::change)
                .on(Operations.REHOME, templates::rehome)
                .on(Operations.IMPACT, reals::impact)
                .on(Operations.CONFIG, config::show)
                .on(Operations.CHANGE_CONFIG, config::change)
                .on(Operations.CONFIG_HISTORY, _ -> config.history())
                .on(Operations.COMPARE_CONFIG, _ -> config.compare())
                .on(Operations.RELOAD_CONFIG, config::reload)
                .on(Operations.ZERO, reals::zero)
                .on(Operations.KEYS, _ -> keys.list())
                .on(Operations.RELOAD_KEYS, _ -> keys.reload())
                .on(Operations.LOG, _ -> journal.level())
                .on(Operations.CHANGE_LOG, journal::level)
                .on(Operations.EVENTS, journal::events)
                .on(Operations.AUDIT, journal::audit)
                .on(Operations.MAINTENANCE, _ -> maintenance.state())
                .on(
                        Operations.CHANGE_MAINTENANCE,
                        request -> maintenance.change(request, this::isActive, this::failover))
                .on(Operations.FLEET, _ -> fleetAnswers.view())
                .on(Operations.FLEET_HISTORY, fleetAnswers::history)
                .complete();
    }

    /// Maintenance shows on an active too, which has no reason against a takeover to show.
    private static List<String> faults(
            RevisionNode revisions, Maintenance maintenance, Supplier<List<String>> troubles) {
        var own = Stream.of(revisions.trouble(), maintenance.obstacle()).flatMap(Optional::stream);
        return Stream.concat(own, troubles.get().stream()).toList();
    }

    /// The handlers of all operations of the admin API.
    public Handlers handlers() {
        return handlers;
    }

    /// Whether this director is active now. Any thread.
    public boolean isActive() {
        return vrrp.get().role() == VrrpStatus.Role.ACTIVE;
    }

    /// Changes the shared configuration as an operator does, and waits until that is done.
    ///
    /// @throws holdfast.api.RefusedException if it is not done
    public ConfigResult change(ConfigChange wanted) {
        return config.change(wanted);
    }

    /// Takes the shared part of this director's file again; the log has the result.
    public void reload() {
        config.reload();
    }

    public Status status() {
        return status.status();
    }

    /// Every service with its numbers; waits until the datapath has answered for each slice of them.
    public ServiceList services() {
        return ServiceListing.of(ask);
    }

    /// The keys of the cluster in use.
    ///
    /// @throws holdfast.api.RefusedException without sync
    public Keys keys() {
        return keys.list();
    }

    public FailoverResult failover(FailoverRequest request) {
        return failovers.failover(request);
    }
}
