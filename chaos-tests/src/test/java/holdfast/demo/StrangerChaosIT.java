package holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.Role;
import holdfast.conf.Ipv4;
import holdfast.lab.Capture;
import holdfast.lab.Director;
import holdfast.lab.Faults;
import holdfast.lab.Forged;
import holdfast.lab.Lab;
import holdfast.lab.Network;
import holdfast.lab.Stranger;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A stranger forges messages of the pair: it moves nothing, and the operator gets an alarm.
final class StrangerChaosIT extends PairUnderTest {
    private static final int VRID = 51;
    private static final List<Ipv4> VIPS = List.of(Ipv4.of("192.0.2.10"), Ipv4.of("192.0.2.11"), Ipv4.of("10.0.0.1"));
    private static final List<Ipv4> OTHER_VIPS = List.of(Ipv4.of("192.0.2.77"));
    private static final Duration TOLD_MAX = Duration.ofSeconds(10);
    private static final Duration STARTED_MAX = Duration.ofMinutes(1);
    /// Adverts without a word keep a standby waiting for so long at most.
    private static final Duration DOUBT_MAX = Duration.ofSeconds(5);

    private static final long LOOK_INTERVAL = 100_000_000;
    private static final int GARPS = 3;
    private static final Duration GARP_INTERVAL = Duration.ofMillis(400);
    private static final Duration ANNOUNCED_MAX = Duration.ofMillis(200);

    @Override
    int advertIntervalMs() {
        return SLOW_ADVERTS_MS;
    }

    /// The forged messages of a host without the key.
    enum Forgery {
        FLOOD_OF_A_HIGHER_PRIORITY(400, 10),
        ABSURD_INTERVAL(5, 200),
        OTHER_ADDRESSES(40, 100),
        RESIGNATION_OF_THE_ACTIVE(10, 300);

        private final int count;
        private final Duration interval;

        Forgery(int count, int intervalMs) {
            this.count = count;
            interval = Duration.ofMillis(intervalMs);
        }

        Stranger.Sending send(Lab lab, Director active) {
            return lab.stranger().send(Network.FRONT, frame(active), count, interval);
        }

        private byte[] frame(Director active) {
            long mac = Network.FRONT.strangersMac();
            var own = Network.FRONT.strangersAddress();
            return switch (this) {
                case FLOOD_OF_A_HIGHER_PRIORITY -> Forged.advert(mac, own, VRID, 254, 50, VIPS);
                case ABSURD_INTERVAL -> Forged.advert(mac, own, VRID, 254, 4095, VIPS);
                case OTHER_ADDRESSES -> Forged.advert(mac, own, VRID, 254, 100, OTHER_VIPS);
                case RESIGNATION_OF_THE_ACTIVE -> Forged.advert(mac, Network.FRONT.address(active), VRID, 0, 50, VIPS);
            };
        }
    }

    /// A6, F4, C3.
    @ParameterizedTest
    @EnumSource(Forgery.class)
    void forgedAdvertsMoveNothingAndAreNamed(Forgery forgery) throws IOException, InterruptedException {
        var active = active();
        var standby = lab.other(active);
        var term = active.status().term();
        var traffic = Traffic.start();
        try (var sending = forgery.send(lab, active)) {
            sending.await();
        }
        var seen = traffic.stop();
        report("%s: %s".formatted(forgery, seen));
        assertThat(active.is(Role.ACTIVE)).isTrue();
        assertThat(standby.is(Role.STANDBY)).isTrue();
        assertThat(active.status().term()).as("the term, were the VIPs to move").isEqualTo(term);
        seen.assertHitless();
        assertThat(seen.outage().lost()).as("probes lost").isZero();
        // The active's own kernel drops what comes in its own name; the standby hears that.
        var witness = forgery == Forgery.RESIGNATION_OF_THE_ACTIVE ? standby : active;
        var from = forgery == Forgery.RESIGNATION_OF_THE_ACTIVE
                ? Network.FRONT.address(active)
                : Network.FRONT.strangersAddress();
        awaitAlarm(witness, from.toString());
    }

    /// C3: adverts without a word keep a standby waiting, but not for ever.
    @Test
    void standbyServesSoonAlsoUnderForgedAdverts() throws IOException {
        var active = active();
        var standby = lab.other(active);
        var newcomers = Newcomers.arrive();
        awaitWhole("newcomers");
        try (var _ = Forgery.ABSURD_INTERVAL.send(lab, active)) {
            active.kill();
            var starved = Starved.since(List.of(standby));
            long killedAt = System.nanoTime();
            awaitTakeover(standby);
            var took = Duration.ofNanos(System.nanoTime() - killedAt).minus(starved.untilNow());
            report("served %d ms after the crash".formatted(took.toMillis()));
            assertThat(took).isLessThan(DOUBT_MAX.plusSeconds(1));
        }
        assertThat(newcomers.robbed()).as("clients without their cart").isEmpty();
    }

    /// M1.
    @ParameterizedTest
    @EnumSource(
            value = Network.class,
            names = {"FRONT", "BACK"})
    void stolenAddressIsAnnouncedAgainAtOnce(Network network) {
        var active = active();
        var vip = network == Network.FRONT ? VIPS.getFirst() : VIPS.getLast();
        var capture = Capture.at(lab, List.of(network.port("stranger"), network.port(active.name())));
        var starved = Starved.since(List.of(active));
        var frame = Forged.gratuitousArp(network.strangersMac(), vip);
        try (var sending = lab.stranger().send(network, frame, GARPS, GARP_INTERVAL)) {
            sending.await();
        }
        awaitAlarm(active, Faults.mac(network.strangersMac()));
        var waited = starved.untilNow();
        var frames = capture.stop();
        var thefts = frames.stream()
                .filter(f -> f.isArp() && f.sourceMac() == network.strangersMac() && f.arpSender() == vip.bits())
                .toList();
        assertThat(thefts).hasSize(GARPS);
        for (var theft : thefts) {
            assertThat(frames)
                    .as("announcements of " + active + " soon after a theft")
                    .anyMatch(f -> f.isArp()
                            && f.sourceMac() == network.mac(active)
                            && f.arpSender() == vip.bits()
                            && f.atMicros() > theft.atMicros()
                            && f.atMicros() - theft.atMicros()
                                    <= TimeUnit.NANOSECONDS.toMicros(
                                            ANNOUNCED_MAX.plus(waited).toNanos()));
        }
    }

    /// A5.
    @Test
    void wrongKeyIsNamedWithTheAddressOnBoth() {
        var active = active();
        var standby = lab.other(active);
        var mend = lab.faults().otherKey(standby);
        standby.stop();
        afterwards(() -> {
            standby.kill();
            mend.run();
        });
        standby.start();
        Lab.await(standby + " has started", STARTED_MAX, () -> standby.role().isPresent());
        awaitAlarm(active, Network.SYNC.address(standby) + " carry another seal");
        awaitAlarm(standby, Network.SYNC.address(active) + " carry another seal");
        // Who has never heard a word waits for minutes, not for as long as who has.
        for (long until = System.nanoTime() + DOUBT_MAX.plusSeconds(1).toNanos(); System.nanoTime() < until; ) {
            nobodyMoves(active, standby);
            LockSupport.parkNanos(LOOK_INTERVAL);
        }
    }

    /// A2.
    @ParameterizedTest
    @ValueSource(strings = {"active", "standby"})
    void directorWithATakenNameEndsAndThePairStaysEqual(String whose) throws IOException, InterruptedException {
        var active = active();
        var standby = lab.other(active);
        var elder = whose.equals("active") ? active : standby;
        var term = active.status().term();
        lab.configureAsCopy(lab.d3(), elder);
        var twin = startTwin();
        while (twin.isAlive()) {
            nobodyMoves(active, standby);
        }
        awaitWhole("a twin");
        assertThat(twin.waitFor()).as("the exit code of the younger one").isEqualTo(2);
        assertThat(Files.readString(lab.d3().configuration().resolveSibling("d3.log")))
                .contains("another director named " + elder + " runs at "); // whichever link told it first
        for (var witness : List.of(active, standby)) {
            awaitAlarm(witness, Network.SYNC.address(lab.d3()).toString());
            assertThat(Files.readAllLines(witness.log())) // a warning of a minute ago is not repeated
                    .anyMatch(line -> line.contains("WARN")
                            && line.contains(Network.SYNC.address(lab.d3()).toString()));
        }
        assertThat(active.status().term()).as("the term, were the VIPs to move").isEqualTo(term);
    }

    /// A2: the death of an intruder is not the death of whose name it has.
    @Test
    void killedIntruderPromotesNobody() throws IOException {
        var active = active();
        var standby = lab.other(active);
        var term = active.status().term();
        lab.configureAsCopy(lab.d3(), active);
        var twin = startTwin();
        Lab.await("the intruder was heard", STARTED_MAX, () -> !twin.isAlive() || isHeard(standby));
        twin.destroyForcibly().onExit().join();
        for (long until = System.nanoTime() + Wholeness.AGAIN_MAX.toNanos() / 2; System.nanoTime() < until; ) {
            nobodyMoves(active, standby);
        }
        awaitWhole("the death of a twin");
        assertThat(active.status().term()).as("the term, were the VIPs to move").isEqualTo(term);
    }

    private static boolean isHeard(Director witness) {
        return witness.sync().counters().getOrDefault("refused-twin", 0L) > 0;
    }

    private static void nobodyMoves(Director active, Director standby) {
        assertThat(active.is(Role.ACTIVE)).isTrue();
        assertThat(standby.is(Role.STANDBY)).isTrue();
    }

    private Process startTwin() throws IOException {
        var file = lab.d3().configuration();
        var log = file.resolveSibling("d3.log").toFile();
        var twin = lab.in(
                        "d3", System.getenv("HOLDFAST_HOME") + "/bin/holdfast", "director", "--config", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
        afterwards(() -> twin.destroyForcibly().onExit().join());
        return twin;
    }

    private static void awaitAlarm(Director director, String what) {
        Lab.await(
                director + " has an alarm with '" + what + "'",
                TOLD_MAX,
                () -> director.status().alarms().stream().anyMatch(alarm -> alarm.contains(what)));
    }
}
