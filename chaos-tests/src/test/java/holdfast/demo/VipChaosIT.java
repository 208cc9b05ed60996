package holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import holdfast.admin.Status;
import holdfast.lab.Director;
import holdfast.lab.Lab;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// VIPs that come and go while the pair runs.
final class VipChaosIT extends PairUnderTest {
    private static final String VIP = "192.0.2.77";
    private static final String SERVICE = "tcp/" + VIP + ":80";
    private static final String STRANGE_MAC = "02:00:00:00:00:99";
    private static final int CLIENT = 50;
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration ANNOUNCED_MAX = Duration.ofSeconds(10);

    @Override
    int advertIntervalMs() {
        return SLOW_ADVERTS_MS;
    }

    @Test
    void aNewVipServesAtOnceAndMovesWithTheOthers() throws IOException, InterruptedException {
        var first = active();
        var second = lab.other(first);
        var traffic = Traffic.start();
        lab.run("ip", "-n", "client", "neigh", "replace", VIP, "lladdr", STRANGE_MAC, "dev", "front", "nud", "stale");
        typed(second, "vip", "add", VIP, "--reason", "a shop of its own");
        typed(first, "service", "add", SERVICE);
        typed(second, "real", "add", SERVICE, "10.0.0.11:8080", "--forwarding", "nat");
        Lab.await(
                "the client has heard the announcement",
                ANNOUNCED_MAX,
                () -> !lab.run("ip", "-n", "client", "neigh", "show", VIP).contains(STRANGE_MAC));
        assertServed();
        failover(first);
        assertServed();
        traffic.awaitMoreAnswers(200);
        var seen = traffic.stop();
        report("a VIP, a service and a failover: " + seen);
        seen.assertHitless();

        second.kill();
        awaitTakeover(first);
        assertServed();
        second.start();
        awaitEqualStandbyOf(first);
        assertThat(second.status().vips()).extracting(Status.Vip::address).contains(VIP);
        failover(first);
        assertServed();
        assertThat(second.status().alarms()).isEmpty();

        typed(first, "service", "remove", SERVICE, "--yes");
        typed(first, "vip", "remove", VIP);
        assertThatThrownBy(VipChaosIT::request).isInstanceOf(IOException.class);
        for (var director : new Director[] {first, second}) {
            assertThat(director.status().vips()).extracting(Status.Vip::address).doesNotContain(VIP);
        }
    }

    @Test
    void aVipIsOnTheLinkWhoseNetworkHasIt() {
        var active = active();
        typed(lab.other(active), "vip", "add", "10.0.0.77");
        for (var director : new Director[] {active, lab.other(active)}) {
            assertThat(director.status().vips()).contains(new Status.Vip("10.0.0.77", "back", director.equals(active)));
        }
        lab.run("ip", "netns", "exec", "rs1", "bash", "-c", "echo > /dev/udp/10.0.0.77/9");
        Lab.await(
                "a real server finds it",
                ANNOUNCED_MAX,
                () -> lab.run("ip", "-n", "rs1", "neigh", "show", "10.0.0.77").contains("lladdr"));
    }

    /// The kernel would answer for it on a standby.
    @Test
    void anAddressOfAKernelBecomesNoVip() {
        var active = active();
        var standby = lab.other(active);
        give(active);
        for (var asked : new Director[] {active, standby}) {
            var said = lab.holdfast(asked, "vip", "add", VIP);
            assertThat(said.exit()).isEqualTo(3);
            assertThat(said.text()).contains("belongs to the kernel, on front").contains("ip address delete " + VIP);
        }
        take(active);
        give(standby);
        typed(active, "vip", "add", VIP);
        Lab.await(
                "the standby says that it cannot have the VIP",
                REJOIN_MAX,
                () -> active.status().failover().reasons().stream()
                        .anyMatch(reason -> reason.contains("ip address delete " + VIP)));
        take(standby);
        awaitWhole("the address left the standby's kernel");
        failover(active);
        assertThat(standby.status().vips()).contains(new Status.Vip(VIP, "front", true));
    }

    private void give(Director director) {
        lab.run("ip", "-n", director.name(), "addr", "add", VIP + "/24", "dev", "front");
        afterwards(() -> {
            if (lab.run("ip", "-n", director.name(), "addr", "show", "dev", "front")
                    .contains(VIP)) {
                take(director);
            }
        });
    }

    private void take(Director director) {
        lab.run("ip", "-n", director.name(), "addr", "del", VIP + "/24", "dev", "front");
    }

    private void typed(Director on, String... arguments) {
        var said = lab.holdfast(on, arguments);
        assertThat(said.exit()).as(said.text()).isZero();
    }

    private static void assertServed() throws IOException {
        assertThat(request()).isEqualTo(200);
    }

    private static int request() throws IOException {
        try (var answer = new Http(
                Target.NAT.client(CLIENT), new InetSocketAddress(VIP, 80), "POST /login?user=vip", "", PATIENCE)) {
            return answer.status();
        }
    }
}
