package holdfast.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import holdfast.admin.Keys;
import holdfast.admin.ServiceList;
import holdfast.admin.Status;
import holdfast.conf.KebabCase;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Pages of metrics from samples, and from parts that are slow, stuck or broken.
@Timeout(60)
class PagesTest {
    private static final String GROUP = "cluster=\"lab\",director=\"d1\",group=\"shop\"";
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `(holdfast_[a-z0-9_]+)` \\| (gauge|counter|info) \\| ([^|]*) \\| (.*) \\|$");
    private static final long ALLOCATED_MAX = 60 * 1024 * 1024;
    private static final int PAGE_BYTES_MAX = 7 * 1024 * 1024;

    private final AtomicLong clock = new AtomicLong();
    private Supplier<Status> status = MetricSamples::status;
    private Supplier<ServiceList> services = () -> MetricSamples.services(1, 3);
    private Supplier<Optional<Keys>> keys = () -> Optional.of(MetricSamples.keys());

    private Pages pages() {
        return new Pages(
                MetricSamples.IDENTITY,
                new Pages.Parts(
                        () -> status.get(), () -> services.get(), () -> keys.get(), () -> false, MetricSamples::api),
                clock::get);
    }

    private static String text(Page page) {
        return new String(page.bytes(), StandardCharsets.UTF_8);
    }

    /// Series and values of a page.
    private static Map<String, String> series(Page page) {
        return text(page)
                .lines()
                .filter(line -> !line.startsWith("#"))
                .collect(Collectors.toMap(
                        line -> line.substring(0, line.lastIndexOf(' ')),
                        line -> line.substring(line.lastIndexOf(' ') + 1)));
    }

    private static Map<String, String> ofFamily(Page page, String name) {
        var found = new TreeMap<String, String>();
        series(page).forEach((series, value) -> {
            if (series.startsWith(name + "{")) {
                found.put(series.substring(name.length()), value);
            }
        });
        return found;
    }

    @Test
    void whatStatusShowsIsThere() {
        assertThat(series(pages().page(null)))
                .containsEntry("holdfast_role{" + GROUP + ",role=\"active\"}", "1.0")
                .containsEntry("holdfast_role{" + GROUP + ",role=\"standby\"}", "0.0")
                .containsEntry("holdfast_term{" + GROUP + "}", "7.0")
                .containsEntry("holdfast_role_age_seconds{" + GROUP + "}", "90.5")
                .containsEntry("holdfast_failover_safe{" + GROUP + ",verdict=\"no\"}", "1.0")
                .containsEntry("holdfast_failover_safe{" + GROUP + ",verdict=\"yes\"}", "0.0")
                .containsEntry("holdfast_failover_reasons{" + GROUP + "}", "1.0")
                .containsEntry("holdfast_failover_at_risk_templates{" + GROUP + "}", "20.0")
                .containsEntry("holdfast_failover_oldest_at_risk_seconds{" + GROUP + "}", "0.25")
                .containsEntry("holdfast_adverts_refused_total{cause=\"checksum\"," + GROUP + "}", "2.0")
                .containsEntry("holdfast_table_entries{" + GROUP + ",table=\"connections\"}", "750.0")
                .containsEntry("holdfast_config_revision{cluster=\"lab\",director=\"d1\"}", "17.0")
                .containsEntry("holdfast_keys{cluster=\"lab\",director=\"d1\"}", "2.0")
                .containsEntry("holdfast_peer_same_key{cluster=\"lab\",director=\"d1\",peer=\"d2\"}", "0.0")
                .containsEntry("holdfast_build_info{cluster=\"lab\",director=\"d1\",version=\"0.1.0\"}", "1");
    }

    @Test
    void whatSyncStatusShowsIsThere() {
        assertThat(series(pages().page(null)))
                .containsEntry("holdfast_peer_state{" + GROUP + ",peer=\"d2\",state=\"behind\"}", "1.0")
                .containsEntry("holdfast_peer_state{" + GROUP + ",peer=\"d2\",state=\"equal\"}", "0.0")
                .containsEntry("holdfast_peer_standing{" + GROUP + ",peer=\"d2\",standing=\"standby\"}", "1.0")
                .containsEntry("holdfast_peer_unreachable{" + GROUP + ",peer=\"d2\"}", "2.0")
                .containsEntry("holdfast_peer_path_age_seconds{" + GROUP + ",path=\"front\",peer=\"d2\"}", "0.09")
                .containsEntry("holdfast_sync_lag_known{" + GROUP + ",peer=\"d2\"}", "1.0")
                .containsEntry("holdfast_sync_lag_p50_seconds{" + GROUP + ",peer=\"d2\"}", "4.0E-4")
                .containsEntry("holdfast_sync_lag_p99_seconds{" + GROUP + ",peer=\"d2\"}", "0.0016")
                .containsEntry("holdfast_sync_lag_max_seconds{" + GROUP + ",peer=\"d2\"}", "0.004")
                .containsEntry("holdfast_sync_backlog_changes{" + GROUP + ",peer=\"d2\"}", "300.0")
                .containsEntry("holdfast_sync_unsynced_connections{" + GROUP + ",peer=\"d2\"}", "5.0")
                .containsEntry("holdfast_sync_refused_total{cause=\"bad-seal\"," + GROUP + "}", "4.0")
                .containsEntry(
                        "holdfast_sync_events_total{"
                                + "cluster=\"lab\",director=\"d1\",event=\"batches-sent\",group=\"shop\"}",
                        "31.0");
    }

    @Test
    void whatListShowsIsThere() {
        var service = "service=\"tcp/192.0.2.10:1\"";
        var real = "real=\"10.0.0.1:8080\"";
        assertThat(series(pages().page(null)))
                .containsEntry("holdfast_connections_total{" + GROUP + "}", "30.0")
                .containsEntry("holdfast_service_real_servers{" + GROUP + "," + service + ",state=\"up\"}", "1.0")
                .containsEntry("holdfast_service_real_servers{" + GROUP + "," + service + ",state=\"removed\"}", "0.0")
                .containsEntry(
                        "holdfast_real_server_state{" + GROUP + "," + real + "," + service + ",state=\"up\"}", "1.0")
                .containsEntry(
                        "holdfast_real_server_active_connections{" + GROUP + "," + real + "," + service + "}", "11.0")
                .containsEntry("holdfast_real_server_overloaded{" + GROUP + "," + real + "," + service + "}", "1.0")
                .containsEntry(
                        "holdfast_real_server_bytes_total{"
                                + "cluster=\"lab\",direction=\"out\",director=\"d1\",group=\"shop\""
                                + "," + real + "," + service + "}",
                        "5.0");
        assertThat(ofFamily(pages().page(null), "holdfast_real_server_agent_ratio")
                        .values())
                .containsExactly("0.4");
        assertThat(ofFamily(pages().page(null), "holdfast_real_server_drain_ends_seconds")
                        .values())
                .containsExactly("60.0");
    }

    @Test
    void everyDropOfAWorkerHasASeries() {
        var page = pages().page(null);
        assertThat(ofFamily(page, "holdfast_dropped_packets_total").size()
                        + ofFamily(page, "holdfast_ring_dropped_frames_total").size())
                .isEqualTo(MetricSamples.status().datapath().drops().size());
        assertThat(ofFamily(page, "holdfast_ring_dropped_frames_total")).hasSize(4);
        assertThat(text(page)).doesNotContain("cause=\"dropped-").doesNotContain("cause=\"ring-");
    }

    @Test
    void anUnknownLagIsAbsentAndNotZero() {
        status = () -> MetricSamples.status(List.of(MetricSamples.peer("d2", null)), new Status.Table(1, 2));
        var page = pages().page(null);

        assertThat(series(page))
                .containsEntry("holdfast_sync_lag_known{" + GROUP + ",peer=\"d2\"}", "0.0")
                .containsEntry("holdfast_peer_state{" + GROUP + ",peer=\"d2\",state=\"gone\"}", "1.0")
                .containsEntry("holdfast_sync_ack_age_seconds{" + GROUP + ",peer=\"d2\"}", "5.0");
        assertThat(text(page))
                .doesNotContain("holdfast_sync_lag_p50")
                .doesNotContain("holdfast_sync_lag_max")
                .doesNotContain("holdfast_sync_backlog")
                .doesNotContain("holdfast_sync_unsynced")
                .as("its last report is too old")
                .doesNotContain("holdfast_peer_standing{");
    }

    @Test
    void aDatapathThatDoesNotAnswerIsNotAskedForItsServices() {
        var asked = new AtomicInteger();
        status = () -> MetricSamples.status(List.of(), null);
        services = () -> {
            asked.incrementAndGet();
            return MetricSamples.services(1, 1);
        };
        var page = pages().page(null);

        assertThat(ofFamily(page, "holdfast_answered"))
                .containsEntry("{cluster=\"lab\",director=\"d1\",part=\"status\"}", "1.0")
                .containsEntry("{cluster=\"lab\",director=\"d1\",part=\"datapath\"}", "0.0")
                .containsEntry("{cluster=\"lab\",director=\"d1\",part=\"services\"}", "0.0");
        assertThat(asked).hasValue(0);
        assertThat(text(page)).doesNotContain("table=\"connections\"").doesNotContain("holdfast_service");
    }

    @Test
    void aStuckPartCostsOneThreadAndTwoSecondsAndHidesNothingElse() {
        var goesOn = new CountDownLatch(1);
        var asked = new AtomicInteger();
        services = () -> {
            asked.incrementAndGet();
            await(goesOn);
            return MetricSamples.services(1, 1);
        };
        var pages = pages();
        long begun = System.nanoTime();
        var first = pages.page(null);
        long took = System.nanoTime() - begun;
        assertThat(took).isBetween(TimeUnit.SECONDS.toNanos(2), TimeUnit.SECONDS.toNanos(4));
        assertThat(text(first)).contains("holdfast_role{").doesNotContain("holdfast_service");

        clock.addAndGet(TimeUnit.SECONDS.toNanos(15));
        begun = System.nanoTime();
        assertThat(text(pages.page(null))).contains("holdfast_role{");
        assertThat(System.nanoTime() - begun).isLessThan(TimeUnit.SECONDS.toNanos(1));
        assertThat(asked).hasValue(1);

        goesOn.countDown();
        clock.addAndGet(TimeUnit.SECONDS.toNanos(15));
        services = () -> MetricSamples.services(1, 1);
        Awaitility.await("the part answers again").until(() -> {
            clock.addAndGet(TimeUnit.SECONDS.toNanos(15));
            return text(pages.page(null)).contains("holdfast_service");
        });
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aBrokenPartHidesNothingElse() {
        status = () -> {
            throw new AssertionError("a check that stays on failed");
        };
        keys = () -> {
            throw new IllegalStateException("cluster.sync is off");
        };
        var page = pages().page(null);

        assertThat(text(page))
                .contains("holdfast_heap_used_bytes{cluster=\"lab\",director=\"d1\"} ")
                .contains("part=\"status\"} 0")
                .doesNotContain("holdfast_role{")
                .doesNotContain("holdfast_keys");
    }

    @Test
    void readersOfHalfASecondShareAPage() throws Exception {
        var asked = new AtomicInteger();
        status = () -> {
            asked.incrementAndGet();
            return MetricSamples.status();
        };
        var pages = pages();
        try (var readers = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = readers.invokeAll(IntStream.range(0, 100)
                    .<Callable<Page>>mapToObj(_ -> () -> pages.page(null))
                    .toList());
            for (var page : all) {
                assertThat(page.get()).isSameAs(pages.page(null));
            }
        }
        assertThat(asked).hasValue(1);
        clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(500));
        pages.page(null);
        assertThat(asked).hasValue(2);
    }

    @Test
    void aReaderOfOpenMetricsGetsOpenMetrics() {
        var pages = pages();
        var open = pages.page("application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1");

        assertThat(open.contentType()).startsWith("application/openmetrics-text");
        assertThat(text(open)).endsWith("# EOF\n").contains("# TYPE holdfast_dropped_packets counter\n");
        assertThat(pages.page("*/*").contentType()).startsWith("text/plain; version=0.0.4");
        assertThat(text(pages.page(null))).contains("# TYPE holdfast_dropped_packets_total counter\n");
        assertThat(series(open)).as("the same series in both formats").hasSameSizeAs(series(pages.page(null)));
    }

    @Test
    void noLabelNamesAClientOrAKey() {
        assertThat(text(pages().page(null)))
                .doesNotContain(MetricSamples.CLIENT)
                .doesNotContain(MetricSamples.FINGERPRINT)
                .doesNotContain("disk is full");
    }

    @Test
    void aPageIsBoundedAndItsSumsAreNot() {
        services = () -> MetricSamples.services(1200, 3);
        var page = pages().page(null);
        assertThat(ofFamily(page, "holdfast_left_out"))
                .containsEntry("{cluster=\"lab\",director=\"d1\",kind=\"services\"}", "200.0")
                .containsEntry("{cluster=\"lab\",director=\"d1\",kind=\"real-servers\"}", "1600.0");
        assertThat(ofFamily(page, "holdfast_real_server_weight")).hasSize(2000);
        assertThat(ofFamily(page, "holdfast_service_connections_total")).hasSize(1000);
        assertThat(series(page)).containsEntry("holdfast_connections_total{" + GROUP + "}", "30.0");

        services = () -> MetricSamples.services(1, 5000);
        page = pages().page(null);
        assertThat(ofFamily(page, "holdfast_left_out"))
                .containsEntry("{cluster=\"lab\",director=\"d1\",kind=\"real-servers\"}", "3000.0");
        assertThat(page.bytes().length).isLessThan(PAGE_BYTES_MAX);
    }

    /// The heap of a director has 128 MiB; a page that needed much of it could end the process.
    @Test
    void theLargestPageNeedsLittleMemory() {
        services = () -> MetricSamples.services(400, 5);
        var pages = pages();
        var threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            clock.addAndGet(TimeUnit.SECONDS.toNanos(15));
            long before = threads.getCurrentThreadAllocatedBytes();
            long begun = System.nanoTime();
            pages.page(null);
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            System.out.printf(
                    "2000 real servers: %d KiB allocated, %.1f ms, page %d KiB%n",
                    least / 1024,
                    (System.nanoTime() - begun) / 1e6,
                    pages.page(null).bytes().length / 1024);
        }
        assertThat(least).isLessThan(ALLOCATED_MAX);
    }

    @Test
    void aRealServerListedTwiceSpoilsNothing() {
        var one = MetricSamples.services(1, 3);
        var service = one.services().getFirst();
        var twice = new ServiceList.Service(
                service.service(),
                service.scheduler(),
                List.of(),
                null,
                false,
                null,
                List.of(service.realServers().getFirst(), service.realServers().getFirst()),
                service.totals(),
                service.rates());
        services = () -> new ServiceList(1, one.timeouts(), List.of(twice), one.totals(), one.rates());
        var page = pages().page(null);
        assertThat(ofFamily(page, "holdfast_real_server_weight")).hasSize(1);
        assertThat(text(page)).contains("kind=\"real-servers\"} 1.0");
    }

    @Test
    void aPageThatCannotBeMadeIsCounted() {
        var peer = MetricSamples.peer("d2", 1L);
        status = () -> MetricSamples.status(List.of(peer, peer), new Status.Table(1, 2));
        var pages = pages();
        assertThatThrownBy(() -> pages.page(null)).isInstanceOf(RuntimeException.class);

        status = MetricSamples::status;
        assertThat(series(pages.page(null)))
                .containsEntry("holdfast_pages_failed_total{cluster=\"lab\",director=\"d1\"}", "1.0");
    }

    /// A row of the operator's page, or what it should be.
    private record Row(String name, String type, String labels, String meaning) {
        static Row of(Family family) {
            return new Row(
                    family.fullName(),
                    KebabCase.of(family.type()),
                    family.labels().stream()
                            .filter(label ->
                                    !List.of("cluster", "director", "group").contains(label))
                            .map(label -> "`" + label + "`")
                            .collect(Collectors.joining(", ")),
                    family.meaning());
        }

        @Override
        public String toString() {
            return "| `%s` | %s | %s | %s |".formatted(name, type, labels, meaning);
        }
    }

    @Test
    void everyMetricHasItsRowAndNoOtherRowIsThere() throws Exception {
        var page = Files.readString(Path.of("../docs/operating/metrics.md"));
        var documented = ROW.matcher(page)
                .results()
                .map(row -> new Row(row.group(1), row.group(2), row.group(3), row.group(4)))
                .toList();
        assertThat(documented)
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(Family.values()).map(Row::of).toList());
    }

    /// So the samples leave nothing out, and the tests above have seen every metric.
    @Test
    void theSamplesHaveEveryMetric() {
        var names = series(pages().page(null)).keySet().stream()
                .map(series -> series.substring(0, series.indexOf('{')))
                .collect(Collectors.toSet());
        assertThat(names)
                .containsAll(Arrays.stream(Family.values())
                        .filter(family -> family != Family.THREAD_CPU && family != Family.THREAD_WAIT)
                        .map(Family::fullName)
                        .toList());
    }
}
