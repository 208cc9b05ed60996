package holdfast.worker;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.Ipv4;
import holdfast.forward.Links;
import holdfast.linux.NftablesException;
import holdfast.table.Counter;
import holdfast.table.Counters;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ShieldTest {
    private static final int LAN_ADDRESS = Ipv4.of("10.0.0.2").bits();
    private static final Links LINKS =
            new Links(List.of(new Links.Link("wan", 11, 1, 1500, 0), new Links.Link("lan", 12, 2, 1500, LAN_ADDRESS)));

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

        assertThat(Shield.script("d_1", LINKS, List.of("192.0.2.10", "10.0.0.1"), servers))
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
        assertThat(Shield.script("d1", LINKS, List.of("192.0.2.10"), List.of()))
                .contains("ip daddr { 192.0.2.10 } drop")
                .doesNotContain("saddr");
    }

    @Test
    void aNameBecomesPartOfAnIdentifier() {
        assertThat(Shield.script("lb-1.east", LINKS, List.of("192.0.2.10"), List.of()))
                .startsWith("table netdev holdfast_lb_1_east\n");
    }

    @Nested
    @Timeout(20)
    class WhileItRuns {
        private final BlockingQueue<String> scripts = new LinkedBlockingQueue<>();
        private final Counters counters = new Counters();
        private final AtomicInteger refusals = new AtomicInteger();
        private final Shield shield =
                Shield.install("d1", LINKS, List.of("192.0.2.10"), List.of(), counters, this::apply);

        private void apply(String script) {
            if (refusals.getAndDecrement() > 0) {
                throw new NftablesException("nft refused the rules: no such device", null);
            }
            scripts.add(script);
        }

        private String next() throws InterruptedException {
            return requireNonNull(scripts.poll(10, TimeUnit.SECONDS));
        }

        private static Links with(Links.Link lan) {
            return new Links(List.of(LINKS.at(0), lan));
        }

        @Test
        void anInterfaceMadeAnewGetsItsRulesAgain() throws InterruptedException {
            assertThat(next()).contains("ingress_12");
            shield.follow(with(Links.Link.missing("lan")));
            assertThat(next()).contains("ingress_11").doesNotContain("\"lan\"");
            shield.follow(with(new Links.Link("lan", 99, 3, 1500, LAN_ADDRESS)));
            assertThat(next()).contains("ingress_99", "\"lan\"");
            shield.close();
        }

        @Test
        void whatTheRulesDoNotNameLaysNothingAnew() throws InterruptedException {
            assertThat(next()).contains("ingress_12");
            shield.follow(with(new Links.Link("lan", 12, 7, 1400, LAN_ADDRESS)));
            shield.follow(with(new Links.Link("lan", 12, 7, 1400, LAN_ADDRESS + 1)));
            assertThat(next()).contains("10.0.0.3");
            shield.close();
            assertThat(next()).startsWith("table netdev holdfast_d1\ndelete table");
            assertThat(scripts).isEmpty();
        }

        @Test
        void aRefusalIsCountedAndTheLatestIsTriedAgain() throws InterruptedException {
            assertThat(next()).contains("ingress_12");
            refusals.set(2);
            shield.follow(with(Links.Link.missing("lan")));
            shield.follow(with(new Links.Link("lan", 99, 3, 1500, LAN_ADDRESS)));
            assertThat(next()).contains("ingress_99");
            assertThat(counters.value(Counter.SHIELD_REFUSED)).isEqualTo(2);
            shield.close();
        }
    }
}
