package holdfast.control;

import holdfast.admin.AgentRequest;
import holdfast.admin.AgentResult;
import holdfast.admin.DrainRequest;
import holdfast.admin.DrainResult;
import holdfast.admin.Endpoint;
import holdfast.admin.ImpactRequest;
import holdfast.admin.ImpactResult;
import holdfast.admin.ZeroRequest;
import holdfast.admin.ZeroResult;
import holdfast.api.RefusedException;
import holdfast.conf.AgentReport;
import holdfast.conf.ByHand;
import holdfast.conf.Configuration;
import holdfast.conf.DrainMode;
import holdfast.conf.Ipv4;
import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;
import holdfast.conf.Shared;
import holdfast.explain.Census;
import holdfast.explain.Impact;
import holdfast.explain.RealImpact;
import holdfast.explain.ServiceImpact;
import holdfast.service.Services;
import holdfast.table.Tables;
import holdfast.worker.GroupDatapath;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Answers operators' questions about services and real servers, and obeys their orders at run time.
public final class RealServerCommands {
    private final Supplier<Configuration> configuration;
    private final Ask ask;
    private final HandOrders orders;

    RealServerCommands(Supplier<Configuration> configuration, GroupDatapath datapath, HandOrders orders) {
        this.configuration = configuration;
        this.ask = new Ask(datapath);
        this.orders = orders;
    }

    DrainResult drain(DrainRequest request) {
        boolean isUntil = request.mode() == DrainMode.UNTIL_DEADLINE;
        if (isUntil != (request.deadlineS() != null)) {
            throw RefusedException.wrongInput(
                    isUntil ? "the deadline is missing" : "a deadline does not go with this mode",
                    "until-deadline, and no other mode, has one",
                    isUntil ? "give --deadline" : "leave --deadline out, or use --mode until-deadline");
        }
        var target = ask.tables(tables -> target(tables, request));
        if (request.off()) {
            orders.change(
                    orders -> orders.withoutDrain(request.service(), target.address(), target.port()),
                    "drain of " + target + " of " + request.service() + " lifted");
        } else if (request.mode() != null || !target.isDrained()) {
            orders.change(
                    orders -> orders.with(ordered(request, target)), "drain of " + target + " of " + request.service());
        }
        return ask.tables(tables -> drained(tables, request));
    }

    /// The real server that a request names.
    private record Target(Ipv4 address, int port, boolean isDrained) {
        @Override
        public String toString() {
            return address + ":" + port;
        }
    }

    private static Target target(Tables tables, DrainRequest request) {
        int real = Named.real(tables, Named.service(tables, request.service()), request.real());
        var reals = tables.reals();
        return new Target(new Ipv4(reals.address(real)), reals.port(real), reals.weight(real) == 0);
    }

    private static ByHand.Drain ordered(DrainRequest request, Target target) {
        var now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        return new ByHand.Drain(
                request.service(),
                target.address(),
                target.port(),
                Optional.ofNullable(request.mode()),
                now,
                Optional.ofNullable(request.deadlineS()).map(now::plusSeconds));
    }

    private static DrainResult drained(Tables tables, DrainRequest request) {
        int real = Named.real(tables, Named.service(tables, request.service()), request.real());
        var reals = tables.reals();
        boolean isDrained = reals.weight(real) == 0;
        return new DrainResult(
                request.service(),
                Named.endpoint(reals, real),
                isDrained ? ServiceListing.drain(reals, real, tables.ipvs()) : null,
                reals.weight(real),
                reals.active(real) + reals.inactive(real),
                reals.persistent(real),
                isDrained ? TemplateCommands.templatesGoneMs(tables, real) : null,
                ServiceListing.drainEndsMs(reals, real));
    }

    AgentResult agent(AgentRequest request) {
        var result = ask.tables(tables -> {
            int service = Named.service(tables, request.service());
            int real = Named.real(tables, service, request.real());
            var scheduler = tables.services().configured(service).scheduler();
            return new AgentResult(
                    request.service(),
                    Named.endpoint(tables.reals(), real),
                    request.percent(),
                    scheduler,
                    scheduler == SchedulerName.LEAST_LOAD);
        });
        var real = result.real();
        orders.report(new AgentReport.Real(request.service(), real.address(), real.port()), request.percent());
        return result;
    }

    ZeroResult zero(ZeroRequest request) {
        return ask.tables(tables -> zero(tables, request.service()));
    }

    private static ZeroResult zero(Tables tables, @Nullable ServiceKey key) {
        var services = tables.services();
        int only = key == null ? Services.NONE : Named.service(tables, key);
        int zeroed = 0;
        for (int service = 0; service < services.size(); service++) {
            if (services.isConfigured(service) && (key == null || service == only)) {
                services.traffic().zero(service);
                for (int i = 0; i < services.reals(service).count(); i++) {
                    tables.reals().traffic().zero(services.reals(service).id(i));
                }
                zeroed++;
            }
        }
        if (key == null) {
            services.traffic().zero(Services.ALL);
        }
        return new ZeroResult(zeroed);
    }

    ImpactResult impact(ImpactRequest request) {
        var wanted = WantedConfiguration.read(Path.of(request.file()), request.text(), configuration.get())
                .configuration();
        var census = new Census(configuration.get(), wanted);
        boolean hasMore;
        do {
            hasMore = ask.tables(tables -> census.read(tables.reals()));
        } while (hasMore);
        var impact = Impact.of(census, configuration.get(), wanted);
        var services = new ArrayList<ImpactResult.OnService>();
        for (var key : keys(wanted)) {
            var on = impact.services().stream()
                    .filter(service -> service.service().equals(key.toString()))
                    .findFirst();
            services.add(new ImpactResult.OnService(
                    key,
                    change(key, wanted, on.isPresent()),
                    on.map(service -> sum(service, RealImpact::templatesOrphaned))
                            .orElse(0L),
                    on.map(service -> sum(service, RealImpact::clientsRehomed)).orElse(0L),
                    on.map(service -> sum(service, real -> real.connectionsEnded() + real.connectionsBlackHoled()))
                            .orElse(0L),
                    impact.vipsUnmoved()
                            ? 0
                            : configuration.get().groups().getFirst().vips().size(),
                    on.map(RealServerCommands::why).orElse(List.of())));
        }
        var others = Stream.concat(
                impact.vips().stream().map(Sentence::withoutStop),
                byHand(orders.present(), Shared.of(wanted), Instant.now()).stream());
        return new ImpactResult(services, others.toList());
    }

    /// What becomes of the orders beside the configuration, which no file changes: a drain ends with its real server.
    private static List<String> byHand(ByHand orders, Shared wanted, Instant now) {
        var left = orders.within(wanted, now);
        var sentences = new ArrayList<String>();
        for (var drain : orders.drains()) {
            sentences.add("The drain of %s of %s, ordered by hand, %s"
                    .formatted(
                            new Endpoint(drain.address(), drain.port()),
                            drain.service(),
                            left.drains().contains(drain) ? "stays" : "ends with its real server"));
        }
        left.rules()
                .forEach(rule -> sentences.add("The %s of the clients %s, ordered by hand, stays"
                        .formatted(rule.isBlock() ? "block" : "limit", rule.clients())));
        return sentences;
    }

    private List<ServiceKey> keys(Configuration wanted) {
        var keys = new LinkedHashSet<ServiceKey>();
        wanted.services().forEach(service -> keys.add(service.key()));
        configuration.get().services().forEach(service -> keys.add(service.key()));
        return List.copyOf(keys);
    }

    /// @param isAffected  by other changes, such as mark rules and sysctls
    private ImpactResult.Change change(ServiceKey key, Configuration wanted, boolean isAffected) {
        var before = configuration.get().services().stream()
                .filter(service -> service.key().equals(key))
                .findFirst();
        var after = wanted.services().stream()
                .filter(service -> service.key().equals(key))
                .findFirst();
        if (before.isEmpty()) {
            return ImpactResult.Change.ADDED;
        }
        if (after.isEmpty()) {
            return ImpactResult.Change.REMOVED;
        }
        return before.equals(after) && !isAffected ? ImpactResult.Change.UNCHANGED : ImpactResult.Change.CHANGED;
    }

    private static long sum(ServiceImpact service, ToLongFunction<RealImpact> number) {
        return service.reals().stream().mapToLong(number).sum();
    }

    private static List<String> why(ServiceImpact service) {
        var why = new ArrayList<String>();
        service.changes().forEach(change -> why.add(Sentence.withoutStop(change)));
        service.reals().forEach(real -> why.add(Sentence.withoutStop(real.real() + " " + real.sentence())));
        return why;
    }
}
