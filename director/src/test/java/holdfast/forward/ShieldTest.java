package holdfast.forward;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.Ipv4;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShieldTest {
    private static final int LAN_ADDRESS = Ipv4.of("10.0.0.2").bits();
    private static final Ports PORTS =
            new Ports(List.of(new Ports.Port("wan", 11, 1, 1500, 0), new Ports.Port("lan", 12, 2, 1500, LAN_ADDRESS)));

    @Test
    void theScriptReplacesTheTableAndDropsBothDirectionsOnEachPort() {
        var servers = List.of(
                new Shield.NatServer("10.0.0.11", "tcp", 80),
                new Shield.NatServer("10.0.0.11", "tcp", 80),
                new Shield.NatServer("10.0.0.12", "tcp", 8080),
                new Shield.NatServer("10.0.0.11", "udp", 53),
                new Shield.NatServer("10.0.0.11", "sctp", 2905),
                new Shield.NatServer("10.0.0.13", "tcp", 0),
                new Shield.NatServer("10.0.0.13", "mark", 80));

        assertThat(Shield.script("d_1", PORTS, List.of("192.0.2.10", "10.0.0.1"), servers))
                .isEqualTo("""
                        table netdev holdfast_d_1
                        delete table netdev holdfast_d_1
                        table netdev holdfast_d_1 {
                            chain ingress_11 {
                                type filter hook ingress device "wan" priority 0;
                                ip daddr { 192.0.2.10, 10.0.0.1 } drop
                                ip daddr { 10.0.0.2 } accept
                                ip saddr . tcp sport { 10.0.0.11 . 80, 10.0.0.12 . 8080 } drop
                                ip saddr . udp sport { 10.0.0.11 . 53 } drop
                                ip saddr . sctp sport { 10.0.0.11 . 2905 } drop
                            }
                            chain ingress_12 {
                                type filter hook ingress device "lan" priority 0;
                                ip daddr { 192.0.2.10, 10.0.0.1 } drop
                                ip daddr { 10.0.0.2 } accept
                                ip saddr . tcp sport { 10.0.0.11 . 80, 10.0.0.12 . 8080 } drop
                                ip saddr . udp sport { 10.0.0.11 . 53 } drop
                                ip saddr . sctp sport { 10.0.0.11 . 2905 } drop
                            }
                        }
                        """);
    }

    @Test
    void withoutNatServersOnlyTheOwnedAddressesAreKeptFromTheKernel() {
        assertThat(Shield.script("d1", PORTS, List.of("192.0.2.10"), List.of()))
                .contains("ip daddr { 192.0.2.10 } drop")
                .doesNotContain("saddr");
    }

    @Test
    void aNameBecomesPartOfAnIdentifier() {
        assertThat(Shield.script("lb-1.east", PORTS, List.of("192.0.2.10"), List.of()))
                .startsWith("table netdev holdfast_lb_1_east\n");
    }
}
