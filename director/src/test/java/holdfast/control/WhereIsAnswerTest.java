package holdfast.control;

import static holdfast.testing.Fixtures.persistent;
import static holdfast.testing.Fixtures.real;
import static holdfast.testing.Fixtures.tcp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import holdfast.admin.Endpoint;
import holdfast.admin.Host;
import holdfast.admin.RehomeRequest;
import holdfast.admin.WhereIs;
import holdfast.admin.WhereIsRequest;
import holdfast.client.ClientPrefix;
import holdfast.client.ClientRule;
import holdfast.conf.Configuration;
import holdfast.conf.Ipv4;
import holdfast.conf.MarkRule;
import holdfast.conf.Protocol;
import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;
import holdfast.linux.Clock;
import holdfast.service.Flow;
import holdfast.testing.Fixtures;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The answers to an operator about a client's next connection.
@Timeout(10)
class WhereIsAnswerTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int SERVICE = 0; // the id of the only service
    private static final Ipv4 CLIENT = Ipv4.of("198.51.100.7");
    private static final ServiceKey MARKED = ServiceKey.ofMark(7);
    private static final Configuration.RealServer REAL = real("10.0.0.11", 8080, 1);
    private static final Configuration.RealServer OTHER = real("10.0.0.12", 8080, 1);

    private final IdleWorker idle = new IdleWorker();
    private final TemplateCommands commands = new TemplateCommands(idle.datapath, Optional::empty);

    @AfterEach
    void close() {
        idle.close();
    }

    @Test
    void aBlockedClientGetsNobodyUntilItIsUnblocked() {
        idle.configure(List.of(), persistent(tcp(80), 300, "255.255.255.255", REAL));
        block();

        assertThat(now(tcp(80)))
                .isEqualTo(new WhereIs.Pick(
                        null,
                        List.of(WhereIs.Cause.DROPPED, WhereIs.Cause.SCHEDULED),
                        "The client is blocked by an operator's rule, so its next connection is dropped; once it is let"
                                + " in again, this holds. The scheduler (rr) picks 10.0.0.11:8080, and a new template"
                                + " holds the client there"));
    }

    @Test
    void aClientThatHasAllThatItsServiceAllowsGetsNobody() {
        idle.configure(
                List.of(),
                new Configuration.Service(
                        tcp(80),
                        SchedulerName.RR,
                        Set.of(),
                        Optional.empty(),
                        false,
                        Optional.of(new Configuration.ClientLimit(2, 0)),
                        List.of(REAL)));
        connect();
        assertThat(now(tcp(80)).real()).isEqualTo(Endpoint.of("10.0.0.11:8080"));
        connect();
        assertThat(now(tcp(80)).real()).isNull();
        assertThat(now(tcp(80)).why()).contains("has as many connections as its limit allows");
    }

    @Test
    void aBlockedClientIsRehomedAllTheSame() {
        idle.configure(List.of(), persistent(tcp(80), 300, "255.255.255.255", REAL, OTHER));
        idle.datapath.activate(1, Long.MAX_VALUE).join();
        idle.datapath
                .query(tables -> tables.templates().insert(CLIENT.bits(), 0, 300, Clock.monotonic() + 300 * SECOND))
                .join();
        block();

        var moved = commands.rehome(new RehomeRequest(new MarkRule.Prefix(CLIENT, 32), tcp(80), null));

        assertThat(moved.to()).containsExactly(Endpoint.of("10.0.0.12:8080"));
    }

    @Test
    void aMarkWithOneDestinationIsScheduledByIt() {
        for (int last = 10; last < 18; last++) { // each real server has some of them
            var destination = Ipv4.of("192.0.2." + last);
            idle.configure(
                    List.of(
                            rule(new MarkRule.Prefix(destination, 32), 80),
                            rule(new MarkRule.Prefix(destination, 32), 443)),
                    Fixtures.service(MARKED, SchedulerName.DH, REAL, OTHER));
            int picked = idle.datapath
                    .query(tables -> {
                        var flow = new Flow().v4(Fixtures.TCP, CLIENT.bits(), 40000, destination.bits(), 443);
                        var reals = tables.services().reals(SERVICE);
                        int position = tables.persistence().schedulerOf(SERVICE).pick(reals, flow, Clock.monotonic());
                        return tables.reals().address(reals.id(position));
                    })
                    .join();

            assertThat(now(MARKED).real()).as("%s", destination).isEqualTo(new Endpoint(new Ipv4(picked), 8080));
        }
    }

    @Test
    void aMarkWithSeveralDestinationsIsRefusedWhereTheyDecide() {
        var one = rule(MarkRule.Prefix.of("192.0.2.10"), 80);
        for (var second : List.of("192.0.2.11", "192.0.2.10/31", "0.0.0.0/0")) {
            for (var scheduler : List.of(SchedulerName.DH, SchedulerName.LBLC, SchedulerName.LBLCR)) {
                var other = rule(MarkRule.Prefix.of(second), 443);
                idle.configure(List.of(one, other), Fixtures.service(MARKED, scheduler, REAL, OTHER));
                assertThatThrownBy(() -> now(MARKED))
                        .as("%s %s", second, scheduler)
                        .hasMessage("where 198.51.100.7 of mark/7 would go cannot be told");
            }
            idle.configure(
                    List.of(one, rule(MarkRule.Prefix.of(second), 443)),
                    Fixtures.service(MARKED, SchedulerName.RR, REAL, OTHER));
            assertThat(now(MARKED).real()).isNotNull();
        }
    }

    private static MarkRule rule(MarkRule.Prefix destination, int port) {
        return new MarkRule(
                MARKED.mark(),
                Optional.empty(),
                Optional.of(destination),
                Optional.of(Protocol.TCP),
                List.of(),
                List.of(new MarkRule.PortRange(port, port)),
                Optional.empty());
    }

    private WhereIs.Pick now(ServiceKey service) {
        return commands.whereIs(new WhereIsRequest(new Host(CLIENT, null), service, null))
                .now();
    }

    private void block() {
        var block = new ClientRule.Block(ClientPrefix.v4(CLIENT, 32), ClientRule.FOR_EVER);
        idle.datapath
                .query(tables -> {
                    tables.clientRules(tables.clientRules().with(block, Clock.monotonic()));
                    return block;
                })
                .join();
    }

    private void connect() {
        idle.datapath
                .query(tables -> {
                    tables.clients().opened(0, CLIENT.bits() & 0xffff_ffffL, SERVICE, Clock.monotonic());
                    return SERVICE;
                })
                .join();
    }
}
