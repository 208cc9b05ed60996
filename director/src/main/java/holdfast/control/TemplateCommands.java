package holdfast.control;

import holdfast.admin.Bounds;
import holdfast.admin.Connections;
import holdfast.admin.ConnectionsRequest;
import holdfast.admin.DrainResult;
import holdfast.admin.Endpoint;
import holdfast.admin.EntryFilter;
import holdfast.admin.Host;
import holdfast.admin.RehomeRequest;
import holdfast.admin.RehomeResult;
import holdfast.admin.TemplateRequest;
import holdfast.admin.TemplateResult;
import holdfast.admin.WhereIs;
import holdfast.admin.WhereIsRequest;
import holdfast.api.RefusedException;
import holdfast.conf.Configuration;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.Ipv4;
import holdfast.conf.MarkRule;
import holdfast.conf.ServiceKey;
import holdfast.explain.Answer;
import holdfast.explain.Hypothesis;
import holdfast.explain.Reason;
import holdfast.explain.Whereis;
import holdfast.linux.Clock;
import holdfast.persist.TemplateTable;
import holdfast.service.Flow;
import holdfast.service.Services;
import holdfast.sync.SyncState;
import holdfast.sync.SyncStatus;
import holdfast.table.Tables;
import holdfast.table.TemplateOrders;
import holdfast.table.TemplateOrders.Outcome;
import holdfast.table.TemplateOrders.Selection;
import holdfast.table.TemplateOrders.Target;
import holdfast.worker.GroupDatapath;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Changes persistence templates for operators, and shows the real server of a client.
public final class TemplateCommands {
    private static final long MS = 1_000_000;
    private static final long SECOND = 1_000_000_000;

    /// A standby that compared equal within its last digest interval may lack entries younger than this.
    private static final long SETTLED_MS = 500;

    /// Less than the 60 s that `holdfast` waits, and after which the API closes an idle connection.
    private static final long ORDER_TIMEOUT_S = 50;

    private final Ask ask;
    private final Supplier<Optional<SyncStatus>> replication;

    /// @param replication  what the sync side knows; empty where tables are not replicated
    TemplateCommands(GroupDatapath datapath, Supplier<Optional<SyncStatus>> replication) {
        this.ask = new Ask(datapath);
        this.replication = replication;
    }

    TemplateResult change(TemplateRequest request) {
        var filter = request.filter();
        if (filter.client() == null && filter.real() == null && filter.service() == null) {
            throw RefusedException.wrongInput(
                    "no template is named",
                    "a client, a real server or a service says which are meant",
                    "give at least one of them");
        }
        if (request.action() == TemplateRequest.Action.MOVE && request.to() == null) {
            throw RefusedException.wrongInput(
                    "where to is missing", "a template is moved to a real server", "name it with --to");
        }
        var key = filter.service();
        int service = key == null ? Services.NONE : service(key);
        var to = key == null || request.to() == null ? request.to() : host(real(service, request.to()));
        var outcome = order(
                TemplateOrders.Action.valueOf(request.action().name()),
                filter.client(),
                service,
                filter.real(),
                to,
                request.dryRun());
        return new TemplateResult(
                request.action(), request.dryRun(), outcome.matched(), outcome.done(), refused(outcome, to));
    }

    private int service(ServiceKey key) {
        return ask.tables(tables -> Named.service(tables, key));
    }

    private Endpoint real(int service, Host named) {
        return ask.tables(tables -> Named.endpoint(tables.reals(), Named.real(tables, service, named)));
    }

    private static Host host(Endpoint real) {
        return new Host(real.address(), real.port());
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the worker's answer is the future itself
    private Outcome order(
            TemplateOrders.Action action,
            MarkRule.@Nullable Prefix client,
            int service,
            @Nullable Host real,
            @Nullable Host to,
            boolean isDryRun) {
        int mask = client == null ? 0 : client.mask();
        int address = client == null ? 0 : client.address().bits();
        var selection = new Selection(address, mask, service, target(real));
        CompletableFuture<Outcome> outcome =
                ask.tables(tables -> tables.chores().order(action, selection, target(to), isDryRun));
        return outcome(outcome, ORDER_TIMEOUT_S, isDryRun);
    }

    /// The result of an order, which continues if it takes longer than the caller waits.
    Outcome outcome(CompletableFuture<Outcome> outcome, long timeoutS, boolean isDryRun) {
        try {
            return Ask.within(
                    timeoutS,
                    outcome,
                    () -> RefusedException.notNow(
                            isDryRun ? "templates are still being counted" : "templates are still being changed",
                            "the order goes on after " + timeoutS + " s, and to ask again would give a second one",
                            isDryRun
                                    ? "say --yes to go ahead without a count"
                                    : "look with 'holdfast template list' how far it is"));
        } catch (IllegalStateException e) {
            throw notNow(String.valueOf(e.getMessage()));
        }
    }

    private RefusedException notNow(String why) {
        return replication
                .get()
                .flatMap(status -> status.active().filter(active -> !active.equals(status.member())))
                .map(active -> RefusedException.notNow(
                        "templates were not changed", "this director is not active", active + " is: run it there"))
                .orElseGet(() -> RefusedException.notNow("templates were not changed", why, "ask again then"));
    }

    private static @Nullable Target target(@Nullable Host host) {
        if (host == null) {
            return null;
        }
        return new Target(host.address().bits(), host.port() == null ? Target.ANY_PORT : host.port());
    }

    private static List<TemplateResult.Refused> refused(Outcome outcome, @Nullable Host to) {
        if (outcome.refused() == 0) {
            return List.of();
        }
        var why = to == null
                ? "there is none to pin, and no real server was named to make one for"
                : "their service has no real server " + to + " or more than one, or the template table is full";
        return List.of(new TemplateResult.Refused(outcome.refused(), why));
    }

    WhereIs whereIs(WhereIsRequest request) {
        var found = ask.tables(tables -> whereIs(tables, request));
        return new WhereIs(
                found.client(), found.service(), found.template(), copies(found.template()), found.now(), found.then());
    }

    private static WhereIs whereIs(Tables tables, WhereIsRequest request) {
        int service = Named.service(tables, request.service());
        if (tables.services().hasEngine(service)) {
            throw RefusedException.wrongInput(
                    "where a client of " + request.service() + " is cannot be told",
                    "its clients are known by the Call-ID of each call, not by their address",
                    "see 'holdfast template list --service " + request.service() + "'");
        }
        var verdict = tables.verdict(service, flow(tables, service, request.client()), Clock.monotonic());
        var now = answer(tables, service, request.client(), Hypothesis.NOTHING).under(verdict);
        var change = request.change();
        var then = change == null
                ? null
                : pick(answer(tables, service, request.client(), hypothesis(tables, service, change))
                        .under(verdict));
        return new WhereIs(
                request.client(),
                request.service(),
                template(tables, service, request.client()),
                List.of(),
                pick(now),
                then);
    }

    /// The pick for the next connection of a client that may begin one.
    private static Answer answer(Tables tables, int service, Host client, Hypothesis change) {
        var services = tables.services();
        return new Whereis(services, tables.templates(), tables.persistence(), tables.ipvs())
                .ask(
                        service,
                        services.present(service),
                        flow(tables, service, client),
                        tables.persistence().schedulerOf(service),
                        change,
                        Clock.monotonic());
    }

    private static Flow flow(Tables tables, int service, Host client) {
        var key = tables.services().key(service);
        int virtual = key.isMark()
                ? tables.marks().destination(key.mark())
                : key.address().bits();
        return new Flow()
                .v4(
                        key.protocol().number(),
                        client.address().bits(),
                        client.port() == null ? 0 : client.port(),
                        virtual,
                        key.port());
    }

    private static WhereIs.Pick pick(Answer answer) {
        requireDecided(answer, "ask for a client with a template, or let the rules of the mark name one destination");
        return new WhereIs.Pick(answer.next().map(Endpoint::of).orElse(null), Causes.of(answer.reason()), why(answer));
    }

    private static void requireDecided(Answer answer, String remedy) {
        if (answer.reason() instanceof Reason.DestinationUnknown) {
            throw RefusedException.wrongInput(
                    "where " + answer.client() + " of " + answer.service() + " would go cannot be told",
                    why(answer),
                    remedy);
        }
    }

    private static String why(Answer answer) {
        return Sentence.withoutStop(answer.reason().sentence());
    }

    private static WhereIs.@Nullable Template template(Tables tables, int service, Host client) {
        if (!tables.services().isPersistent(service)) {
            return null;
        }
        int masked = client.address().bits() & tables.services().netmask(service);
        int slot = tables.persistence().find(service, masked);
        if (slot == TemplateTable.MISSING) {
            return null;
        }
        var template = tables.templates().view().at(slot);
        long expiresMs = Math.max(0, (template.expiresAt() - Clock.monotonic()) / MS);
        return new WhereIs.Template(
                new Endpoint(new Ipv4(template.client()), 0),
                Named.endpoint(tables.reals(), template.real()),
                Math.max(0, template.timeoutS() * 1000 - expiresMs),
                expiresMs,
                template.timeoutS(),
                template.isPinned(),
                template.controlled());
    }

    private static Hypothesis hypothesis(Tables tables, int service, WhereIsRequest.Change change) {
        var weights = new LinkedHashMap<Hypothesis.Real, Integer>();
        for (var weighted : change.weights()) {
            weights.put(real(tables, service, weighted.real()), weighted.weight());
        }
        var removed = new HashSet<Hypothesis.Real>();
        change.removed().forEach(host -> removed.add(real(tables, service, host)));
        var added = new ArrayList<Configuration.RealServer>();
        for (var weighted : change.added()) {
            var host = weighted.real();
            int port = host.port() == null ? tables.services().key(service).port() : host.port();
            added.add(new Configuration.RealServer(host.address(), port, weighted.weight(), ForwardingMethod.NAT));
        }
        var netmask = change.netmask();
        return new Hypothesis(
                weights, netmask == null ? OptionalInt.empty() : OptionalInt.of(netmask.bits()), removed, added);
    }

    private static Hypothesis.Real real(Tables tables, int service, Host host) {
        var endpoint = Named.endpoint(tables.reals(), Named.real(tables, service, host));
        return new Hypothesis.Real(endpoint.address(), endpoint.port());
    }

    /// Whether each other director has the template, as far as its state shows.
    private List<WhereIs.Copy> copies(WhereIs.@Nullable Template template) {
        if (template == null) {
            return List.of();
        }
        return replication.get().map(SyncStatus::peers).orElse(List.of()).stream()
                .map(peer -> new WhereIs.Copy(peer.name(), held(peer, template.renewedAgoMs())))
                .toList();
    }

    private static WhereIs.Held held(SyncStatus.Peer peer, long unchangedMs) {
        boolean isSettled = peer.state() == SyncState.EQUAL && unchangedMs > SETTLED_MS;
        boolean isOlderThanWhatIsMissing = peer.state() == SyncState.BEHIND
                && peer.oldestUnsyncedMs().isPresent()
                && unchangedMs > peer.oldestUnsyncedMs().getAsLong() + SETTLED_MS;
        return isSettled || isOlderThanWhatIsMissing ? WhereIs.Held.YES : WhereIs.Held.UNKNOWN;
    }

    RehomeResult rehome(RehomeRequest request) {
        var client = request.client();
        int service = service(request.service());
        var to = real(service, request.to() == null ? another(service, request) : request.to());
        var outcome = order(TemplateOrders.Action.MOVE, client, service, null, host(to), false);
        return ask.tables(tables -> new RehomeResult(
                client,
                request.service(),
                outcome.done(),
                connectionsLeft(tables, service, client),
                outcome.done() == 0 ? List.of() : List.of(to),
                refused(outcome, host(to))));
    }

    /// The scheduler's pick among all real servers but the present one.
    private Host another(int service, RehomeRequest request) {
        if (request.client().length() != 32) {
            throw RefusedException.wrongInput(
                    "where to is missing",
                    "the scheduler is asked for one client only, and " + request.client() + " are several",
                    "name the real server with --to");
        }
        var host = new Host(request.client().address(), null);
        return ask.tables(tables -> {
            var template = template(tables, service, host);
            if (template == null) {
                throw RefusedException.wrongInput(
                        host + " has no template in " + request.service(),
                        "only a client with a template can be moved",
                        "pin it with 'holdfast template pin' where it shall have one");
            }
            var present = template.real();
            var without = new Hypothesis(
                    Map.of(),
                    OptionalInt.empty(),
                    Set.of(new Hypothesis.Real(present.address(), present.port())),
                    List.of());
            var answer = answer(tables, service, host, without);
            requireDecided(answer, "name the real server with --to");
            return answer.next()
                    .map(Host::of)
                    .orElseThrow(() -> RefusedException.notNow(
                            host + " was not moved",
                            "no other real server of " + request.service() + " can take it",
                            "name one with --to"));
        });
    }

    private static @Nullable Long connectionsLeft(Tables tables, int service, MarkRule.Prefix client) {
        if (client.length() != 32) {
            return null;
        }
        return (long) tables.clients().connections(0, client.address().bits() & 0xffff_ffffL, service);
    }

    /// The answer to a drain, without a promised end if a template stays: a pinned one, or one that controls a
    /// connection, which may be on another real server since the template was moved. There is no promise either if
    /// there are too many to check.
    static DrainResult promised(DrainResult drained, EntryListing listing) {
        if (drained.templatesGoneMs() == null) {
            return drained;
        }
        var left = listing.connections(new ConnectionsRequest(
                Connections.Kind.TEMPLATE,
                new EntryFilter(null, host(drained.real()), drained.service()),
                Bounds.ENTRIES_MAX));
        boolean isKept = left.truncated() || left.entries().stream().anyMatch(TemplateCommands::isKept);
        long timeoutS = left.entries().stream()
                .mapToLong(Connections.Entry::timeoutS)
                .max()
                .orElse(0);
        return new DrainResult(
                drained.service(),
                drained.real(),
                drained.mode(),
                drained.weight(),
                drained.connections(),
                drained.templates(),
                isKept ? null : timeoutS * SECOND / MS,
                drained.deadlineMs());
    }

    private static boolean isKept(Connections.Entry template) {
        return template.pinned() || !Objects.equals(template.controlled(), 0);
    }

    /// The latest time at which the last template of a real server ends, as far as its counters show, or null if
    /// connections or sticky clients keep some; [#promised] checks each template.
    static @Nullable Long templatesGoneMs(Tables tables, int real) {
        var reals = tables.reals();
        int service = reals.service(real);
        if (reals.persistent(real) == 0) {
            return 0L;
        }
        boolean isKept = reals.active(real) + reals.inactive(real) > 0
                || reals.keepsClients(real, tables.ipvs().expireQuiescentTemplate())
                || service == Services.NONE;
        return isKept ? null : tables.services().timeoutS(service) * SECOND / MS;
    }
}
