package holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.FailoverReadiness.Safe;
import holdfast.admin.FailoverResult.Outcome;
import holdfast.admin.Role;
import holdfast.lab.Director;
import holdfast.lab.Lab;
import holdfast.lab.Network;
import holdfast.lab.server.SeededStream;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// A running director loses a link, an address, an interface or its disk: the readout names it, the director that can
/// serve serves, and restored parts are used again.
final class LostPartsChaosIT extends PairUnderTest {
    private static final Duration NAMED_MAX = Duration.ofSeconds(10);
    private static final String DISK = "the term cannot be written to";
    private static final long UPLOAD_BYTES = 24_000_000;
    private static final int SMALL_MTU = 1400;

    @Override
    int advertIntervalMs() {
        return SLOW_ADVERTS_MS;
    }

    /// The ways to lose a link.
    enum Loss {
        CARRIER,
        ADDRESS,
        SET_DOWN,
        INTERFACE;

        Runnable strike(Lab lab, Director victim, Network network) {
            var faults = lab.faults();
            return switch (this) {
                case CARRIER -> faults.unplug(victim, network);
                case ADDRESS -> faults.removeAddress(victim, network);
                case SET_DOWN -> faults.setDown(victim, network);
                case INTERFACE -> faults.removeInterface(victim, network);
            };
        }
    }

    /// A3, A4, F3: a standby that lacks a link is not safe, is refused for the same reasons, and is safe once mended.
    @ParameterizedTest
    @CsvSource({
        "FRONT, CARRIER",
        "FRONT, ADDRESS",
        "FRONT, INTERFACE",
        "BACK, SET_DOWN",
        "BACK, ADDRESS",
        "BACK, INTERFACE"
    })
    void standbyWithoutALinkIsNotSafeAndIsSafeOnceItIsMended(Network network, Loss loss) {
        var active = active();
        var standby = lab.other(active);
        var mend = loss.strike(lab, standby, network);
        afterwards(mend);
        awaitNotSafe(active, network.interfaceName());
        assertThat(standby.status().failover().safe()).isNotEqualTo(Safe.YES);
        Lab.await("a refusal and a status after it give the same reasons", NAMED_MAX, () -> {
            var refused = active.failover("chaos");
            assertThat(refused.outcome()).isEqualTo(Outcome.REFUSED);
            assertThat(refused.blocking()).anyMatch(reason -> reason.contains(network.interfaceName()));
            return refused.blocking().equals(active.status().failover().reasons());
        });
        mend.run();
        awaitWhole(network + " of the standby, " + loss + ", was mended");
    }

    /// A4, F2, F3: who lost what it serves with resigns, is a standby once it is mended, and then forwards as before.
    @ParameterizedTest
    @CsvSource({"FRONT, ADDRESS", "FRONT, INTERFACE", "BACK, INTERFACE"})
    void activeWithoutALinkResignsAndForwardsOnceItIsMended(Network network, Loss loss) throws IOException {
        var victim = active();
        var next = lab.other(victim);
        var before = Newcomers.arrive();
        awaitWhole("newcomers");
        var mend = loss.strike(lab, victim, network);
        afterwards(mend);
        awaitTakeover(next);
        Lab.await(victim + " resigns", NAMED_MAX, () -> victim.is(Role.FAULT));
        assertThat(before.robbed()).as("clients without their cart").isEmpty();
        assertThat(victim.status().faults()).anyMatch(fault -> fault.contains(network.interfaceName()));
        mend.run();
        awaitWhole(network + " of the active, " + loss + ", was mended");
        failover(next);
        assertThat(before.robbed()).as("clients without their cart").isEmpty();
        var after = Newcomers.arrive();
        assertThat(after.robbed()).isEmpty();
    }

    /// F6.
    @Test
    void uploadGoesOnWhenTheMtuIsLowered() throws InterruptedException, ExecutionException {
        var active = active();
        try (var pool = Executors.newSingleThreadExecutor()) {
            var forwarded = active.status().datapath().bytesForwarded();
            var upload = pool.submit(() -> Transfer.upload(Target.NAT.client(4), Target.NAT, 6, UPLOAD_BYTES));
            Lab.await(
                    "the upload is under way",
                    NAMED_MAX,
                    () -> active.status().datapath().bytesForwarded() - forwarded > UPLOAD_BYTES / 8);
            afterwards(() -> lab.run("ip", "-n", "client", "route", "flush", "cache")); // it remembers a path's MTU
            afterwards(lab.faults().mtu(lab.d1(), Network.BACK, SMALL_MTU));
            afterwards(lab.faults().mtu(lab.d2(), Network.BACK, SMALL_MTU));
            assertThat(upload.isDone()).as("the MTU was lowered while it ran").isFalse();
            assertThat(upload.get()).contains(SeededStream.sha256(6, UPLOAD_BYTES));
        }
    }

    /// The ways to lose a disk.
    enum Disk {
        FULL,
        READ_ONLY;

        Runnable strike(Lab lab, Director victim) {
            return this == FULL ? lab.faults().fullDisk(victim) : lab.faults().readOnlyDisk(victim);
        }
    }

    /// C4, B11: a standby that cannot keep its term is not safe, and serves all the same, also for the second time.
    @ParameterizedTest
    @EnumSource(Disk.class)
    void standbyWithoutADiskIsNotSafeAndServesAllTheSame(Disk disk) throws IOException {
        var active = active();
        var standby = lab.other(active);
        var mend = disk.strike(lab, standby);
        afterwards(mend);
        awaitNotSafe(active, DISK);
        var newcomers = Newcomers.arrive();
        awaitEqualStandbyOf(active);
        active.kill();
        awaitTakeover(standby);
        assertThat(newcomers.robbed()).as("clients without their cart").isEmpty();
        assertThat(standby.status().faults()).anyMatch(fault -> fault.contains(DISK));
        mend.run();
        Lab.await(
                standby + " writes again",
                NAMED_MAX,
                () -> standby.status().faults().isEmpty());
    }

    private static void awaitNotSafe(Director active, String why) {
        Lab.await(active + " is not safe: " + why, NAMED_MAX, () -> {
            var readiness = active.status().failover();
            return readiness.safe() != Safe.YES
                    && readiness.reasons().stream().anyMatch(reason -> reason.contains(why));
        });
    }
}
