package holdfast.metrics;

import holdfast.admin.Status;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What `holdfast status` shows of packets and tables.
final class DatapathMetrics {
    private static final String DROPPED = "dropped-";
    private static final Map<String, String> RING_CAUSES = Map.of(
            "ring-drops", "full",
            "ring-drops-held", "held",
            "ring-drops-paused", "paused",
            "ring-truncated", "truncated");
    private static final String TO_SERVER = "forwarded-to-server";
    private static final String TO_CLIENT = "forwarded-to-client";
    /// These have metrics of their own.
    private static final Set<String> ELSEWHERE = Set.of(TO_SERVER, TO_CLIENT, "forwarded-bytes");

    private DatapathMetrics() {}

    static void write(Status.Datapath datapath, Sheet sheet) {
        var counters = datapath.counters();
        sheet.setKnown(Family.FORWARDED_PACKETS, counters.get(TO_SERVER), "to-server");
        sheet.setKnown(Family.FORWARDED_PACKETS, counters.get(TO_CLIENT), "to-client");
        sheet.set(Family.FORWARDED_BYTES, datapath.bytesForwarded());
        counters.forEach((event, count) -> {
            if (!ELSEWHERE.contains(event)) {
                sheet.set(Family.DATAPATH_EVENTS, count, event);
            }
        });
        datapath.drops().forEach((name, count) -> drop(name, count, sheet));
        table(datapath.connections(), "connections", sheet);
        table(datapath.templates(), "templates", sheet);
        var passedOver = datapath.passedOver();
        sheet.setKnown(Family.PASSED_OVER, passedOver == null ? null : passedOver.size());
        sheet.set(Family.RESETS_UNKNOWN, datapath.resetsUnknown());
        sheet.set(Family.UNROUTED, datapath.unrouted() != null);
    }

    private static void drop(String name, long count, Sheet sheet) {
        var ring = RING_CAUSES.get(name);
        if (ring != null) {
            sheet.set(Family.RING_DROPPED, count, ring);
        } else {
            sheet.set(Family.DROPPED, count, name.startsWith(DROPPED) ? name.substring(DROPPED.length()) : name);
        }
    }

    private static void table(Status.@Nullable Table table, String name, Sheet sheet) {
        if (table != null) {
            sheet.set(Family.TABLE_ENTRIES, table.used(), name);
            sheet.set(Family.TABLE_ENTRIES_MAX, table.max(), name);
        }
    }
}
