package holdfast.explain;

import holdfast.conf.Configuration;
import holdfast.conf.Ipv4;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/// What an operator might change of a service. Real servers that the service does not have are passed over.
///
/// @param weights  new ones of some real servers
/// @param netmask  another one, as mask bits; means nothing for a service without persistence
/// @param removed  real servers taken away
/// @param added    more of them, at the end of the file
public record Hypothesis(
        Map<Real, Integer> weights, OptionalInt netmask, Set<Real> removed, List<Configuration.RealServer> added) {
    /// That nothing changes.
    public static final Hypothesis NOTHING = new Hypothesis(Map.of(), OptionalInt.empty(), Set.of(), List.of());

    public Hypothesis {
        weights = Map.copyOf(weights);
        removed = Set.copyOf(removed);
        added = List.copyOf(added);
    }

    /// What tells a real server from others of its service.
    public record Real(Ipv4 address, int port) {
        static Real of(Configuration.RealServer real) {
            return new Real(real.address(), real.port());
        }

        @Override
        public String toString() {
            return address + ":" + port;
        }
    }

    /// The service as it would be.
    Configuration.Service appliedTo(Configuration.Service service) {
        var reals = new ArrayList<Configuration.RealServer>();
        for (var real : service.realServers()) {
            if (!removed.contains(Real.of(real))) {
                reals.add(weighed(real));
            }
        }
        reals.addAll(added);
        return new Configuration.Service(
                service.key(),
                service.scheduler(),
                service.flags(),
                service.persistence().map(this::masked),
                service.onePacket(),
                service.clientLimit(),
                reals);
    }

    private Configuration.Persistence masked(Configuration.Persistence persistence) {
        return new Configuration.Persistence(
                persistence.timeoutS(),
                netmask.orElse(persistence.netmask()),
                persistence.prefixLength(),
                persistence.rearm(),
                persistence.engine());
    }

    private Configuration.RealServer weighed(Configuration.RealServer real) {
        return new Configuration.RealServer(
                real.address(),
                real.port(),
                weights.getOrDefault(Real.of(real), real.weight()),
                real.method(),
                real.upperThreshold(),
                real.lowerThreshold(),
                real.drain());
    }
}
