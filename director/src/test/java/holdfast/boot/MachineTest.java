package holdfast.boot;

import static holdfast.testing.Fixtures.ip;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.Configuration;
import holdfast.conf.Ipv4;
import holdfast.conf.Ipvs;
import holdfast.linux.Kernel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MachineTest {
    private static final Kernel.Link WAN = new Kernel.Link(2, "wan", 0x02_00_00_00_00_01L, 1500, true, true);
    private static final Kernel.Link LAN = new Kernel.Link(3, "lan", 0x02_00_00_00_00_02L, 9000, true, true);
    private static final List<Kernel.Address> ADDRESSES = List.of(
            new Kernel.Address(2, ip("192.0.2.2"), 24),
            new Kernel.Address(2, ip("192.0.2.3"), 24),
            new Kernel.Address(3, ip("10.0.0.2"), 24));

    private static Configuration configuration(String... interfaces) {
        return new Configuration(
                new Configuration.Director("d1", Path.of("/var/lib/holdfast"), Path.of("/run/holdfast/api.sock")),
                new Configuration.Datapath(64, 64, 0, true),
                List.of(interfaces),
                new Configuration.Cluster(
                        "shop", Ipv4.of("10.0.0.2"), Ipv4.of("239.1.1.1"), 7500, Path.of("/etc/holdfast/key"), true),
                List.of(new Configuration.VipGroup(
                        "shop",
                        51,
                        "wan",
                        200,
                        false,
                        1000,
                        Configuration.AdvertChecksum.RFC9568,
                        Configuration.Trust.SEALED,
                        new Configuration.Garp(List.of(), 0),
                        List.of(
                                new Configuration.Vip(Ipv4.of("192.0.2.10"), "wan"),
                                new Configuration.Vip(Ipv4.of("10.0.0.1"), "lan")))),
                Ipvs.DEFAULT,
                List.of(),
                List.of());
    }

    private static List<String> keys(List<MachineMistake> mistakes) {
        return mistakes.stream()
                .map(mistake -> mistake.key() + " " + mistake.value())
                .toList();
    }

    @Test
    void aMachineThatFitsHasNoMistakes() {
        assertThat(new Machine(List.of(WAN, LAN), ADDRESSES, Optional.empty()).mistakes(configuration("wan", "lan")))
                .isEmpty();
    }

    @Test
    void allMistakesAreReportedAtOnceEachWithItsWayOut() {
        var machine = new Machine(
                List.of(
                        new Kernel.Link(2, "wan", 0x02_00_00_00_00_01L, 1500, false, false),
                        new Kernel.Link(9, "tun0", 0, 1400, true, true)),
                List.of(new Kernel.Address(9, ip("192.0.2.10"), 32), new Kernel.Address(17, ip("10.0.0.1"), 24)),
                Optional.empty());

        var mistakes = machine.mistakes(configuration("wan", "lan", "tun0"));

        assertThat(keys(mistakes))
                .containsExactly(
                        "datapath.interfaces wan",
                        "datapath.interfaces lan",
                        "datapath.interfaces tun0",
                        "cluster.bind-address 10.0.0.2",
                        "vip-groups.interface wan",
                        "vip-groups.vips 192.0.2.10",
                        "vip-groups.vips 10.0.0.1");
        assertThat(mistakes.stream().map(MachineMistake::toString).toList())
                .anyMatch(text -> text.contains("ip link set wan up"))
                .anyMatch(text -> text.contains("it has wan, tun0"))
                .anyMatch(text -> text.contains("no Ethernet address"))
                .anyMatch(text -> text.contains("ip address delete 192.0.2.10/32 dev tun0"))
                .anyMatch(text -> text.contains("on interface 17"));
    }

    @Test
    void portsHaveTheFirstAddressOfTheirLink() {
        var links = new Machine(List.of(LAN, WAN), ADDRESSES, Optional.empty()).links(configuration("wan", "lan"));
        assertThat(links.at(0).name()).isEqualTo("wan");
        assertThat(links.at(0).address()).isEqualTo(ip("192.0.2.2"));
        assertThat(links.at(1).mtu()).isEqualTo(9000);
        assertThat(links.indexOf(3)).isEqualTo(1);
        assertThat(links.indexOf("wan")).isZero();
        assertThat(links.indexOf("dmz")).isEqualTo(-1);
    }
}
