package holdfast.control;

import holdfast.admin.AgentRequest;
import holdfast.admin.AgentResult;
import holdfast.admin.DrainRequest;
import holdfast.admin.DrainResult;
import holdfast.admin.ImpactRequest;
import holdfast.admin.ImpactResult;
import holdfast.admin.ZeroRequest;
import holdfast.admin.ZeroResult;
import holdfast.api.RefusedException;
import holdfast.conf.Configuration;
import holdfast.conf.ConfigurationFile;
import holdfast.conf.DrainMode;
import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;
import holdfast.explain.Census;
import holdfast.explain.Impact;
import holdfast.explain.RealImpact;
import holdfast.explain.ServiceImpact;
import holdfast.linux.Clock;
import holdfast.service.Services;
import holdfast.table.Tables;
import holdfast.worker.GroupDatapath;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Answers operators' questions about services and real servers, and obeys their orders at run time.
public final class RealServerCommands {
    private static final long SECOND = 1_000_000_000;

    private final Configuration configuration;
    private final Ask ask;

    RealServerCommands(Configuration configuration, GroupDatapath datapath) {
        this.configuration = configuration;
        this.ask = new Ask(datapath);
    }

    DrainResult drain(DrainRequest request) {
        boolean isUntil = request.mode() == DrainMode.UNTIL_DEADLINE;
        if (isUntil != (request.deadlineS() != null)) {
            throw RefusedException.wrongInput(
                    isUntil ? "the deadline is missing" : "a deadline does not go with this mode",
                    "until-deadline, and no other mode, has one",
                    isUntil ? "give --deadline" : "leave --deadline out, or use --mode until-deadline");
        }
        return ask.tables(tables -> drain(tables, request));
    }

    private static DrainResult drain(Tables tables, DrainRequest request) {
        int service = Named.service(tables, request.service());
        int real = Named.real(tables, service, request.real());
        var reals = tables.reals();
        var deadlineS = request.deadlineS();
        long now = Clock.monotonic();
        if (request.off()) {
            tables.restore(real);
        } else if (request.mode() != null) {
            tables.quiesce(real, request.mode(), now + (deadlineS == null ? 0 : deadlineS * SECOND));
        } else if (reals.weight(real) != 0) {
            tables.quiesce(real, reals.drain(real), now + reals.configuredDrainS(real) * SECOND);
        }
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
        return ask.tables(tables -> {
            int service = Named.service(tables, request.service());
            int real = Named.real(tables, service, request.real());
            tables.reals().agentPercent(real, request.percent());
            var scheduler = tables.services().configured(service).scheduler();
            return new AgentResult(
                    request.service(),
                    Named.endpoint(tables.reals(), real),
                    request.percent(),
                    scheduler,
                    scheduler == SchedulerName.LEAST_LOAD);
        });
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
        var wanted = read(request);
        var census = new Census(configuration, wanted);
        boolean hasMore;
        do {
            hasMore = ask.tables(tables -> census.read(tables.reals()));
        } while (hasMore);
        var impact = Impact.of(census, configuration, wanted);
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
                            : configuration.groups().getFirst().vips().size(),
                    on.map(RealServerCommands::why).orElse(List.of())));
        }
        return new ImpactResult(
                services, impact.vips().stream().map(Sentence::withoutStop).toList());
    }

    private static Configuration read(ImpactRequest request) {
        var outcome =
                ConfigurationFile.read(Path.of(request.file()), request.text().getBytes(StandardCharsets.UTF_8));
        return switch (outcome) {
            case ConfigurationFile.Good good -> good.configuration();
            case ConfigurationFile.Mistakes(var all) ->
                throw RefusedException.wrongInput(
                        request.file() + " is not a right configuration",
                        all.stream().map(Object::toString).collect(Collectors.joining("; ")),
                        "see 'holdfast config check'");
        };
    }

    private List<ServiceKey> keys(Configuration wanted) {
        var keys = new LinkedHashSet<ServiceKey>();
        wanted.services().forEach(service -> keys.add(service.key()));
        configuration.services().forEach(service -> keys.add(service.key()));
        return List.copyOf(keys);
    }

    /// @param isAffected  by other changes, such as mark rules and sysctls
    private ImpactResult.Change change(ServiceKey key, Configuration wanted, boolean isAffected) {
        var before = configuration.services().stream()
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
