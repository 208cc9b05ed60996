package holdfast.explain;

import holdfast.conf.Configuration;
import holdfast.conf.ServiceKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;

/// What a new configuration would do to clients and connections (IPVS-REF 1.7, 3.9), counted by the
/// counters of the real servers: no table is scanned.
///
/// @param vips      the changes of virtual addresses, a sentence each
/// @param services  affected services: those of the new configuration first, then removed ones
public record Impact(boolean vipsUnmoved, List<String> vips, List<ServiceImpact> services) {
    public Impact {
        vips = List.copyOf(vips);
        services = List.copyOf(services);
    }

    /// @param census   of the same two configurations, read whole
    /// @param present  as it is
    /// @param wanted   as it would be
    public static Impact of(Census census, Configuration present, Configuration wanted) {
        var before = byKey(present.services());
        var after = byKey(wanted.services());
        var keys = new LinkedHashSet<>(after.keySet());
        keys.addAll(before.keySet());
        var services = new ArrayList<ServiceImpact>();
        for (var key : keys) {
            var change = new ServiceChange(
                    census, Optional.ofNullable(before.get(key)), Optional.ofNullable(after.get(key)), present, wanted);
            var impact = change.impact();
            if (!impact.isEmpty()) {
                services.add(impact);
            }
        }
        var vips = new VipChange(present, wanted);
        return new Impact(vips.isUnmoved(), vips.sentences(), services);
    }

    /// Sum over all real servers of [RealImpact#templatesOrphaned].
    public long templatesOrphaned() {
        return sum(RealImpact::templatesOrphaned);
    }

    /// Sum over all real servers of [RealImpact#clientsRehomed].
    public long clientsRehomed() {
        return sum(RealImpact::clientsRehomed);
    }

    /// Sum over all real servers of [RealImpact#connectionsEnded].
    public long connectionsEnded() {
        return sum(RealImpact::connectionsEnded);
    }

    /// Sum over all real servers of [RealImpact#connectionsBlackHoled].
    public long connectionsBlackHoled() {
        return sum(RealImpact::connectionsBlackHoled);
    }

    /// The whole report, one sentence per line.
    public List<String> sentences() {
        var sentences = new ArrayList<>(vips);
        services.forEach(service -> sentences.addAll(service.sentences()));
        if (services.isEmpty()) {
            sentences.add("No client and no connection is affected.");
        }
        return List.copyOf(sentences);
    }

    private long sum(ToLongFunction<RealImpact> number) {
        return services.stream()
                .flatMap(service -> service.reals().stream())
                .mapToLong(number)
                .sum();
    }

    private static Map<ServiceKey, Configuration.Service> byKey(List<Configuration.Service> services) {
        var byKey = new LinkedHashMap<ServiceKey, Configuration.Service>();
        services.forEach(service -> byKey.put(service.key(), service));
        return byKey;
    }
}
