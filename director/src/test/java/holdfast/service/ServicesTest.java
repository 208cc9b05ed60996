package holdfast.service;

import static holdfast.testing.Fixtures.TCP;
import static holdfast.testing.Fixtures.UDP;
import static holdfast.testing.Fixtures.VIP;
import static holdfast.testing.Fixtures.ip;
import static holdfast.testing.Fixtures.persistent;
import static holdfast.testing.Fixtures.real;
import static holdfast.testing.Fixtures.service;
import static holdfast.testing.Fixtures.tcp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import holdfast.conf.Configuration;
import holdfast.conf.Ipv4;
import holdfast.conf.Protocol;
import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;
import holdfast.testing.Allocation;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ServicesTest {
    private final RealServerTable table = new RealServerTable(4);
    private Services services = new Services(table);

    /// The rows of IPVS-REF 2.2 that need no fwmark.
    @Test
    void exactThenFtpThenPortZero() {
        configure(persistent(tcp(21), 300, "255.255.255.255"), persistent(tcp(0), 300, "255.255.255.255"));
        assertThat(found(80)).isEqualTo("tcp/192.0.2.10:0");
        assertThat(found(50000)).isEqualTo("tcp/192.0.2.10:21");
        assertThat(found(20)).isEqualTo("tcp/192.0.2.10:21");
        assertThat(found(21)).isEqualTo("tcp/192.0.2.10:21");
        assertThat(found(500)).isEqualTo("tcp/192.0.2.10:0");

        configure(service(tcp(80), SchedulerName.RR), persistent(tcp(0), 300, "255.255.255.255"));
        assertThat(found(80)).isEqualTo("tcp/192.0.2.10:80");

        configure(service(tcp(21), SchedulerName.RR));
        assertThat(services.find(TCP, VIP + 1, 50000)).isEqualTo(Services.NONE);
        assertThat(services.find(UDP, VIP, 50000)).isEqualTo(Services.NONE);
        assertThat(found(80)).isEqualTo("none");
    }

    @Test
    void protocolIsPartOfTheKey() {
        var udp = new ServiceKey(Protocol.UDP, new Ipv4(VIP), 53);
        configure(service(udp, SchedulerName.RR));

        assertThat(services.find(UDP, VIP, 53)).isZero();
        assertThat(services.find(TCP, VIP, 53)).isEqualTo(Services.NONE);
    }

    @Test
    void manyServicesAreAllFound() {
        var many = new ArrayList<Configuration.Service>();
        for (int port = 1; port <= 1000; port++) {
            many.add(service(tcp(port), SchedulerName.RR));
        }
        services = services.rebuild(many, 0);
        for (int port = 1; port <= 1000; port++) {
            assertThat(services.key(services.find(TCP, VIP, port)).port()).isEqualTo(port);
        }
        long bytes = Allocation.bytesOf(() -> services.find(TCP, VIP, 500));
        assertThat(bytes).isZero();
    }

    @Test
    void aDroppedServiceLeavesItsIdOnceNothingRefersToItAndNoNewIdIsLeft() {
        configure(service(tcp(1), SchedulerName.RR, real("10.0.0.1", 80, 1)));
        int real = services.reals(0).id(0);
        table.connectionBound(real, false);
        for (int port = 2; port <= 2 * Services.MAX; port++) {
            configure(service(tcp(port), SchedulerName.RR));
            assertThat(services.key(services.find(TCP, VIP, port)).port()).isEqualTo(port);
        }
        assertThat(services.size()).isEqualTo(Services.MAX);
        assertThat(services.key(0).port()).as("it has a connection").isEqualTo(1);
        table.connectionUnbound(real, false);
        configure(service(tcp(2), SchedulerName.RR));
        assertThat(services.find(TCP, VIP, 2))
                .as("of the first one that is free")
                .isZero();
    }

    @Test
    void servicesThatAreInForceLeaveNoRoom() {
        var all = IntStream.rangeClosed(1, Services.MAX)
                .mapToObj(port -> service(tcp(port), SchedulerName.RR))
                .toList();
        services = services.rebuild(all, 0);
        assertThatThrownBy(() -> configure(service(tcp(9999), SchedulerName.RR)))
                .as("all of them are in force until the next one is")
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no room for service tcp/192.0.2.10:9999");
        configure(service(tcp(1), SchedulerName.RR));
        var others = IntStream.rangeClosed(5001, 5000 + Services.MAX - 1)
                .mapToObj(port -> service(tcp(port), SchedulerName.RR))
                .toList();
        services = services.rebuild(others, 0);
        assertThat(others)
                .allMatch(service -> services.key(
                                services.find(TCP, VIP, service.key().port()))
                        .equals(service.key()));
    }

    @Test
    void newestRealServerComesFirstAndOthersKeepTheirPlace() {
        configure(service(tcp(80), SchedulerName.RR, real("10.0.0.1", 80, 1), real("10.0.0.2", 80, 1)));
        assertThat(order()).containsExactly("10.0.0.2", "10.0.0.1");

        configure(service(
                tcp(80),
                SchedulerName.RR,
                real("10.0.0.3", 80, 1),
                real("10.0.0.2", 80, 1),
                real("10.0.0.4", 80, 1),
                real("10.0.0.1", 80, 1)));
        assertThat(order()).containsExactly("10.0.0.4", "10.0.0.3", "10.0.0.2", "10.0.0.1");
    }

    @Test
    void droppedRealServerKeepsItsIdAndRevives() {
        configure(service(tcp(80), SchedulerName.RR, real("10.0.0.1", 80, 1), real("10.0.0.2", 80, 1)));
        int id = table.find(TCP, VIP, 80, ip("10.0.0.1"), 80);
        table.connectionBound(id, false);
        table.traffic().in(id, 100);

        configure(service(tcp(80), SchedulerName.RR, real("10.0.0.2", 80, 1)));
        assertThat(table.isAvailable(id)).isFalse();
        assertThat(table.active(id)).isEqualTo(1);
        assertThat(order()).containsExactly("10.0.0.2");

        configure(service(tcp(80), SchedulerName.RR, real("10.0.0.1", 80, 7), real("10.0.0.2", 80, 1)));
        assertThat(table.find(TCP, VIP, 80, ip("10.0.0.1"), 80)).isEqualTo(id);
        assertThat(table.isAvailable(id)).isTrue();
        assertThat(table.weight(id)).isEqualTo(7);
        assertThat(table.traffic().total(id, Traffic.Unit.BYTES_IN))
                .as("same service: its statistics go on")
                .isEqualTo(100);
        assertThat(order()).containsExactly("10.0.0.1", "10.0.0.2");
    }

    @Test
    void droppedServiceKeepsItsIdAndRevivesWithTrafficCountedAnew() {
        configure(service(tcp(80), SchedulerName.RR, real("10.0.0.1", 80, 1)));
        int service = services.find(TCP, VIP, 80);
        int id = services.reals(service).id(0);
        table.connectionBound(id, true);
        table.traffic().out(id, 100);

        configure(service(tcp(81), SchedulerName.RR));
        assertThat(found(80)).isEqualTo("none");
        assertThat(services.isConfigured(service)).isFalse();
        assertThat(table.isAvailable(id)).isFalse();

        configure(service(tcp(80), SchedulerName.RR, real("10.0.0.1", 80, 1)));
        assertThat(services.find(TCP, VIP, 80)).isEqualTo(service);
        assertThat(services.reals(service).id(0)).isEqualTo(id);
        assertThat(table.inactive(id)).isEqualTo(1);
        assertThat(table.traffic().total(id, Traffic.Unit.BYTES_OUT)).isZero();
    }

    @Test
    void sameRealServerOfTwoServicesHasTwoIds() {
        configure(
                service(tcp(80), SchedulerName.RR, real("10.0.0.1", 80, 1)),
                service(tcp(81), SchedulerName.RR, real("10.0.0.1", 80, 1)));

        assertThat(services.reals(0).id(0)).isNotEqualTo(services.reals(1).id(0));
    }

    @Test
    void idIsReusedOnlyWhenTheTableIsFullAndNothingRefersToIt() {
        configure(service(tcp(80), SchedulerName.RR, real("10.0.0.1", 80, 1), real("10.0.0.2", 80, 1)));
        int busy = table.find(TCP, VIP, 80, ip("10.0.0.1"), 80);
        table.templateBound(busy);
        configure(service(tcp(80), SchedulerName.RR, real("10.0.0.3", 80, 1), real("10.0.0.4", 80, 1)));
        configure(service(tcp(80), SchedulerName.RR, real("10.0.0.5", 80, 1), real("10.0.0.4", 80, 1)));

        assertThat(table.find(TCP, VIP, 80, ip("10.0.0.2"), 80)).isEqualTo(RealServerTable.NONE);
        assertThat(table.find(TCP, VIP, 80, ip("10.0.0.5"), 80)).isEqualTo(1);
        assertThat(table.find(TCP, VIP, 80, ip("10.0.0.1"), 80)).isEqualTo(busy);
        assertThatThrownBy(() -> configure(service(
                        tcp(80),
                        SchedulerName.RR,
                        real("10.0.0.5", 80, 1),
                        real("10.0.0.4", 80, 1),
                        real("10.0.0.3", 80, 1),
                        real("10.0.0.6", 80, 1))))
                .hasMessageContaining("no room for real server 10.0.0.6:80 of tcp/192.0.2.10:80");
    }

    @Test
    void realServersOfSyncedEntries() {
        configure(
                service(tcp(80), SchedulerName.RR, real("10.0.0.1", 8080, 1)),
                persistent(tcp(0), 300, "255.255.255.255", real("10.0.0.2", 0, 1)));

        int own = table.find(TCP, VIP, 80, ip("10.0.0.1"), 8080);
        int any = table.find(TCP, VIP, 0, ip("10.0.0.2"), 0);
        assertThat(services.realOfConnection(services.serviceOfConnection(0, TCP, VIP, 80), ip("10.0.0.1"), 8080))
                .isEqualTo(own);
        assertThat(services.realOfConnection(services.serviceOfConnection(0, TCP, VIP, 443), ip("10.0.0.2"), 443))
                .isEqualTo(any);
        assertThat(services.realOfConnection(services.serviceOfConnection(0, TCP, VIP, 80), ip("10.0.0.9"), 8080))
                .isEqualTo(RealServerTable.NONE);
        assertThat(services.realOfTemplate(TCP, VIP, 80, ip("10.0.0.1"), 8080)).isEqualTo(own);
        assertThat(services.realOfTemplate(TCP, VIP, 0, ip("10.0.0.2"), 0)).isEqualTo(any);

        int unknown = services.realOfTemplate(TCP, VIP, 80, ip("10.0.0.9"), 8080);
        assertThat(table.isAvailable(unknown)).isFalse();
        configure(service(tcp(80), SchedulerName.RR, real("10.0.0.9", 8080, 1)));
        assertThat(services.reals(services.find(TCP, VIP, 80)).id(0)).isEqualTo(unknown);
        assertThat(table.isAvailable(unknown)).isTrue();
    }

    private void configure(Configuration.Service... wanted) {
        services = services.rebuild(List.of(wanted), 0);
    }

    private String found(int port) {
        int id = services.find(TCP, VIP, port);
        return id == Services.NONE ? "none" : services.key(id).toString();
    }

    private List<String> order() {
        var reals = services.reals(services.find(TCP, VIP, 80));
        var order = new ArrayList<String>();
        for (int i = 0; i < reals.count(); i++) {
            order.add(Ipv4.text(table.address(reals.id(i))));
        }
        return order;
    }
}
