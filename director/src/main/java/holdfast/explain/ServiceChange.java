package holdfast.explain;

import holdfast.conf.Configuration;
import holdfast.conf.ServiceKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The change of one service between two configurations, of which either may lack it (IPVS-REF 3.9).
final class ServiceChange {
    private final Census census;
    private final Optional<Configuration.Service> before;
    private final Optional<Configuration.Service> after;
    private final PersistenceChange persistence;
    private final Configuration allBefore;
    private final Configuration allAfter;

    ServiceChange(
            Census census,
            Optional<Configuration.Service> before,
            Optional<Configuration.Service> after,
            Configuration allBefore,
            Configuration allAfter) {
        this.census = census;
        this.before = before;
        this.after = after;
        persistence = new PersistenceChange(before, after);
        this.allBefore = allBefore;
        this.allAfter = allAfter;
    }

    ServiceImpact impact() {
        var realsBefore = byAddress(before);
        var realsAfter = byAddress(after);
        var reals = new ArrayList<RealImpact>();
        realsAfter.forEach((real, wanted) -> of(real, Optional.ofNullable(realsBefore.get(real)), Optional.of(wanted))
                .ifPresent(reals::add));
        realsBefore.forEach((real, present) -> {
            if (!realsAfter.containsKey(real)) {
                of(real, Optional.of(present), Optional.empty()).ifPresent(reals::add);
            }
        });
        return new ServiceImpact(key().toString(), changes(), reals);
    }

    private Optional<RealImpact> of(
            Hypothesis.Real real,
            Optional<Configuration.RealServer> present,
            Optional<Configuration.RealServer> wanted) {
        return new RealChange(
                        persistence,
                        allBefore.ipvs(),
                        allAfter.ipvs(),
                        real.toString(),
                        census.of(key(), real),
                        present,
                        wanted)
                .impact();
    }

    private ServiceKey key() {
        return after.or(() -> before).orElseThrow().key();
    }

    private List<String> changes() {
        if (before.isEmpty()) {
            return List.of("the service is new.");
        }
        if (after.isEmpty()) {
            return List.of("the service is removed; its clients have nowhere to come back to.");
        }
        var changes = new ArrayList<String>();
        if (key().isMark()) {
            new MarkChange(key().mark(), allBefore.marks(), allAfter.marks())
                    .sentence()
                    .ifPresent(changes::add);
        }
        changes.addAll(persistence.sentences());
        if (before.get().scheduler() != after.get().scheduler()) {
            changes.add("the scheduler changes from %s to %s, which templates do not heed."
                    .formatted(
                            before.get().scheduler().word(),
                            after.get().scheduler().word()));
        }
        if (isSomebodyEligible(before.get()) && !isSomebodyEligible(after.get())) {
            changes.add("no real server has any weight left, so new clients are refused.");
        }
        return changes;
    }

    private static boolean isSomebodyEligible(Configuration.Service service) {
        return service.realServers().stream().anyMatch(real -> real.weight() > 0);
    }

    private static Map<Hypothesis.Real, Configuration.RealServer> byAddress(Optional<Configuration.Service> service) {
        var byAddress = new LinkedHashMap<Hypothesis.Real, Configuration.RealServer>();
        service.ifPresent(s -> s.realServers().forEach(real -> byAddress.put(Hypothesis.Real.of(real), real)));
        return byAddress;
    }
}
