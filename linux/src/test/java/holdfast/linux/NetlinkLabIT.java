package holdfast.linux;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.linux.Kernel.Address;
import holdfast.linux.Kernel.Change;
import holdfast.linux.Kernel.Neighbour;
import holdfast.linux.Kernel.Route;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetlinkLabIT {
    private static final int OURS = 0x0A020001;
    private static final int PEER = 0x0A020002;
    private static final int NOBODY = 0x0A020063;

    private Netlink netlink = Netlink.open();

    @BeforeEach
    void cable() {
        Lab.namespace("peer", "ours", "eth0", "10.2.0.2/24");
        netlink.close();
        netlink = Netlink.open();
    }

    @AfterEach
    void unplug() {
        netlink.close();
        Lab.deleteNamespace("peer", "ours");
    }

    @Test
    void dumpsSayWhatIpSays() {
        int index = Lab.index("ours");
        Lab.run("ip addr add 10.2.0.1/24 dev ours");
        Lab.run("ip route add 198.51.100.0/24 via 10.2.0.2 metric 50");
        Lab.run("ip route add default via 10.2.0.2 table 100");
        Lab.run("ip neigh replace 10.2.0.7 lladdr 02:00:00:00:00:07 dev ours");

        assertThat(netlink.links())
                .anySatisfy(link -> {
                    assertThat(link.name()).isEqualTo("ours");
                    assertThat(link.mtu()).isEqualTo(1500);
                    assertThat(link.up()).isTrue();
                    assertThat(Lab.run("ip -br link show ours"))
                            .contains(String.format("%012x", link.mac()).replaceAll("(..)(?=.)", "$1:"));
                })
                .anySatisfy(link -> assertThat(link.name()).isEqualTo("lo"));
        assertThat(netlink.addresses()).contains(new Address(index, OURS, 24));
        assertThat(netlink.routes())
                .contains(
                        new Route(0x0A020000, 24, 0, index, 0, 254, true),
                        new Route(0xC6336400, 24, PEER, index, 50, 254),
                        new Route(0, 0, PEER, index, 0, 100));
        assertThat(netlink.neighbours())
                .contains(new Neighbour(index, 0x0A020007, 0x020000000007L, Neighbour.State.FIXED));
    }

    @Test
    void addressesComeAndGo() {
        int index = Lab.index("ours");
        Lab.run("ip addr add 10.2.0.1/24 dev ours");
        await(new Change.AddressChanged(new Address(index, OURS, 24), false)::equals);
        Lab.run("ip addr del 10.2.0.1/24 dev ours");
        await(new Change.AddressChanged(new Address(index, OURS, 24), true)::equals);
    }

    @Test
    void aProbeThatTheKernelRefusesIsAnAnswer() {
        assertThat(netlink.probe(9999, PEER)).contains(Errno.ENODEV.number());
    }

    @Test
    void aLinkWithoutACarrierIsEnabledButNotUp() {
        Lab.run("ip -n peer link set eth0 down");
        await(change -> change instanceof Change.LinkChanged(var link, var _)
                && link.name().equals("ours")
                && link.enabled()
                && !link.up());
        Lab.run("ip link set ours down");
        await(change -> change instanceof Change.LinkChanged(var link, var _)
                && link.name().equals("ours")
                && !link.enabled()
                && !link.up());
    }

    @Test
    void linksAndRoutesReportTheirChanges() {
        int index = Lab.index("ours");
        Lab.run("ip addr add 10.2.0.1/24 dev ours");
        Lab.run("ip route add 198.51.100.0/24 via 10.2.0.2");
        await(new Change.RouteChanged(new Route(0xC6336400, 24, PEER, index, 0, 254), false)::equals);
        Lab.run("ip link set ours down");
        await(change -> change instanceof Change.LinkChanged(var link, var removed)
                && link.index() == index
                && !link.up()
                && !removed);
        Lab.run("ip link set ours up");
        await(change -> change instanceof Change.LinkChanged(var link, var _) && link.index() == index && link.up());
        Lab.run("ip link delete ours");
        await(change ->
                change instanceof Change.LinkChanged(var link, var removed) && link.index() == index && removed);
    }

    @Test
    void aProbeMakesTheKernelFindTheNeighbour() throws Exception {
        int index = Lab.index("ours");
        long mac = Lab.inside("peer", () -> Lab.link("eth0").orElseThrow().mac());
        Lab.run("ip addr add 10.2.0.1/24 dev ours");
        assertThat(netlink.probe(index, PEER)).isEmpty();
        await(new Change.NeighbourChanged(new Neighbour(index, PEER, mac, Neighbour.State.USABLE), false)::equals);
        assertThat(netlink.probe(index, PEER)).isEmpty();
        assertThat(netlink.neighbours()).contains(new Neighbour(index, PEER, mac, Neighbour.State.USABLE));
    }

    @Test
    void aNeighbourThatDoesNotAnswerAtItsMacAnyMoreIsFoundAtTheNewOne() throws Exception {
        int index = Lab.index("ours");
        long mac = Lab.inside("peer", () -> Lab.link("eth0").orElseThrow().mac());
        Lab.run("ip addr add 10.2.0.1/24 dev ours");
        assertThat(netlink.probe(index, PEER)).isEmpty();
        await(new Change.NeighbourChanged(new Neighbour(index, PEER, mac, Neighbour.State.USABLE), false)::equals);
        Lab.run("ip -n peer link set eth0 address 02:00:00:00:00:99");
        assertThat(netlink.verify(neighbour -> neighbour.address() == PEER)).isEmpty();
        assertThat(netlink.neighbours())
                .as("still used")
                .contains(new Neighbour(index, PEER, mac, Neighbour.State.USABLE));
        await(change -> change instanceof Change.NeighbourChanged(var lost, var _) && !lost.usable());
        assertThat(netlink.probe(index, PEER)).isEmpty();
        await(new Change.NeighbourChanged(
                new Neighbour(index, PEER, 0x02_00_00_00_00_99L, Neighbour.State.USABLE), false)::equals);
    }

    @Test
    void aPermanentNeighbourIsNotVerified() {
        Lab.run("ip addr add 10.2.0.1/24 dev ours");
        Lab.run("ip neigh add 10.2.0.99 lladdr 02:00:00:00:00:77 dev ours nud permanent");
        assertThat(netlink.verify(neighbour -> true)).isEmpty();
        assertThat(Lab.run("ip neigh show 10.2.0.99")).contains("PERMANENT");
    }

    @Test
    void aProbeOfNobodyEndsInANeighbourThatHasFailed() {
        int index = Lab.index("ours");
        Lab.run("ip addr add 10.2.0.1/24 dev ours");
        assertThat(netlink.probe(index, NOBODY)).isEmpty();
        await(new Change.NeighbourChanged(new Neighbour(index, NOBODY, 0, Neighbour.State.FAILED), false)::equals);
        assertThat(netlink.probe(index, NOBODY)).isEmpty();
    }

    @Test
    void lostNotificationsAreReportedOnceAndThenItGoesOn(@TempDir Path files) throws IOException {
        int index = Lab.index("ours");
        var flapping = files.resolve("flapping");
        Files.writeString(flapping, "addr add 10.2.0.1/24 dev ours\naddr del 10.2.0.1/24 dev ours\n".repeat(500));
        List<Change> changes = List.of();
        for (int round = 0; round < 20 && !changes.contains(new Change.Overrun()); round++) {
            Lab.run("ip -batch " + flapping);
            changes = round < 3 ? List.of() : netlink.receive();
        }
        assertThat(changes).contains(new Change.Overrun());
        while (!netlink.receive().isEmpty()) {
            Thread.onSpinWait();
        }
        Lab.run("ip addr add 10.2.0.1/24 dev ours");
        await(new Change.AddressChanged(new Address(index, OURS, 24), false)::equals);
    }

    /// Reads notifications until one fits.
    private void await(Predicate<Change> wanted) {
        var seen = new ArrayList<Change>();
        try (var poller = new Poller(netlink.fd())) {
            for (int i = 0; i < 100 && seen.stream().noneMatch(wanted); i++) {
                poller.poll(TimeUnit.MILLISECONDS.toNanos(100));
                seen.addAll(netlink.receive());
            }
        }
        assertThat(seen).anyMatch(wanted);
    }
}
