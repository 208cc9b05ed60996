package holdfast.metrics;

import holdfast.admin.Keys;
import holdfast.admin.ServiceList;
import holdfast.admin.Status;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes the pages of metrics of a director, for whoever reads them: its own server, or the admin API.
///
/// One page is made at a time. It serves everybody who asks within half a second, so readers never multiply what
/// the director is asked. A page takes at most about six seconds, when every part is stuck, and then lacks the
/// metrics of these parts.
public final class Pages {
    private static final Logger log = LoggerFactory.getLogger(Pages.class);
    /// So short that a scraper never gets a page twice, if it comes once a second.
    private static final long FRESH = TimeUnit.MILLISECONDS.toNanos(500);

    private static final int ROOM_BYTES = 32 * 1024; // for what a page has more than the one before

    private final Identity identity;
    private final Question<Status> status;
    private final Question<ServiceList> services;
    private final Question<Optional<Keys>> keys;
    private final BooleanSupplier maintenance;
    private final Supplier<Map<String, Map<String, Long>>> api;
    private final LongSupplier clock;
    private final Threads threads = new Threads(Path.of("/proc/self/task"));
    private final Tally tally = new Tally();
    private final ExpositionFormatWriter text = PrometheusTextFormatWriter.create();
    private final ExpositionFormatWriter openMetrics = OpenMetricsTextFormatWriter.create();

    // Under the lock.
    private final Map<ExpositionFormatWriter, Page> made = new HashMap<>();
    private @Nullable MetricSnapshots taken;
    private long takenAt;
    private boolean isFailing;
    private int lastBytes;

    /// The questions to the director. Each may be slow or fail.
    ///
    /// @param keys         empty without sync
    /// @param maintenance  whether the director is in maintenance; answers at once
    /// @param api          counts of the admin API by its listener and by event; answers at once
    public record Parts(
            Supplier<Status> status,
            Supplier<ServiceList> services,
            Supplier<Optional<Keys>> keys,
            BooleanSupplier maintenance,
            Supplier<Map<String, Map<String, Long>>> api) {}

    public Pages(Identity identity, Parts parts) {
        this(identity, parts, System::nanoTime);
    }

    Pages(Identity identity, Parts parts, LongSupplier clock) {
        this.identity = identity;
        this.clock = clock;
        status = new Question<>("status", parts.status());
        services = new Question<>("services", parts.services());
        keys = new Question<>("keys", parts.keys());
        maintenance = parts.maintenance();
        api = parts.api();
    }

    /// A page made within the last half second. Any thread, which may wait for some seconds.
    ///
    /// @param accept  the header of HTTP, by which OpenMetrics is chosen; null or anything else for the text of
    ///     Prometheus
    /// @throws RuntimeException if the page cannot be made
    public synchronized Page page(@Nullable String accept) {
        var writer = openMetrics.accepts(accept) ? openMetrics : text;
        try {
            var snapshots = snapshots();
            var page = made.computeIfAbsent(writer, _ -> written(writer, snapshots));
            isFailing = false;
            return page;
        } catch (RuntimeException e) {
            tally.failed();
            if (!isFailing) {
                log.error("metrics failed cause=\"{}\"", e.toString(), e);
            }
            isFailing = true;
            throw e;
        }
    }

    private MetricSnapshots snapshots() {
        var known = taken;
        if (known != null && clock.getAsLong() - takenAt < FRESH) {
            return known;
        }
        taken = null;
        made.clear(); // first, so that old and new pages are not in memory together
        tally.made();
        var fresh = read().snapshots();
        taken = fresh;
        takenAt = clock.getAsLong(); // after a slow answer too, the readers who waited meanwhile get this page
        return fresh;
    }

    private Reading read() {
        try {
            var known = status.ask();
            boolean answers =
                    known.filter(told -> told.datapath().connections() != null).isPresent();
            return new Reading(
                    identity,
                    known,
                    answers ? services.ask() : Optional.empty(), // a stuck worker is not asked for more
                    keys.ask().flatMap(all -> all),
                    maintenance.getAsBoolean(),
                    api.get(),
                    Vitals.read(threads),
                    tally.sums());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private Page written(ExpositionFormatWriter writer, MetricSnapshots snapshots) {
        var out = new ByteArrayOutputStream(lastBytes + ROOM_BYTES);
        try {
            writer.write(out, snapshots, EscapingScheme.UNDERSCORE_ESCAPING);
        } catch (IOException e) {
            throw new UncheckedIOException("memory is no disk", e);
        }
        lastBytes = out.size();
        return new Page(writer.getContentType(), out.toByteArray());
    }

    /// Counts what becomes of the readers.
    public Tally tally() {
        return tally;
    }
}
