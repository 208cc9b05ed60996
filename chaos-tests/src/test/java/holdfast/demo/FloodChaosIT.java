package holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.FailoverReadiness;
import holdfast.admin.Status;
import holdfast.conf.Ipv4;
import holdfast.lab.Director;
import holdfast.lab.Lab;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
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

    /// B10: a standby with smaller tables is named at once, and is not safe once the active holds more than it can.
    @Test
    void aStandbyWithSmallerTablesIsNamedAndNotSafeOnceTheActiveHoldsMore() throws IOException {
        var active = active();
        var standby = lab.other(active);
        var file = read(standby);
        afterwards(() -> restart(standby, file));
        restart(standby, file.replace("datapath:\n", "datapath:\n  connections-max: 16\n"));
        awaitTooSmall("both name the difference", active, alarm -> alarm.contains("16 on " + standby + " and "));
        awaitTooSmall("both name the difference", standby, alarm -> alarm.contains("16 on this director and "));
        try (var flood = lab.stranger().flood(active, VIP, PORT, 400, 400)) {
            flood.await();
        }
        for (var director : List.of(active, standby)) {
            Lab.await(
                    director + " says that " + standby + " is too small",
                    Duration.ofSeconds(10),
                    () -> director.status().failover().reasons().stream()
                            .anyMatch(reason -> reason.contains("its connections-max is 16")));
            assertThat(director.status().failover().safe()).isEqualTo(FailoverReadiness.Safe.NO);
        }
        assertThat(active.failover("chaos").blocking())
                .anyMatch(reason -> reason.contains("its connections-max is 16"));
        var copies = standby.status().datapath();
        assertThat(copies.counters().getOrDefault("copy-without-room", 0L)).isPositive();
        assertThat(copies.drops()).as("no packet came to it").containsEntry("dropped-table-full", 0L);
        assertThat(Files.readString(log(active)).split("alarm began text=\"connections-max is 16 on " + standby))
                .as("once in the log of " + active)
                .hasSize(2);
        restart(standby, file);
        awaitWhole("the standby has larger tables again");
        assertThat(active.status().alarms()).isEmpty();
    }

    private static void awaitTooSmall(String what, Director director, Predicate<String> alarm) {
        Lab.await(
                what,
                Duration.ofSeconds(10),
                () -> director.status().alarms().stream()
                        .anyMatch(alarm.and(text -> text.startsWith("connections-max is"))));
    }

    private static Path log(Director director) {
        return Path.of("/run/holdfast/" + director + ".log");
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
