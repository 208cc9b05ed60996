package holdfast.client;

import static holdfast.testing.Fixtures.TCP;
import static holdfast.testing.Fixtures.VIP;
import static holdfast.testing.Fixtures.ip;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import holdfast.client.ClientRules.Verdict;
import holdfast.conf.Configuration.ClientLimit;
import holdfast.conf.Ipv4;
import holdfast.conn.FlowHash;
import holdfast.service.Flow;
import holdfast.testing.Allocation;
import holdfast.testing.Seeds;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClientRulesTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int CLIENT = ip("198.51.100.7");

    private final Clients clients = clients(100);
    private final Flow flow = new Flow();
    private ClientRules rules = ClientRules.NONE;
    private ClientLimit allowed = ClientRules.NO_LIMIT;
    private long now;

    private static Clients clients(int capacity) {
        var made = new Clients(capacity, new FlowHash(5, 6), 0, Arena.ofAuto());
        made.services(2);
        return made;
    }

    @Test
    void withoutRulesAndLimitsEverybodyIsAdmitted() {
        open(CLIENT, 0, 1000);
        assertThat(verdict(CLIENT, 0)).isEqualTo(Verdict.ADMIT);
    }

    @Test
    void aBlockedNetworkBeginsNothingUntilTheTimeIsUp() {
        add(new ClientRule.Block(v4("198.51.100.0", 24), 10 * SECOND));

        assertThat(verdict(CLIENT, 0)).isEqualTo(Verdict.BLOCKED);
        assertThat(verdict(ip("198.51.101.7"), 0)).isEqualTo(Verdict.ADMIT);
        now = 10 * SECOND - 1;
        assertThat(verdict(CLIENT, 0)).isEqualTo(Verdict.BLOCKED);
        now = 10 * SECOND;
        assertThat(verdict(CLIENT, 0)).isEqualTo(Verdict.ADMIT);
    }

    @Test
    void theLongestPrefixThatHasNotExpiredHolds() {
        add(new ClientRule.Block(v4("198.51.0.0", 16), ClientRule.FOR_EVER));
        add(new ClientRule.Limit(v4("198.51.100.7", 32), ClientRules.NO_LIMIT, 10 * SECOND));

        assertThat(verdict(CLIENT, 0)).isEqualTo(Verdict.ADMIT);
        assertThat(verdict(CLIENT + 1, 0)).isEqualTo(Verdict.BLOCKED);
        now = 10 * SECOND;
        assertThat(verdict(CLIENT, 0)).isEqualTo(Verdict.BLOCKED);
    }

    @Test
    void theServicesLimitCountsItsOwnConnectionsOnly() {
        allowed = new ClientLimit(3, 0);
        open(CLIENT, 1, 5);
        open(CLIENT, 0, 2);

        assertThat(verdict(CLIENT, 0)).isEqualTo(Verdict.ADMIT);
        open(CLIENT, 0, 1);
        assertThat(verdict(CLIENT, 0)).isEqualTo(Verdict.OVER_CONNECTIONS);
        clients.closed(0, CLIENT & 0xffff_ffffL, 0);
        assertThat(verdict(CLIENT, 0)).isEqualTo(Verdict.ADMIT);
    }

    @Test
    void aRulesLimitCountsAllServicesAndStandsInPlaceOfTheServices() {
        allowed = new ClientLimit(1, 0);
        add(new ClientRule.Limit(v4("198.51.100.0", 24), new ClientLimit(5, 0), ClientRule.FOR_EVER));
        open(CLIENT, 0, 2);
        open(CLIENT, 1, 2);

        assertThat(verdict(CLIENT, 0)).isEqualTo(Verdict.ADMIT);
        open(CLIENT, 1, 1);
        assertThat(verdict(CLIENT, 0)).isEqualTo(Verdict.OVER_CONNECTIONS);
        assertThat(verdict(CLIENT + 1, 0)).as("each client by itself").isEqualTo(Verdict.ADMIT);
    }

    @Test
    void aRateIsHeldOverSeconds() {
        allowed = new ClientLimit(0, 10);
        int admitted = 0;
        for (int i = 0; i < 20_000; i++) {
            now = i * SECOND / 1000;
            if (verdict(CLIENT, 0) == Verdict.ADMIT) {
                open(CLIENT, 0, 1);
                admitted++;
            } else {
                assertThat(verdict(CLIENT, 0)).isEqualTo(Verdict.OVER_RATE);
            }
        }
        assertThat(admitted).isBetween(190, 220);
    }

    @Test
    void aClientIsNeverRefusedForWhatAnotherOneDid() {
        allowed = new ClientLimit(20, 20);
        Seeds.each(20, (random, _) -> {
            var crowded = clients(16);
            for (int i = 0; i < 5000; i++) {
                crowded.opened(0, random.nextInt(4) == 0 ? random.nextInt(8) : i + 100, 0, i * SECOND / 10_000);
            }
            now = SECOND / 2;
            for (int newcomer = 1_000_000; newcomer < 1_000_100; newcomer++) {
                crowded.opened(0, newcomer, 0, now);
                assertThat(rules.verdict(flow.v4(TCP, newcomer, 40000, VIP, 80), 0, allowed, crowded, now))
                        .isEqualTo(Verdict.ADMIT);
            }
        });
    }

    @Test
    void aRuleTakesThePlaceOfOneAboutTheSameClientsAndExpiredOnesGo() {
        var network = v4("198.51.100.0", 24);
        add(new ClientRule.Block(network, ClientRule.FOR_EVER));
        add(new ClientRule.Limit(network, ClientRules.NO_LIMIT, 5));
        assertThat(rules.list()).containsExactly(new ClientRule.Limit(network, ClientRules.NO_LIMIT, 5));

        now = 5;
        assertThat(rules.without(v4("10.0.0.0", 8), now).list()).isEmpty();
    }

    @Test
    void rulesAreBounded() {
        for (int i = 0; i < ClientRules.RULES_MAX; i++) {
            add(new ClientRule.Block(ClientPrefix.v4(new Ipv4(i), 32), ClientRule.FOR_EVER));
        }
        add(new ClientRule.Block(ClientPrefix.v4(new Ipv4(3), 32), 7));
        assertThatThrownBy(() -> add(new ClientRule.Block(v4("10.0.0.0", 8), ClientRule.FOR_EVER)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("1024");
    }

    @Test
    void aPrefixHasNothingBeyondItsBits() {
        assertThatThrownBy(() -> v4("198.51.100.7", 24)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ClientPrefix(0, 0, 129)).isInstanceOf(IllegalArgumentException.class);
        assertThat(new ClientPrefix(0x2001_0db8_0000_0000L, 0, 32).length()).isEqualTo(32);
    }

    @Test
    void agreesWithALookThroughAllRules() {
        Seeds.each(40, (random, _) -> {
            rules = ClientRules.NONE;
            now = 100;
            var list = new ArrayList<ClientRule>();
            for (int i = 0; i < 60; i++) {
                int length = 96 + random.nextInt(33);
                long lo = ClientPrefix.maskedLo(random.nextInt(256) * 0x01010101L & 0xffff_ffffL, length);
                var prefix = new ClientPrefix(0, lo, length);
                var rule = random.nextBoolean()
                        ? new ClientRule.Block(prefix, 100 + random.nextInt(2))
                        : new ClientRule.Limit(prefix, ClientRules.NO_LIMIT, 100 + random.nextInt(2));
                list.removeIf(other -> other.clients().equals(prefix));
                list.add(rule);
                rules = rules.with(rule, 0);
            }
            for (int i = 0; i < 256; i++) {
                int client = i * 0x01010101;
                assertThat(verdict(client, 0)).isEqualTo(slowly(list, client & 0xffff_ffffL));
            }
        });
    }

    private Verdict slowly(List<ClientRule> list, long client) {
        return list.stream()
                .filter(rule -> rule.untilAt() > now
                        && ClientPrefix.maskedLo(client, rule.clients().length())
                                == rule.clients().lo())
                .max(Comparator.comparingInt(rule -> rule.clients().length()))
                .map(rule -> rule instanceof ClientRule.Block ? Verdict.BLOCKED : Verdict.ADMIT)
                .orElse(Verdict.ADMIT);
    }

    @Test
    void aVerdictAllocatesNothing() {
        allowed = new ClientLimit(20, 20);
        for (int i = 0; i < 500; i++) {
            add(new ClientRule.Block(ClientPrefix.v4(new Ipv4(i << 8), 24), ClientRule.FOR_EVER));
        }
        add(new ClientRule.Limit(v4("198.51.100.0", 24), new ClientLimit(2, 0), ClientRule.FOR_EVER));
        add(new ClientRule.Block(v4("198.51.101.0", 24), ClientRule.FOR_EVER));
        open(CLIENT, 0, 3);
        assertThat(Allocation.bytesOf(() -> {
                    for (int i = 0; i < 20_000; i++) {
                        verdict(CLIENT + i, 0);
                    }
                }))
                .isZero();
    }

    private void add(ClientRule rule) {
        rules = rules.with(rule, now);
    }

    private void open(int client, int service, int count) {
        for (int i = 0; i < count; i++) {
            clients.opened(0, client & 0xffff_ffffL, service, now);
        }
    }

    private Verdict verdict(int client, int service) {
        return rules.verdict(flow.v4(TCP, client, 40000, VIP, 80), service, allowed, clients, now);
    }

    private static ClientPrefix v4(String first, int length) {
        return ClientPrefix.v4(Ipv4.of(first), length);
    }
}
