package holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.FailoverReadiness.Safe;
import holdfast.admin.FailoverResult.Outcome;
import holdfast.lab.Director;
import holdfast.lab.Lab;
import holdfast.lab.Network;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A standby that would get no answer, although its links, its routes and, for some time, its neighbours look well: it
/// is not safe, and safe again without an operator after the repair.
final class NoAnswerChaosIT extends PairUnderTest {
    /// Three seconds until it is known, one until it is told, and the load of two processors.
    private static final Duration NAMED_MAX = Duration.ofSeconds(5);

    private static final String RS1 = "10.0.0.11";
    private static final String RS1_MAC = "02:00:00:00:02:11";
    private static final String WRONG_MAC = "02:00:00:00:02:99";
    private static final String SOME_CLIENTS = "198.51.100.128/25";

    @Override
    int advertIntervalMs() {
        return SLOW_ADVERTS_MS;
    }

    @Test
    void aFilterThatLetsArpPassAndNotIpv4() {
        var standby = lab.other(active());
        isNotSafeUntilMended(
                standby, noAnswerFrom(RS1), () -> lab.faults().dropFrom(standby, Network.BACK, "ip daddr " + RS1));
    }

    @Test
    void aFilterOfItsOwnHost() {
        var standby = lab.other(active());
        isNotSafeUntilMended(standby, noAnswerFrom(RS1), () -> {
            nft(standby, "add table ip silence");
            nft(standby, "add chain ip silence c { type filter hook output priority 0 ; }");
            nft(standby, "add rule ip silence c ip daddr " + RS1 + " drop");
            return () -> {
                nft(standby, "add table ip silence");
                nft(standby, "delete table ip silence");
            };
        });
    }

    private void nft(Director director, String command) {
        lab.run("ip", "netns", "exec", director.name(), "nft", command);
    }

    @Test
    void aPermanentNeighbourWithAWrongMac() {
        var standby = lab.other(active());
        isNotSafeUntilMended(standby, noAnswerFrom(RS1), () -> {
            setNeighbour(standby, WRONG_MAC, "permanent");
            return () -> setNeighbour(standby, RS1_MAC, "stale");
        });
    }

    private void setNeighbour(Director director, String mac, String state) {
        lab.run("ip", "-n", director.name(), "neigh", "replace", RS1, "lladdr", mac, "nud", state, "dev", "back");
    }

    @Test
    void aRouteForSomeClientsThatLeadsElsewhere() {
        var standby = lab.other(active());
        isNotSafeUntilMended(standby, "sends " + SOME_CLIENTS + " elsewhere", () -> {
            route("replace", standby);
            return () -> {
                route("replace", standby);
                route("delete", standby);
            };
        });
    }

    private void route(String action, Director director) {
        lab.run("ip", "-n", director.name(), "route", action, SOME_CLIENTS, "dev", "sync");
    }

    /// Machines whose last ARP reply the kernel believes for seconds.
    enum Dead {
        REAL_SERVER(Network.BACK, RS1_MAC, RS1),
        GATEWAY(Network.FRONT, "02:00:00:00:01:fe", "its gateway 192.0.2.254");

        private final Network network;
        private final String mac;
        private final String name;

        Dead(Network network, String mac, String name) {
            this.network = network;
            this.mac = mac;
            this.name = name;
        }
    }

    @ParameterizedTest
    @EnumSource(Dead.class)
    void whoIsDeadForTheStandbyAlone(Dead dead) {
        var standby = lab.other(active());
        isNotSafeUntilMended(
                standby,
                noAnswerFrom(dead.name),
                () -> lab.faults().dropTo(standby, dead.network, "ether saddr " + dead.mac));
    }

    @Test
    void aRealServerThatIsDeadForBothIsNoObjection() {
        var active = active();
        var standby = lab.other(active);
        afterwards(() -> link("up"));
        long struckAt = System.nanoTime();
        link("down");
        Lab.await("both know that " + RS1 + " is dead", NAMED_MAX, () -> doesNotReach(active) && doesNotReach(standby));
        report("known to both after %.1f s".formatted((System.nanoTime() - struckAt) / 1e9));
        awaitWhole("a real server died");
        report("no objection after %.1f s".formatted((System.nanoTime() - struckAt) / 1e9));
        link("up");
        Lab.await(
                "nobody thinks that " + RS1 + " is dead",
                Duration.ofSeconds(10),
                () -> !doesNotReach(active) && !doesNotReach(standby));
        awaitWhole("it lives again");
    }

    private void link(String state) {
        lab.run("ip", "-n", "sw", "link", "set", "rs1-back", state);
    }

    /// As its peer hears of it.
    private boolean doesNotReach(Director director) {
        return lab.other(director).status().sync().peers().stream()
                .filter(peer -> peer.name().equals(director.name()))
                .anyMatch(
                        peer -> peer.word() != null && peer.word().unreachable().contains(RS1));
    }

    private static String noAnswerFrom(String whom) {
        return "gets no answer from " + whom;
    }

    /// A fault with its repair.
    private interface Fault {
        Runnable strike();
    }

    private void isNotSafeUntilMended(Director standby, String why, Fault fault) {
        var active = lab.other(standby);
        long struckAt = System.nanoTime();
        var mend = fault.strike();
        afterwards(mend);
        for (var director : new Director[] {active, standby}) {
            Lab.await(director + " says: " + why, NAMED_MAX, () -> says(director, why));
            report("%s: %s says so after %.1f s".formatted(why, director, (System.nanoTime() - struckAt) / 1e9));
        }
        assertThat(active.failover("chaos").outcome()).isEqualTo(Outcome.REFUSED);
        mend.run();
        awaitWhole("it was mended: " + why);
    }

    private static boolean says(Director director, String why) {
        var readiness = director.status().failover();
        return readiness.safe() == Safe.NO && readiness.reasons().stream().anyMatch(reason -> reason.contains(why));
    }
}
