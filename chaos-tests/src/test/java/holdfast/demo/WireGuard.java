package holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.lab.Director;
import holdfast.lab.Lab;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Watches the switch from the first chaos test to the last for packets that no director may ever send. One is a RST to
/// the client of a connection that a director forwarded less than two seconds before, unless a client or a real server
/// sent that RST first. The other is an ICMP error in the name of a VIP or of the director itself, except an error that
/// reports the path's MTU, or a refusal that a test expects.
///
/// The switch's own packet filter counts, so that hours of load cost nothing. A RST is identified by its sequence
/// number, which no director changes.
final class WireGuard {
    private static final String VIPS = "192.0.2.10, 192.0.2.11, 10.0.0.1";
    private static final String CLIENTS = "198.51.100.0/24";
    private static final String TABLE = "guard";
    private static final List<String> HOSTS = List.of(
            "client-front",
            "rs1-front",
            "rs1-back",
            "rs2-front",
            "rs2-back",
            "rs3-front",
            "rs3-back",
            "d1-front",
            "d1-back",
            "d2-front",
            "d2-back");

    private final Lab lab;

    private WireGuard(Lab lab) {
        this.lab = lab;
    }

    /// The guard of this lab, which is posted where it is not yet.
    static WireGuard posted(Lab lab) {
        if (!lab.run("ip", "netns", "exec", "sw", "nft", "list", "tables").contains(TABLE)) {
            post(lab);
        }
        return new WireGuard(lab);
    }

    private static void post(Lab lab) {
        var macs = Stream.of(lab.d1(), lab.d2())
                .flatMap(director -> Stream.of(director.frontMac(), director.backMac()))
                .map(WireGuard::mac)
                .collect(Collectors.joining(", "));
        // @formatter:off
        var rules = """
                table netdev %1$s {
                    set resets { typeof tcp sequence; size 65535; flags dynamic,timeout; timeout 5m; }
                    set forwarded { typeof ip daddr . tcp dport; size 65535; flags dynamic,timeout; timeout 2s; }
                    set offences { typeof iifname . ether saddr . ip saddr . ip daddr . ip protocol; size 64; flags dynamic; }
                    set seen { typeof ether saddr; size 64; flags dynamic; }
                    chain in {
                        type filter hook ingress devices = { %2$s } priority 0; policy accept;
                        ether type != ip accept
                        tcp flags & rst == rst add @seen { ether saddr }
                        ether saddr != { %3$s } tcp flags & rst == rst add @resets { tcp sequence } accept
                        ether saddr { %3$s } tcp flags & rst == rst tcp sequence != @resets ip daddr . tcp dport @forwarded add @offences { iifname . ether saddr . ip saddr . ip daddr . ip protocol }
                        ether saddr { %3$s } tcp flags & rst != rst ip daddr %5$s update @forwarded { ip daddr . tcp dport }
                        ether saddr { %3$s } tcp flags & rst != rst ip saddr %5$s update @forwarded { ip saddr . tcp sport }
                        icmp type destination-unreachable icmp code frag-needed accept
                        ether saddr { %3$s } ip saddr { %4$s, 192.0.2.1, 192.0.2.2, 10.0.0.2, 10.0.0.3 } icmp type { destination-unreachable, redirect, time-exceeded, parameter-problem } add @offences { iifname . ether saddr . ip saddr . ip daddr . ip protocol }
                    }
                }
                """.formatted(TABLE, String.join(", ", HOSTS), macs, VIPS, CLIENTS);
        // @formatter:on
        try {
            var file = Files.createTempFile(Path.of("/run/holdfast"), "guard", ".nft");
            Files.writeString(file, rules);
            lab.run("ip", "netns", "exec", "sw", "nft", "-f", file.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String mac(long bits) {
        return Stream.iterate(40, shift -> shift >= 0, shift -> shift - 8)
                .map(shift -> "%02x".formatted(bits >>> shift & 0xff))
                .collect(Collectors.joining(":"));
    }

    /// Everything since the last check was as it must be; also no kernel of a director has a VIP.
    void check() {
        var offences = offences();
        assertThat(offences)
                .as("cut connections and ICMP errors that began at a director")
                .isEmpty();
        Stream.of(lab.d1(), lab.d2()).forEach(this::hasNoVip);
    }

    private void hasNoVip(Director director) {
        var addresses = lab.run("ip", "-n", director.name(), "-oneline", "-4", "address");
        assertThat(addresses).as("what the kernel of %s has", director).doesNotContain(VIPS.split(", "));
    }

    /// A director was to refuse packets of these clients, and of nobody else; forgets what it did to them.
    void forgiveRefusalsTo(String... clients) {
        var others = offences()
                .replaceAll("elements = \\{|\\}", "")
                .lines()
                .filter(line -> Stream.of(clients).noneMatch(client -> line.contains(" " + client + " ")))
                .toList();
        assertThat(others).as("what began at a director").allMatch(String::isBlank);
    }

    /// In a full table a handshake that took longer than its bound was cut off (ADR 19), of so many clients at most.
    void forgiveResets(int most) {
        var offences = offences().replaceAll("elements = \\{|\\}", "").strip();
        assertThat(offences.isEmpty() ? List.of() : List.of(offences.split(",")))
                .as("what began at a director")
                .hasSizeLessThanOrEqualTo(most)
                .allMatch(offence -> offence.toString().strip().endsWith(". tcp"));
    }

    /// What directors did since the last call, which is forgotten: one test's fault is not the next one's.
    private String offences() {
        var offences = elements("offences");
        lab.run("ip", "netns", "exec", "sw", "nft", "flush", "set", "netdev", TABLE, "offences");
        return offences;
    }

    /// Senders of a RST so far, so that a test can know that the guard sees at all.
    String sendersOfResets() {
        return elements("seen");
    }

    private String elements(String set) {
        var listing = lab.run("ip", "netns", "exec", "sw", "nft", "list", "set", "netdev", TABLE, set);
        int from = listing.indexOf("elements");
        return from < 0 ? "" : listing.substring(from, listing.lastIndexOf('}')).strip();
    }
}
