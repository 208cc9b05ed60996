package holdfast.revision;

import holdfast.conf.Configuration;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.Ipv4;
import holdfast.conf.Ipvs;
import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Configurations for the tests of revisions.
public final class RevisionSamples {
    private RevisionSamples() {}

    /// A director with one VIP and one service of three real servers.
    public static Configuration configuration() {
        return new Configuration(
                new Configuration.Director("d1", Path.of("/var/lib/holdfast"), Path.of("/run/holdfast/d1.sock")),
                new Configuration.Datapath(1000, 1000, 50, true),
                List.of("front"),
                new Configuration.Cluster(
                        "holdfast", Ipv4.of("10.255.0.1"), Ipv4.of("239.255.72.1"), 7600, Path.of("/key"), true),
                List.of(new Configuration.VipGroup(
                        "shop",
                        51,
                        "front",
                        100,
                        false,
                        100,
                        Configuration.AdvertChecksum.PSEUDO_HEADER,
                        Configuration.Trust.SEALED,
                        new Configuration.Garp(List.of(50), 30),
                        List.of(new Configuration.Vip(Ipv4.of("192.0.2.10"), "front")))),
                Ipvs.DEFAULT,
                List.of(),
                List.of(new Configuration.Service(
                        ServiceKey.of("tcp/192.0.2.10:80"),
                        SchedulerName.WLC,
                        Optional.empty(),
                        List.of(real(11, 1)))));
    }

    /// These services with another weight, and now and then another real server.
    static List<Configuration.Service> with(List<Configuration.Service> services, int weight) {
        var first = services.getFirst();
        var reals = new ArrayList<>(first.realServers());
        if (weight % 5 == 0 && reals.size() < 150) {
            reals.add(real(11 + reals.size(), weight));
        } else {
            reals.set(0, real(11, weight));
        }
        return List.of(new Configuration.Service(first.key(), first.scheduler(), first.persistence(), reals));
    }

    private static Configuration.RealServer real(int host, int weight) {
        return new Configuration.RealServer(Ipv4.of("10.0.0." + host), 80, weight, ForwardingMethod.NAT);
    }
}
