package holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.lab.Director;
import holdfast.lab.Lab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// An operator's commands for clients and real servers, on a living pair: their effect on the client, the active and
/// the standby.
final class OperatorChaosIT extends PairUnderTest {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    /// Each look starts a JVM.
    private static final Duration SAID_MAX = Duration.ofSeconds(20);

    private static final String SERVICE = "tcp/192.0.2.10:80";
    private static final Pattern SERVER = Pattern.compile("\"server\":\"rs([123])\"");

    private String client(int n) {
        return Target.NAT.client(n).getHostAddress();
    }

    /// The last digit of the real server that answers a client's new connection.
    private int serverOf(int n) throws IOException {
        try (var login = new Http(Target.NAT.client(n), Target.NAT.http(), "POST /login?user=o" + n, "", PATIENCE);
                var cart = new Http(Target.NAT.client(n), Target.NAT.http(), "GET /cart", login.session(), PATIENCE)) {
            var answer = cart.text();
            var server = SERVER.matcher(answer);
            assertThat(server.find()).as(answer).isTrue();
            return Integer.parseInt(server.group(1));
        }
    }

    private static String real(int server) {
        return "10.0.0.1" + server + ":8080";
    }

    private String done(Director director, String... command) {
        var said = lab.holdfast(director, command);
        assertThat(said.exit()).as(said.text()).isZero();
        return said.text();
    }

    private void awaitOn(Director director, String what, String... command) {
        Lab.await(
                director + " says '" + what + "' to " + String.join(" ", command),
                SAID_MAX,
                () -> lab.holdfast(director, command).text().contains(what));
    }

    @Test
    void aMovedAndPinnedClientStaysSoThroughAFailoverAndTheRestartOfEitherDirector() throws IOException {
        var active = active();
        var standby = lab.other(active);
        int first = serverOf(41);
        int other = first % 3 + 1;
        assertThat(done(active, "whereis", client(41), SERVICE)).contains("now gets " + real(first), "template");

        done(active, "template", "move", "--client", client(41), "--service", SERVICE, "--to", real(other), "--yes");
        done(active, "template", "pin", "--client", client(41), "--service", SERVICE, "--yes");
        afterwards(() ->
                lab.holdfast(active(), "template", "flush", "--client", client(41), "--service", SERVICE, "--yes"));
        assertThat(serverOf(41)).isEqualTo(other);
        awaitOn(standby, real(other), "template", "list", "--client", client(41), "--service", SERVICE);
        awaitOn(active, standby + " has it", "whereis", client(41), SERVICE);

        failover(active);

        assertThat(serverOf(41)).isEqualTo(other);
        assertThat(done(standby, "whereis", client(41), SERVICE)).contains("pinned");

        for (var killed : List.of(standby, active)) {
            var heir = lab.other(killed);
            killed.kill();
            awaitTakeover(heir);
            killed.start();
            awaitEqualStandbyOf(heir);
            assertThat(serverOf(41)).isEqualTo(other);
            for (var director : List.of(killed, heir)) {
                assertThat(done(director, "template", "list", "--client", client(41), "--service", SERVICE))
                        .as("on " + director)
                        .containsPattern(real(other) + " +[A-Z]+ +never");
            }
        }
        done(standby, "template", "unpin", "--client", client(41), "--service", SERVICE, "--yes");
        Lab.await(
                active + " unpins too",
                SAID_MAX,
                () -> !done(active, "template", "list", "--client", client(41), "--service", SERVICE)
                        .contains("never"));
    }

    @Test
    void aFlushedServersClientsAreScheduledAnewAndTheStandbyFollows() throws IOException {
        var active = active();
        for (int n = 42; n < 48; n++) {
            serverOf(n);
        }
        var flushed = done(active, "template", "flush", "--service", SERVICE, "--real", "10.0.0.11", "--yes");

        report(flushed.strip());
        // Those that connections still go through wait for these, unfindable, as port 65535 (IPVS-REF 3.5).
        assertThat(done(active, "template", "list", "--service", SERVICE)).doesNotContain("10.0.0.11:8080");
        awaitEqualStandbyOf(active);
    }

    @Test
    void aBlockedClientGetsNothingAndItsNeighbourEverything() throws IOException {
        var active = active();
        done(active, "clients", "block", client(50), "--for", "1m", "--yes");
        afterwards(() -> lab.holdfast(active, "clients", "unblock", client(50)));

        assertThat(canConnect(50)).isFalse();
        serverOf(51);
        assertThat(done(active, "clients", "rules")).contains(client(50));
        assertThat(active.status().datapath().drops().get("dropped-client-blocked"))
                .isPositive();
        done(active, "clients", "unblock", client(50));
        serverOf(50);
    }

    private boolean canConnect(int n) {
        try (var http = new Http(Target.NAT.client(n), Target.NAT.http(), "GET /cart", "", Duration.ofMillis(700))) {
            return http.status() > 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void aDrainedServerLosesItsStickyClientsAndGetsThemBackOnlyLater() throws IOException {
        var active = active();
        int server = serverOf(52);
        var drained = lab.holdfast(active, "drain", SERVICE, real(server), "--mode", "keep-connections");
        afterwards(() -> lab.holdfast(active, "drain", SERVICE, real(server), "--off"));

        report(drained.text().strip());
        assertThat(drained.exit()).as(drained.text()).isIn(0, 3);
        assertThat(serverOf(52)).isNotEqualTo(server);
        assertThat(done(active, "list", "-n")).containsPattern(real(server) + " +Masq +0 ");
        done(active, "drain", SERVICE, real(server), "--off");
        assertThat(done(active, "list", "-n")).containsPattern(real(server) + " +Masq +1 ");
        awaitEqualStandbyOf(active);
    }

    @Test
    void listingsAndCountersAreThoseOfIpvsadm() throws IOException {
        var active = active();
        done(active, "zero");
        serverOf(53);
        assertThat(done(active, "list", "-n", "--stats")).contains("Conns   InPkts  OutPkts", "TCP  192.0.2.10:80");
        assertThat(done(active, "list", "-n", "--rate")).contains("CPS    InPPS   OutPPS");
        assertThat(done(active, "list", "-n", "--thresholds")).contains("Uthreshold Lthreshold");
        assertThat(done(active, "list", "-c", "-n", "--client", client(53)))
                .contains("pro expire state       source             virtual            destination")
                .contains(client(53) + ":0");
        assertThat(done(active, "clients")).contains(client(53));
        var services = active.services();
        assertThat(services.totals().connections()).isGreaterThanOrEqualTo(2);
    }

    @Test
    void theImpactOfAConfigurationIsToldBeforeItIsUsed() throws IOException {
        var active = active();
        for (int n = 54; n < 60; n++) {
            serverOf(n);
        }
        var present = Files.readString(Path.of("/run/holdfast/" + active + ".yaml"));
        var wanted = Files.createTempFile("wanted", ".yaml");
        Files.writeString(wanted, present.replaceFirst("\n +- \\{address: 10.0.0.11, port: 8080, weight: 1}", ""));

        var said = done(active, "config", "impact", wanted.toString());

        report(said.strip());
        assertThat(said).containsPattern(SERVICE + " changed: [1-9][0-9]* templates? orphaned");
        assertThat(said).contains("no VIP moved");
        Files.delete(wanted);
    }
}
