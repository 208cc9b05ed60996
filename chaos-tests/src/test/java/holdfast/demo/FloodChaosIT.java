package holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.Status;
import holdfast.conf.Ipv4;
import holdfast.lab.Director;
import holdfast.lab.Lab;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A flood of SYNs from forged sources on a sticky service, into tables that are full after its first second (ADR 19).
final class FloodChaosIT extends PairUnderTest {
    private static final Ipv4 VIP = Ipv4.of("192.0.2.10");
    private static final int PORT = 80;
    private static final int SECONDS = 5;
    private static final int ARRIVALS = 2;

    @Override
    int advertIntervalMs() {
        return SLOW_ADVERTS_MS;
    }

    @ParameterizedTest
    @ValueSource(ints = {2_000, 10_000, 20_000})
    void newStickyClientsAreLetInAndAllElseGoesOn(int perSecond) throws IOException, InterruptedException {
        smallTables(perSecond);
        var active = active();
        var traffic = Traffic.start();
        var before = active.status().datapath();
        long connectionsBefore = active.services().totals().connections();
        int sent = SECONDS * perSecond;
        int newcomers = 0;
        try (var flood = lab.stranger().flood(active, VIP, PORT, sent, perSecond)) {
            Lab.await(
                    "the table is full",
                    Duration.ofSeconds(SECONDS),
                    () -> evicted(active.status().datapath()) > evicted(before));
            for (int arrival = 0; arrival < ARRIVALS; arrival++) {
                long from = System.nanoTime();
                var arrived = Newcomers.arrive();
                report("newcomers and their carts took %d ms".formatted((System.nanoTime() - from) / 1_000_000));
                newcomers += arrived.count();
                assertThat(arrived.robbed()).as("clients without their cart").isEmpty();
            }
            flood.await();
        }
        var seen = traffic.stop();
        var after = active.status().datapath();
        long lost = lost(after) - lost(before);
        long shed = after.drops().getOrDefault("dropped-overload", 0L)
                - before.drops().getOrDefault("dropped-overload", 0L);
        long connections = active.services().totals().connections() - connectionsBefore;
        report("%d SYNs/s: %s; %d connections begun, %d evicted, %d first packets shed, %d frames lost in the rings"
                .formatted(perSecond, seen, connections, evicted(after) - evicted(before), shed, lost - shed));
        seen.assertIntact();
        guard().forgiveResets(seen.requests().failures() + newcomers);
        assertThat(connections + lost).as("what became of %d SYNs", sent).isGreaterThanOrEqualTo(sent);
        awaitWhole("the flood");
    }

    @Test
    void aFloodDoesNotHinderAFailover() throws IOException, InterruptedException {
        int perSecond = 5_000;
        smallTables(perSecond);
        var active = active();
        var standby = lab.other(active);
        var traffic = Traffic.start();
        var known = Newcomers.arrive();
        try (var _ = lab.stranger().flood(active, VIP, PORT, SECONDS * perSecond, perSecond)) {
            Lab.await(
                    "the table is full",
                    Duration.ofSeconds(SECONDS),
                    () -> evicted(active.status().datapath()) > 0);
            active.kill();
            awaitTakeover(standby);
            try (var more = lab.stranger().flood(standby, VIP, PORT, SECONDS * perSecond, perSecond)) {
                assertThat(known.robbed()).as("clients without their cart").isEmpty();
                assertThat(Newcomers.arrive().robbed())
                        .as("newcomers without their cart")
                        .isEmpty();
                more.await();
            }
        }
        var seen = traffic.stop();
        report("a crash under 5000 SYNs/s: " + seen);
        seen.assertIntact();
    }

    private static long evicted(Status.Datapath datapath) {
        return datapath.counters().getOrDefault("evicted-half-open", 0L);
    }

    /// What was dropped for want of time: by the kernel because a ring was full, in both directions and other packets
    /// too, or as first packets.
    private static long lost(Status.Datapath datapath) {
        return datapath.drops().entrySet().stream()
                .filter(drop ->
                        drop.getKey().startsWith("ring-") || drop.getKey().equals("dropped-overload"))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /// Both start anew with tables of so many entries.
    private void smallTables(int entries) {
        for (var director : List.of(lab.d1(), lab.d2())) {
            var file = read(director);
            afterwards(() -> restart(director, file));
            restart(
                    director,
                    file.replace(
                            "datapath:\n",
                            "datapath:\n  connections-max: %1$d\n  templates-max: %1$d\n".formatted(entries)));
        }
        lab.awaitEqualPair();
    }

    private void restart(Director director, String file) {
        if (director.isRunning()) {
            director.kill();
        }
        lab.configure(director, file);
        director.start();
    }

    private static String read(Director director) {
        try {
            return Files.readString(director.configuration());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
