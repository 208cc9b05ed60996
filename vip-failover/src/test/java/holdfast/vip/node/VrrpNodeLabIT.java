package holdfast.vip.node;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.vip.node.Lab.Running;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Real processes, raw sockets and namespaces, and keepalived from Debian. It prints times. Adverts come every half
/// second, so that a process may stand still for some hundred milliseconds without counting as dead: the down interval
/// of priority 100 is 1.8 s.
class VrrpNodeLabIT {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String D1 = "10.78.0.1";
    private static final String D2 = "10.78.0.2";
    private static final String VIP = "10.78.0.100";

    private Lab lab;

    @BeforeEach
    void open() {
        lab = new Lab();
    }

    @AfterEach
    void close() {
        lab.close();
    }

    @Test
    void theStandbyTakesOverFromAKilledActiveAndTheClientFollows() {
        var d1 = lab.director("d1", D1, 200, false, "RFC9568");
        d1.await("ACTIVE NOBODY_SPOKE", SOON);
        var d2 = lab.director("d2", D2, 100, false, "RFC9568");
        awaitFollowing(d2, D1);
        lab.output("cl", "ip", "neigh", "replace", VIP, "lladdr", "02:00:00:78:00:01", "nud", "stale", "dev", "eth0");

        long killed = System.nanoTime();
        lab.signal("KILL", d1);
        d2.await("ACTIVE PEER_SILENT", SOON);
        report("takeover after kill -9, by silence", killed, d2.momentOf("ACTIVE"));
        d2.await("GARP", SOON);
        assertThat(lab.output("cl", "ip", "neigh", "show", VIP)).contains("02:00:00:78:00:02");
    }

    @Test
    void aDeadProcessIsReplacedWithoutWaitingForTheDownInterval() {
        var d1 = lab.director("d1", D1, 200, false, "RFC9568");
        d1.await("ACTIVE", SOON);
        var d2 = lab.director("d2", D2, 100, false, "RFC9568");
        awaitFollowing(d2, D1);

        lab.signal("KILL", d1);
        d1.awaitEnd();
        long told = System.nanoTime();
        d2.command("died " + D1);
        d2.await("ACTIVE PEER_PROCESS_DIED", SOON);
        report("takeover after the closed socket was told", told, d2.momentOf("ACTIVE"));
        assertThat((d2.momentOf("ACTIVE") - told) / 1_000_000)
                .as("ms; the last advert is up to one interval old, and the down interval is more than three")
                .isLessThan(2 * Lab.INTERVAL_MS);
    }

    @Test
    void aResignationIsFollowedAfterTheSkew() {
        var d1 = lab.director("d1", D1, 200, false, "RFC9568");
        d1.await("ACTIVE", SOON);
        var d2 = lab.director("d2", D2, 100, false, "RFC9568");
        awaitFollowing(d2, D1);

        d1.command("close");
        d1.await("STANDBY SHUTDOWN", SOON);
        d2.await("ACTIVE PEER_RESIGNED", SOON);
        report("takeover after a resignation", d1.momentOf("STANDBY SHUTDOWN"), d2.momentOf("ACTIVE"));
    }

    @Test
    void anActiveThatWasStoppedStandsByAndSaysNothing() throws InterruptedException {
        var d1 = lab.director("d1", D1, 200, false, "RFC9568");
        d1.await("ACTIVE", SOON);
        var d2 = lab.director("d2", D2, 100, false, "RFC9568");
        awaitFollowing(d2, D1);

        lab.signal("STOP", d1);
        d2.await("ACTIVE PEER_SILENT", SOON);
        long garps = d1.lines.stream().filter("GARP"::equals).count();
        lab.signal("CONT", d1);
        d1.await("STANDBY PAUSED", SOON);
        awaitFollowing(d1, D2);
        assertThat(d1.lines.stream().filter("GARP"::equals).count()).isEqualTo(garps);
        assertThat(d2.lines).noneMatch(line -> line.startsWith("STANDBY"));
    }

    @Test
    void aPlannedFailoverMovesTheAddressWithoutATimer() {
        var d1 = lab.director("d1", D1, 200, true, "RFC9568");
        d1.await("ACTIVE", SOON);
        var d2 = lab.director("d2", D2, 100, true, "RFC9568");
        awaitFollowing(d2, D1);

        d1.command("failover d2 " + D2);
        carry(d1, "d1", "PREPARE", d2, "d2");
        carry(d2, "d2", "ARMED", d1, "d1");
        d1.await("HOLD", SOON);
        d1.command("held");
        carry(d1, "d1", "TRANSFER", d2, "d2");
        d2.await("ACTIVE HANDOVER", SOON);
        carry(d2, "d2", "TAKEN", d1, "d1");
        d1.await("RELAY d2", SOON);
        carry(d1, "d1", "GIVEN", d2, "d2");
        d1.await("RECORD DONE", SOON);
        report("hold until the other is active", d1.momentOf("HOLD"), d2.momentOf("ACTIVE"));
        d1.await("STANDBY HANDED_OVER", SOON);
        assertThat(d2.lines).noneMatch(line -> line.startsWith("STANDBY"));
        assertThat(d1.lines.stream().filter(line -> line.startsWith("ACTIVE"))).hasSize(1);
    }

    @Test
    void keepalivedAndOursTakeOverFromEachOther() {
        var theirs = keepalived("d1", 200);
        theirs.await("Entering MASTER STATE", SOON);
        var ours = lab.director("d2", D2, 100, true, "PSEUDO_HEADER");
        awaitFollowing(ours, D1);

        // keepalived stops: it resigns, and we wait our skew
        lab.inside("pkill", "-TERM", "-F", "/run/keepalived.pid");
        theirs.awaitEnd();
        ours.await("ACTIVE PEER_RESIGNED", SOON);

        // it comes back with a higher priority and preempts us
        int before = ours.lines.size();
        var again = keepalived("d1", 200);
        again.await("Entering MASTER STATE", SOON);
        ours.awaitAfter(before, "STANDBY OUTRANKED", SOON);

        // it dies with its host: silence
        before = ours.lines.size();
        lab.output("d1", "ip", "link", "set", "eth0", "down");
        ours.awaitAfter(before, "ACTIVE PEER_SILENT", SOON);
    }

    @Test
    void keepalivedFollowsOursAndHearsItResign() {
        var ours = lab.director("d2", D2, 200, true, "PSEUDO_HEADER");
        ours.await("ACTIVE", SOON);
        var theirs = keepalived("d1", 100);
        theirs.await("Entering BACKUP STATE", SOON);
        awaitAdverts(ours, 8);
        assertThat(theirs.lines).noneMatch(line -> line.contains("MASTER STATE") || line.contains("checksum"));

        ours.command("close");
        ours.await("STANDBY SHUTDOWN", SOON);
        theirs.await("Entering MASTER STATE", SOON);
        report(
                "keepalived after our resignation",
                ours.momentOf("STANDBY SHUTDOWN"),
                theirs.momentOf("Entering MASTER"));
    }

    /// VRRP-REF 1.4: 2.2.7 refuses the form of RFC 9568, so this pair has two actives; that is why the form is a
    /// setting.
    @Test
    void keepalivedRefusesTheChecksumFormOfRfc9568() {
        var ours = lab.director("d2", D2, 200, false, "RFC9568");
        ours.await("ACTIVE", SOON);
        var theirs = keepalived("d1", 100);
        theirs.await("Entering MASTER STATE", SOON);
        theirs.await("hecksum", SOON);
    }

    /// Hands the first message of a kind to its addressee: the test is the sync channel.
    private static void carry(Running from, String fromName, String kind, Running to, String toName) {
        var words = from.await("SEND " + toName + " " + kind, SOON).split(" ", 6);
        to.command("message " + fromName + " " + kind + " " + words[3] + " " + words[4] + " " + words[5]);
    }

    private Running keepalived(String name, int priority) {
        lab.inside("bash", "-c", """
                cat > /run/keepalived.conf <<END
                global_defs {
                  vrrp_version 3
                }
                vrrp_instance VI_1 {
                  state BACKUP
                  interface eth0
                  virtual_router_id 78
                  priority %d
                  advert_int 0.5
                  virtual_ipaddress {
                    10.78.0.100/32
                  }
                }
                END""".formatted(priority));
        return lab.in(
                name,
                "keepalived",
                "--dont-fork",
                "--log-console",
                "--log-detail",
                "--vrrp",
                "--use-file=/run/keepalived.conf",
                "--pid=/run/keepalived.pid",
                "--vrrp_pid=/run/keepalived-vrrp.pid");
    }

    private static void awaitFollowing(Running director, String address) {
        long deadline = System.nanoTime() + SOON.toNanos();
        String status;
        do {
            int before = director.lines.size();
            director.command("status");
            status = director.awaitAfter(before, "STATUS", SOON);
        } while (!(status.contains("role=STANDBY") && status.contains("activeAddress=Optional[" + address + "]"))
                && System.nanoTime() < deadline);
        assertThat(status).contains("role=STANDBY").contains("activeAddress=Optional[" + address + "]");
    }

    private static void awaitAdverts(Running director, int count) {
        long deadline = System.nanoTime() + SOON.toNanos();
        long sent;
        do {
            int before = director.lines.size();
            director.command("status");
            var status = director.awaitAfter(before, "STATUS", SOON);
            sent = Long.parseLong(status.replaceAll(".* sent=([0-9]+),.*", "$1"));
        } while (sent < count && System.nanoTime() < deadline);
        assertThat(sent).isGreaterThanOrEqualTo(count);
    }

    private static void report(String what, long from, long to) {
        System.out.printf("%s: %.1f ms%n", what, (to - from) / 1e6);
    }
}
