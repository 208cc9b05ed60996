package holdfast.control;

import static holdfast.testing.Fixtures.VIP;
import static holdfast.testing.Fixtures.ip;
import static holdfast.testing.Fixtures.ipvs;
import static holdfast.testing.Fixtures.persistent;
import static holdfast.testing.Fixtures.real;
import static holdfast.testing.Fixtures.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.Connections;
import holdfast.admin.ConnectionsRequest;
import holdfast.admin.EntryFilter;
import holdfast.admin.Host;
import holdfast.conf.Configuration;
import holdfast.conf.Ipv4;
import holdfast.conf.PersistenceEngine;
import holdfast.conf.Protocol;
import holdfast.conf.RearmPolicy;
import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;
import holdfast.linux.Clock;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The addresses and ports of templates in listings.
@Timeout(10)
class ListedTemplatesTest {
    private static final String HOST = "255.255.255.255";

    private final IdleWorker idle = new IdleWorker();

    @BeforeEach
    void configure() {
        idle.configure(
                List.of(),
                persistent(tcp(0), 300, HOST, real("10.0.0.11", 0, 1)),
                persistent(tcp(21), 300, HOST, real("10.0.0.12", 2121, 1)),
                persistent(tcp(80), 300, HOST, real("10.0.0.13", 8080, 1)));
    }

    @AfterEach
    void close() {
        idle.close();
    }

    private Connections.Entry template() {
        return new EntryListing(idle.datapath)
                .connections(new ConnectionsRequest(Connections.Kind.TEMPLATE, EntryFilter.ALL, 9))
                .entries()
                .getFirst();
    }

    private int template(int real) {
        return idle.datapath
                .query(tables ->
                        tables.templates().insert(ip("198.51.100.7"), real, 300, Clock.monotonic() + 60_000_000_000L))
                .join();
    }

    private void invalidate(int slot) {
        idle.datapath
                .query(tables -> {
                    tables.templates().invalidate(slot);
                    return slot;
                })
                .join();
    }

    @Test
    void aTemplateThatNobodyFindsIsListedWithPort65535OnBothSides() { // IPVS-REF 3.5
        int slot = template(2);
        assertThat(template().virtual()).hasToString("192.0.2.10:80");
        assertThat(template().real()).hasToString("10.0.0.13:8080");

        invalidate(slot);
        assertThat(template().client()).hasToString("198.51.100.7:0");
        assertThat(template().virtual()).hasToString("192.0.2.10:65535");
        assertThat(template().real()).hasToString("10.0.0.13:65535");
    }

    @Test
    void anFtpTemplateHoldsForAllPortsOfItsRealServer() { // IPVS-REF 3.3 case 2
        template(1);
        assertThat(template().virtual()).hasToString("192.0.2.10:0");
        assertThat(template().real()).hasToString("10.0.0.12:0");

        var byPort = new EntryFilter(null, Host.of("10.0.0.12:2121"), null);
        assertThat(new EntryListing(idle.datapath)
                        .connections(new ConnectionsRequest(Connections.Kind.TEMPLATE, byPort, 9))
                        .entries())
                .hasSize(1);
    }

    @Test
    void aTemplateOfAForgottenServerIsListedAsVoidUntilItIsSwept() { // IPVS-REF 1.7
        template(2);
        idle.ipvs = ipvs("expireNodestConn", true);
        idle.configure(List.of(), persistent(tcp(80), 300, HOST, real("10.0.0.14", 80, 1)));

        assertThat(template().virtual()).hasToString("192.0.2.10:65535");
        assertThat(template().real()).hasToString("10.0.0.13:65535");
    }

    @Test
    void pinnedTemplatesCanBeSelected() {
        int slot = template(0);
        assertThat(pinned().entries()).isEmpty();
        idle.datapath
                .query(tables -> tables.templates().view().at(slot).pinned(true))
                .join();
        assertThat(pinned().entries()).singleElement().satisfies(entry -> {
            assertThat(entry.pinned()).isTrue();
            assertThat(entry.state()).as("IPVS has no such state").isEqualTo("NONE");
        });
        assertThat(pinned().total()).isEqualTo(1);
    }

    private Connections pinned() {
        return new EntryListing(idle.datapath)
                .connections(new ConnectionsRequest(Connections.Kind.TEMPLATE, EntryFilter.ALL, "pinned", 9));
    }

    @Test
    void theHashOfACallIsNotListedAsAClientsAddress() { // IPVS-REF 3.11
        var sip = new Configuration.Persistence(300, -1, RearmPolicy.IPVS, Optional.of(PersistenceEngine.SIP));
        idle.configure(
                List.of(),
                new Configuration.Service(
                        new ServiceKey(Protocol.UDP, new Ipv4(VIP), 5060),
                        SchedulerName.RR,
                        Optional.of(sip),
                        List.of(real("10.0.0.11", 5060, 1))));
        template(3);

        assertThat(template().client()).hasToString("0.0.0.0:0");
        assertThat(template().engineData()).isEqualTo("c6336407");
    }
}
