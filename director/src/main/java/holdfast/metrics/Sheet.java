package holdfast.metrics;

import holdfast.conf.KebabCase;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The metrics of one page while it is written. Not thread-safe.
final class Sheet {
    private final String[] everywhere; // the values of the labels that every metric has
    private List<String> lastNames = List.of();
    private String[] lastOwn = {};
    private Labels last = Labels.EMPTY;
    private final Map<Family, List<GaugeDataPointSnapshot>> gauges = new EnumMap<>(Family.class);
    private final Map<Family, List<CounterDataPointSnapshot>> counters = new EnumMap<>(Family.class);
    private final Map<Family, List<InfoDataPointSnapshot>> infos = new EnumMap<>(Family.class);

    Sheet(Identity identity) {
        everywhere = new String[] {identity.cluster(), identity.director(), identity.group()};
    }

    /// Writes one series.
    ///
    /// @param labels  the values of the family's own labels, in its order
    void set(Family family, double value, String... labels) {
        switch (family.type()) {
            case GAUGE ->
                gauges.computeIfAbsent(family, _ -> new ArrayList<>())
                        .add(new GaugeDataPointSnapshot(value, labels(family, labels), null));
            case COUNTER ->
                counters.computeIfAbsent(family, _ -> new ArrayList<>())
                        .add(new CounterDataPointSnapshot(value, labels(family, labels), null, 0));
            case INFO ->
                infos.computeIfAbsent(family, _ -> new ArrayList<>())
                        .add(new InfoDataPointSnapshot(labels(family, labels)));
        }
    }

    /// A count above 2^53 would be rounded.
    void set(Family family, long value, String... labels) {
        set(family, (double) value, labels);
    }

    void set(Family family, boolean value, String... labels) {
        set(family, value ? 1.0 : 0.0, labels);
    }

    /// Writes a value, or nothing if it is not known.
    void setKnown(Family family, @Nullable Number value, String... labels) {
        if (value != null) {
            set(family, value.doubleValue(), labels);
        }
    }

    /// Writes a time in seconds, or nothing if it is not known.
    void setMillis(Family family, @Nullable Long ms, String... labels) {
        if (ms != null) {
            set(family, ms / 1e3, labels);
        }
    }

    /// Writes a time in seconds, or nothing if it is not known.
    void setMicros(Family family, @Nullable Long micros, String... labels) {
        if (micros != null) {
            set(family, micros / 1e6, labels);
        }
    }

    /// Writes a series for each constant, of which the present one is 1. Its word is the last label.
    <E extends Enum<E>> void setState(Family family, E present, String... labels) {
        for (var state : present.getDeclaringClass().getEnumConstants()) {
            set(family, state == present, with(labels, KebabCase.of(state)));
        }
    }

    static String[] with(String[] labels, String last) {
        var all = new String[labels.length + 1];
        System.arraycopy(labels, 0, all, 0, labels.length);
        all[labels.length] = last;
        return all;
    }

    /// Most series have the labels of the one before, which they then share.
    private Labels labels(Family family, String[] own) {
        if (!family.labels().equals(lastNames) || !Arrays.equals(own, lastOwn)) {
            var names = family.labels();
            int shared = names.size() - own.length;
            if (shared < 2 || shared > everywhere.length) {
                throw new IllegalArgumentException(family + " has the labels " + names);
            }
            var values = Arrays.copyOf(everywhere, names.size());
            System.arraycopy(own, 0, values, shared, own.length);
            last = Labels.of(names.toArray(String[]::new), values);
            lastNames = names;
            lastOwn = own;
        }
        return last;
    }

    /// All that was written.
    ///
    /// @throws RuntimeException if a series was written twice
    MetricSnapshots snapshots() {
        var all = new ArrayList<MetricSnapshot>();
        gauges.forEach((family, points) -> all.add(new GaugeSnapshot(metadata(family), points)));
        counters.forEach((family, points) -> all.add(new CounterSnapshot(metadata(family), points)));
        infos.forEach((family, points) -> all.add(new InfoSnapshot(metadata(family), points)));
        return new MetricSnapshots(all);
    }

    private static MetricMetadata metadata(Family family) {
        return new MetricMetadata(family.baseName(), family.meaning());
    }
}
