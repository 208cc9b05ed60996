package holdfast.metrics;

import holdfast.admin.Keys;
import holdfast.admin.ServiceList;
import holdfast.admin.Status;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Map;
import java.util.Optional;

/// All that one page is made of. [#snapshots] is a pure function of it.
///
/// @param status       empty if it did not come in time
/// @param services     empty if they did not come in time
/// @param keys         empty without sync, or if they did not come in time
/// @param maintenance  whether the director is in maintenance
/// @param api          counts of the admin API by its listener and by event
record Reading(
        Identity identity,
        Optional<Status> status,
        Optional<ServiceList> services,
        Optional<Keys> keys,
        boolean maintenance,
        Map<String, Map<String, Long>> api,
        Vitals vitals,
        Tally.Sums tally) {
    MetricSnapshots snapshots() {
        var sheet = new Sheet(identity);
        sheet.set(Family.BUILD_INFO, 1, identity.version());
        sheet.set(Family.MAINTENANCE, maintenance);
        api.forEach((listener, counts) ->
                counts.forEach((event, count) -> sheet.set(Family.API_EVENTS, count, listener, event)));
        vitals.write(sheet);
        tally.write(sheet);
        sheet.set(Family.ANSWERED, status.isPresent(), "status");
        sheet.set(
                Family.ANSWERED,
                status.filter(known -> known.datapath().connections() != null).isPresent(),
                "datapath");
        sheet.set(Family.ANSWERED, services.isPresent(), "services");
        keys.ifPresent(known -> write(known, sheet));
        status.ifPresent(known -> {
            StatusMetrics.write(known, sheet);
            SyncMetrics.write(known.sync(), sheet);
            DatapathMetrics.write(known.datapath(), sheet);
        });
        services.ifPresent(known -> ServiceMetrics.write(known, sheet));
        return sheet.snapshots();
    }

    private static void write(Keys keys, Sheet sheet) {
        sheet.set(Family.KEYS, keys.opens().size());
        keys.peers().stream()
                .limit(SyncMetrics.PEERS_MAX)
                .forEach(peer -> sheet.set(Family.PEER_SAME_KEY, peer.seals().equals(keys.seals()), peer.name()));
    }
}
