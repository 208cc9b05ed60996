package holdfast.explain;

import holdfast.conf.Configuration;
import holdfast.conf.Ipv4;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/// A change of a service that an operator considers. Unknown real servers are ignored.
///
/// @param weights  new weights of some real servers
/// @param netmask  a new one, as mask bits; ignored for a service without persistence
/// @param removed  real servers to remove
/// @param added    real servers to add, at the end of the file
public record Hypothesis(
        Map<Real, Integer> weights, OptionalInt netmask, Set<Real> removed, List<Configuration.RealServer> added) {
    /// No change.
    public static final Hypothesis NOTHING = new Hypothesis(Map.of(), OptionalInt.empty(), Set.of(), List.of());

    public Hypothesis {
        weights = Map.copyOf(weights);
        removed = Set.copyOf(removed);
        added = List.copyOf(added);
    }

    /// The identity of a real server within its service.
    public record Real(Ipv4 address, int port) {
        static Real of(Configuration.RealServer real) {
            return new Real(real.address(), real.port());
        }

        @Override
        public String toString() {
            return address + ":" + port;
        }
    }

    /// The service after the change.
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
