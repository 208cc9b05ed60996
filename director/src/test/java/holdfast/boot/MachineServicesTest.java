package holdfast.boot;

import static holdfast.testing.Fixtures.ip;
import static holdfast.testing.Fixtures.real;
import static holdfast.testing.Fixtures.service;
import static holdfast.testing.Fixtures.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.Configuration;
import holdfast.conf.Ipv4;
import holdfast.conf.Ipvs;
import holdfast.conf.SchedulerName;
import holdfast.linux.Netlink;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What of a configuration's services this machine cannot serve.
class MachineServicesTest {
    private static final List<Netlink.Link> LINKS =
            List.of(new Netlink.Link(2, "wan", 0x02_00_00_00_00_01L, 1500, true, true));
    private static final List<Netlink.Address> ADDRESSES = List.of(new Netlink.Address(2, ip("10.0.0.2"), 24));

    static Configuration configuration(Configuration.Service... services) {
        return new Configuration(
                new Configuration.Director("d1", Path.of("/var/lib/holdfast"), Path.of("/run/holdfast/api.sock")),
                new Configuration.Datapath(64, 64, 0, true),
                List.of("wan"),
                new Configuration.Cluster(
                        "shop", Ipv4.of("10.0.0.2"), Ipv4.of("239.1.1.1"), 7500, Path.of("/etc/holdfast/key"), true),
                List.of(),
                Ipvs.DEFAULT,
                List.of(),
                List.of(services));
    }

    @Test
    void aRealServerOnThisMachineIsRefused() {
        var service = service(tcp(80), SchedulerName.RR, real("10.0.0.11", 80, 1), real("10.0.0.2", 80, 1));
        var mistakes = new Machine(LINKS, ADDRESSES).mistakes(configuration(service));
        assertThat(mistakes.stream().map(MachineMistake::toString).toList())
                .containsExactly(
                        "services.real-servers: 10.0.0.2 of tcp/192.0.2.10:80 is an address of this machine, "
                                + "which forwards to other machines only; name another machine's, or remove it on both directors");
    }
}
