package holdfast.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.Ipv4;
import holdfast.lab.Capture;
import holdfast.lab.Director;
import holdfast.lab.Faults;
import holdfast.lab.Forged;
import holdfast.lab.Lab;
import holdfast.lab.Network;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The assumptions of tests about faults: each fault is in effect, and gone after its repair. It does not ask the
/// product.
final class FaultsChaosIT extends PairUnderTest {
    private static final long ANSWERED_MAX = 1_000_000_000;
    private static final int OWN_PACKETS = 3;
    private static final Duration REACHED_MAX = Duration.ofSeconds(5);

    @ParameterizedTest
    @EnumSource(Network.class)
    void faultsOfALinkCutItAndAreMended(Network network) {
        var active = active();
        var victim = lab.other(active);
        victim.stop();
        var faults = lab.faults();
        var all = List.of(
                new Fault("cut", () -> faults.cut(victim, network)),
                new Fault("unplug", () -> faults.unplug(victim, network)),
                new Fault("setDown", () -> faults.setDown(victim, network)),
                new Fault("removeAddress", () -> faults.removeAddress(victim, network)),
                new Fault("removeInterface", () -> faults.removeInterface(victim, network)),
                new Fault("dropFrom", () -> faults.dropFrom(victim, network, "")),
                new Fault("dropTo", () -> faults.dropTo(victim, network, "")));
        assertThat(reaches(active, victim, network)).isTrue();
        for (var fault : all) {
            var mend = fault.strike.get();
            afterwards(mend);
            assertThat(reaches(active, victim, network)).as(fault.name).isFalse();
            mend.run();
            mend.run();
            Lab.await(fault.name + " is mended", REACHED_MAX, () -> reaches(active, victim, network));
            assertThat(routeToClients(victim)).as(fault.name).contains("via 192.0.2.254");
        }
    }

    private record Fault(String name, Supplier<Runnable> strike) {}

    @Test
    void mtuIsThatOfBothEnds() {
        var victim = lab.other(active());
        victim.stop();
        var mend = lab.faults().mtu(victim, Network.BACK, 1400);
        afterwards(mend);
        assertThat(links(victim.name())).contains("back@").contains("mtu 1400");
        assertThat(links("sw")).contains("mtu 1400");
        mend.run();
        assertThat(links(victim.name()) + links("sw")).doesNotContain("mtu 1400");
    }

    @Test
    void diskIsFullAndKeepsWhatItHad() {
        var victim = lab.other(active());
        var before = files(victim);
        var mend = lab.faults().fullDisk(victim);
        afterwards(mend);
        assertThat(before).isNotEmpty();
        assertThat(files(victim)).containsAll(before).contains("fill");
        assertThat(writes(victim)).isFalse();
        mend.run();
        mend.run();
        assertThat(writes(victim)).isTrue();
    }

    @Test
    void diskIsReadOnly() {
        var victim = lab.other(active());
        var mend = lab.faults().readOnlyDisk(victim);
        afterwards(mend);
        assertThat(writes(victim)).isFalse();
        mend.run();
        assertThat(writes(victim)).isTrue();
    }

    @Test
    void fileNamesAnotherKeyUntilItIsMended() throws IOException {
        var victim = lab.other(active());
        var before = Files.readString(victim.configuration());
        var mend = lab.faults().otherKey(victim);
        afterwards(mend);
        assertThat(Files.readString(victim.configuration()))
                .contains(".other-key")
                .isNotEqualTo(before);
        mend.run();
        assertThat(Files.readString(victim.configuration())).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource(Network.class)
    void strangerIsHeardOnEachNetwork(Network network) {
        var capture = Capture.at(lab, List.of(network.port("stranger")));
        var frame = Forged.gratuitousArp(network.strangersMac(), network.strangersAddress());
        try (var sending = lab.stranger().send(network, frame, OWN_PACKETS, Duration.ofMillis(10))) {
            sending.await();
        }
        assertThat(capture.stop())
                .filteredOn(f -> f.isArp() && f.sourceMac() == network.strangersMac())
                .filteredOn(f -> f.arpSender() == network.strangersAddress().bits())
                .hasSize(OWN_PACKETS);
    }

    @ParameterizedTest
    @EnumSource(Network.class)
    void thirdDirectorHasAHost(Network network) {
        assertThat(reaches(active(), lab.d3(), network)).isTrue();
        assertThat(network.address(lab.d3())).isNotEqualTo(Ipv4.of("0.0.0.0"));
    }

    /// Whether the kernel of one answers the ARP probes of the other. Anything above ARP would end in a RST or an ICMP
    /// error of a director, which the guard forbids.
    private boolean reaches(Director from, Director to, Network network) {
        var address = network.address(to).toString();
        var device = network.interfaceName();
        var ip = List.of("ip", "-n", from.name(), "neighbour");
        lab.run(with(ip, "replace", address, "lladdr", Faults.mac(network.mac(to)), "dev", device, "nud", "probe"));
        for (long giveUpAt = System.nanoTime() + ANSWERED_MAX; System.nanoTime() - giveUpAt < 0; ) {
            if (lab.run(with(ip, "show", address, "dev", device)).contains("REACHABLE")) {
                return true;
            }
        }
        return false;
    }

    private static String[] with(List<String> command, String... arguments) {
        return Stream.concat(command.stream(), Stream.of(arguments)).toArray(String[]::new);
    }

    private String routeToClients(Director director) {
        return lab.run("ip", "-n", director.name(), "route", "get", "198.51.100.7");
    }

    private String links(String host) {
        return lab.run("ip", "-n", host, "-o", "link");
    }

    private List<String> files(Director director) {
        return inMountsOf(director, "ls").lines().toList();
    }

    private boolean writes(Director director) {
        return inMountsOf(director, "echo probe >probe && rm probe && echo done")
                .contains("done");
    }

    private String inMountsOf(Director director, String script) {
        return say(
                "client",
                "nsenter",
                "--mount",
                "--target",
                Long.toString(director.pid()),
                "sh",
                "-c",
                "cd /run/holdfast/" + director + " && { " + script + "; }");
    }

    private String say(String host, String... command) {
        try {
            var process = lab.in(host, command).redirectErrorStream(true).start();
            return new String(process.getInputStream().readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
