package holdfast.control;

import holdfast.admin.AgentRequest;
import holdfast.admin.AgentResult;
import holdfast.admin.ClientRuleRequest;
import holdfast.admin.ClientRules;
import holdfast.admin.Clients;
import holdfast.admin.Connections;
import holdfast.admin.DrainRequest;
import holdfast.admin.DrainResult;
import holdfast.admin.EntryFilter;
import holdfast.admin.FailoverRequest;
import holdfast.admin.FailoverResult;
import holdfast.admin.Impact;
import holdfast.admin.ImpactRequest;
import holdfast.admin.Keys;
import holdfast.admin.RehomeRequest;
import holdfast.admin.RehomeResult;
import holdfast.admin.Services;
import holdfast.admin.Status;
import holdfast.admin.Sync;
import holdfast.admin.TemplateRequest;
import holdfast.admin.TemplateResult;
import holdfast.admin.WhereIs;
import holdfast.admin.WhereIsRequest;
import holdfast.admin.ZeroRequest;
import holdfast.admin.ZeroResult;
import holdfast.api.Operations;
import holdfast.conf.Configuration;
import holdfast.group.PlannedFailover;
import holdfast.group.Replication;
import holdfast.group.StatusSources;
import holdfast.group.Terms;
import holdfast.sync.SyncStatus;
import holdfast.vip.FailoverRecord;
import holdfast.vip.Preflight;
import holdfast.vip.VrrpStatus;
import holdfast.vip.node.VrrpNode;
import holdfast.worker.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// What a director tells its operators, put together from what its parts say of themselves.
public final class Answers implements Operations {
    private static final long FAILOVER_TIMEOUT_S = 10;

    private final Configuration configuration;
    private final Ask ask;
    private final VrrpNode vrrp;
    private final Terms terms;
    private final StatusAnswer status;
    private final Listing listing;
    private final TemplateCommands templates;
    private final ClientCommands clients;
    private final RealServerCommands realServers;
    private final KeyCommands keys;

    public Answers(
            Configuration configuration,
            Worker worker,
            VrrpNode vrrp,
            Replication replication,
            Terms terms,
            StatusSources sources) {
        this.configuration = configuration;
        this.ask = new Ask(worker);
        this.vrrp = vrrp;
        this.terms = terms;
        this.status =
                new StatusAnswer(configuration, worker, vrrp::status, replication::status, terms::current, sources);
        this.listing = new Listing(worker);
        this.templates = new TemplateCommands(worker, replication::status);
        this.clients = new ClientCommands(worker);
        this.realServers = new RealServerCommands(configuration, worker);
        this.keys = new KeyCommands(configuration.cluster().keyFile(), replication);
    }

    public boolean isActive() {
        return vrrp.status().role() == VrrpStatus.Role.ACTIVE;
    }

    @Override
    public Status status() {
        return status.status();
    }

    @Override
    public Services services() {
        return ServiceListing.of(ask);
    }

    @Override
    public Connections connections(Optional<Connections.Kind> kind, EntryFilter filter, int limit) {
        return listing.connections(kind, filter, limit);
    }

    @Override
    public Sync sync() {
        return status.sync();
    }

    @Override
    public FailoverResult failover(FailoverRequest request) {
        var self = configuration.director().name();
        if (!isActive()) {
            var readiness = status.readiness();
            return refused(request, readiness.answer().active(), readiness.objections(self));
        }
        var reason = request.reason() == null ? "asked by an operator" : request.reason();
        var failover = new PlannedFailover(
                this::candidate,
                peer -> vrrp.failover(peer, reason).get(FAILOVER_TIMEOUT_S, TimeUnit.SECONDS),
                new RealTime());
        try {
            return switch (failover.run()) {
                case PlannedFailover.Refused(var reasons) -> refused(request, self, reasons);
                case PlannedFailover.Ended(var record) -> result(request, self, record);
            };
        } catch (TimeoutException | ExecutionException e) {
            return refused(request, self, List.of("the election did not answer: " + e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return refused(request, self, List.of("interrupted"));
        }
    }

    private static final class RealTime implements PlannedFailover.Time {
        @Override
        public long now() {
            return System.nanoTime();
        }

        @Override
        public void sleep(Duration time) throws InterruptedException {
            Thread.sleep(time);
        }
    }

    private static FailoverResult result(FailoverRequest request, String self, FailoverRecord record) {
        boolean done = record.outcome() == FailoverRecord.Outcome.DONE;
        var steps = new ArrayList<FailoverResult.Step>();
        long before = 0;
        for (var step : record.steps()) {
            steps.add(new FailoverResult.Step(step.name(), (step.after() - before) / 1000));
            before = step.after();
        }
        return new FailoverResult(
                done,
                switch (record.outcome()) {
                    case DONE -> FailoverResult.Outcome.MOVED;
                    case REFUSED -> FailoverResult.Outcome.REFUSED;
                    case ABORTED, UNDER_WAY -> FailoverResult.Outcome.ABORTED;
                },
                done ? List.of() : List.of(record.reason()),
                request.reason(),
                self,
                record.peer(),
                steps,
                done ? heldMicros(record) : null);
    }

    /// How long clients waited: from the hold to the sign of the new active.
    private static @Nullable Long heldMicros(FailoverRecord record) {
        var held = record.steps().stream()
                .filter(step -> step.name().equals("held"))
                .findFirst();
        return held.map(step -> (record.steps().getLast().after() - step.after()) / 1000)
                .orElse(null);
    }

    private static FailoverResult refused(FailoverRequest request, @Nullable String active, List<String> why) {
        return new FailoverResult(
                false, FailoverResult.Outcome.REFUSED, why, request.reason(), active, null, List.of(), null);
    }

    /// The standby that would take over, with what stands against it: word for word what `status` shows.
    private PlannedFailover.Candidate candidate() {
        var readiness = status.readiness();
        var answer = readiness.answer();
        var name = Optional.ofNullable(answer.to());
        return new PlannedFailover.Candidate(
                name.flatMap(status::peer).map(this::preflight),
                answer.reasons(),
                name.filter(readiness::mayPass).isPresent());
    }

    private Preflight preflight(SyncStatus.Peer peer) {
        return new Preflight(peer.name(), peer.links().address(), terms.current());
    }

    @Override
    public TemplateResult templates(TemplateRequest request) {
        return templates.change(request);
    }

    @Override
    public DrainResult drain(DrainRequest request) {
        return TemplateCommands.promised(realServers.drain(request), listing);
    }

    @Override
    public AgentResult agent(AgentRequest request) {
        return realServers.agent(request);
    }

    @Override
    public WhereIs whereIs(WhereIsRequest request) {
        return templates.whereIs(request);
    }

    @Override
    public Clients clients(Clients.By by, int limit) {
        return clients.top(by, limit);
    }

    @Override
    public ClientRules clientRules() {
        return clients.rules();
    }

    @Override
    public ClientRules changeClientRules(ClientRuleRequest request) {
        return clients.change(request);
    }

    @Override
    public RehomeResult rehome(RehomeRequest request) {
        return templates.rehome(request);
    }

    @Override
    public Impact impact(ImpactRequest request) {
        return realServers.impact(request);
    }

    @Override
    public ZeroResult zero(ZeroRequest request) {
        return realServers.zero(request);
    }

    @Override
    public Keys keys() {
        return keys.list();
    }

    @Override
    public Keys reloadKeys() {
        return keys.reload();
    }
}
