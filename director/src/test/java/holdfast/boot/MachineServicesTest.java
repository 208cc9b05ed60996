package holdfast.boot;

import static holdfast.testing.Fixtures.VIP;
import static holdfast.testing.Fixtures.ip;
import static holdfast.testing.Fixtures.persistent;
import static holdfast.testing.Fixtures.real;
import static holdfast.testing.Fixtures.service;
import static holdfast.testing.Fixtures.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.Configuration;
import holdfast.conf.Ipv4;
import holdfast.conf.Ipvs;
import holdfast.conf.Protocol;
import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;
import holdfast.linux.Kernel;
import holdfast.worker.Shield;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The services of a configuration that this machine cannot serve.
public class MachineServicesTest {
    private static final List<Kernel.Link> LINKS =
            List.of(new Kernel.Link(2, "wan", 0x02_00_00_00_00_01L, 1500, true, true));
    private static final List<Kernel.Address> ADDRESSES = List.of(new Kernel.Address(2, ip("10.0.0.2"), 24));

    public static Configuration configuration(Configuration.Service... services) {
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
        var mistakes = new Machine(LINKS, ADDRESSES, Optional.empty()).mistakes(configuration(service));
        assertThat(mistakes.stream().map(MachineMistake::toString).toList())
                .containsExactly(
                        "services.real-servers: 10.0.0.2 of tcp/192.0.2.10:80 is an address of this machine, "
                                + "which forwards to other machines only; name another machine's, or remove it on both directors");
    }

    private static Configuration.Service dns(boolean onePacket) {
        return new Configuration.Service(
                new ServiceKey(Protocol.UDP, new Ipv4(VIP), 53),
                SchedulerName.RR,
                Set.of(),
                Optional.empty(),
                onePacket,
                Optional.empty(),
                List.of(real("10.0.0.11", 53, 1)));
    }

    private static List<String> warnings(Optional<Boolean> isForwarding, Configuration.Service... services) {
        return new Machine(LINKS, ADDRESSES, isForwarding)
                .warnings(configuration(services)).stream()
                        .map(MachineMistake::toString)
                        .toList();
    }

    @Test
    void aOnePacketServiceWhoseAnswersNobodyForwardsIsWarnedOf() { // IPVS-REF 1.12
        assertThat(warnings(Optional.of(false), dns(true), dns(false)))
                .containsExactly("services.one-packet: udp/192.0.2.10:53 gets no answers through here: they come from "
                        + "the real servers' own addresses, as in IPVS, and the kernel does not forward them; "
                        + "set net.ipv4.ip_forward to 1, or forward with dr");
        assertThat(warnings(Optional.of(true), dns(true), dns(false))).isEmpty();
        assertThat(warnings(Optional.empty(), dns(true))).isEmpty();
    }

    @Test
    void aServiceOfEveryPortWhoseAnswersTheKernelForwardsTooIsWarnedOf() {
        var all = persistent(tcp(0), 300, "255.255.255.255", real("10.0.0.11", 0, 1));
        assertThat(warnings(Optional.of(true), all)).singleElement().asString().contains("tcp/192.0.2.10:0 has its");
        assertThat(warnings(Optional.of(false), all)).isEmpty();
    }

    @Test
    void theAnswersOfAOnePacketServiceAreLeftToTheKernel() { // IPVS-REF 1.12
        assertThat(NatServers.of(List.of(dns(true)))).isEmpty();
        assertThat(NatServers.of(List.of(dns(false)))).containsExactly(new Shield.NatServer("10.0.0.11", "udp", 53));
    }

    @Test
    void aPortThatIsNotUsedDoesNotTellAnswersFromOtherPackets() { // IPVS-REF 3.3
        var all = persistent(tcp(0), 300, "255.255.255.255", real("10.0.0.11", 80, 1));
        assertThat(NatServers.of(List.of(all))).containsExactly(new Shield.NatServer("10.0.0.11", "tcp", 0));
    }
}
