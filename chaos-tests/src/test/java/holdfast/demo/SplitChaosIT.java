package holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.Role;
import holdfast.lab.Director;
import holdfast.lab.Lab;
import holdfast.lab.Network;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Both directors are active for a while, for any reason: afterwards one is, the tables are equal within seconds
/// without a restart, and a later crash loses no client.
final class SplitChaosIT extends PairUnderTest {
    private static final String ADVERTS = "ip protocol 112";
    private static final Duration STARTED_MAX = Duration.ofMinutes(2);
    private static final int FLAPS = 3;
    private static final int BUSY_LOOPS = 2;

    @Override
    int advertIntervalMs() {
        return SLOW_ADVERTS_MS;
    }

    /// A1, F1, C2.
    @ParameterizedTest
    @ValueSource(strings = {"standby", "active"})
    void splitPairIsOneAgainAndALaterCrashLosesNobody(String cutOff) throws IOException {
        var active = active();
        var victim = cutOff.equals("active") ? active : lab.other(active);
        var pids = pids();
        var mends = new ArrayList<Runnable>();
        for (var network : Network.values()) {
            mends.add(lab.faults().cut(victim, network));
        }
        mends.forEach(this::afterwards);
        awaitTwoActives();
        mends.forEach(Runnable::run);
        awaitWhole("the split was healed");
        assertThat(pids()).as("processes").isEqualTo(pids);
        losesNobodyByACrash();
    }

    /// A1, H2: with either director active last, so that the one that yields has seen the higher term.
    @ParameterizedTest
    @CsvSource({"d1, 0", "d2, 0", "d2, " + BUSY_LOOPS})
    void coldStartOfBothAtOnceEndsEqual(String last, int busyLoops) throws IOException {
        if (!active().name().equals(last)) {
            failover(active());
        }
        var active = active();
        lab.other(active).kill();
        active.kill();
        try (var _ = Busy.loops(busyLoops)) {
            lab.d1().start();
            lab.d2().start();
            Lab.await(
                    "both have started",
                    STARTED_MAX,
                    () -> Stream.of(lab.d1(), lab.d2()).allMatch(d -> d.is(Role.ACTIVE) || d.is(Role.STANDBY)));
            awaitWhole("a cold start with " + last + " active last, beside " + busyLoops + " busy loops");
        }
        losesNobodyByACrash();
    }

    /// F1, C2: the switch loses only adverts, again and again.
    @Test
    void flappingAdvertsEndInOneActiveAndEqualTables() throws IOException {
        var pids = pids();
        for (int flap = 0; flap < FLAPS; flap++) {
            var deaf = lab.other(active());
            var mend = lab.faults().dropTo(deaf, Network.FRONT, ADVERTS);
            afterwards(mend);
            awaitTakeover(deaf);
            mend.run();
            Lab.await("one stands by again", TAKEOVER_MAX, () -> lab.active().isPresent());
        }
        awaitWhole("adverts that flapped");
        assertThat(pids()).as("processes").isEqualTo(pids);
        losesNobodyByACrash();
    }

    /// A host that reboots behind switch ports that do not forward yet: its director hears nobody, and has the better
    /// priority.
    @Test
    void aDirectorThatStartedCutOffTakesNobodysClients() throws IOException {
        if (!active().equals(lab.d2())) {
            failover(active());
        }
        var newcomers = Newcomers.arrive();
        awaitWhole("newcomers");
        lab.d1().kill();
        var mends = new ArrayList<Runnable>();
        for (var network : Network.values()) {
            mends.add(lab.faults().cut(lab.d1(), network));
        }
        mends.forEach(this::afterwards);
        lab.d1().start();
        Lab.await("d1 is active, cut off", STARTED_MAX, () -> lab.d1().is(Role.ACTIVE));
        mends.forEach(Runnable::run);
        awaitWhole("d1 is heard again");
        assertThat(active()).isEqualTo(lab.d2());
        assertThat(newcomers.robbed()).as("clients without their cart").isEmpty();
        losesNobodyByACrash();
    }

    private List<Long> pids() {
        return Stream.of(lab.d1(), lab.d2()).map(Director::pid).toList();
    }

    private void losesNobodyByACrash() throws IOException {
        var newcomers = Newcomers.arrive();
        awaitWhole("newcomers");
        var victim = active();
        victim.kill();
        awaitTakeover(lab.other(victim));
        assertThat(newcomers.robbed()).as("clients without their cart").isEmpty();
    }
}
