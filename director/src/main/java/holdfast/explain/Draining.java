package holdfast.explain;

import holdfast.conf.Configuration;
import holdfast.conf.DrainMode;
import holdfast.conf.Ipvs;

/// The drain mode of a real server: its own, or the common one.
final class Draining {
    private Draining() {}

    static DrainMode mode(Configuration.RealServer real, Ipvs ipvs) {
        return real.drain().map(Configuration.Drain::mode).orElse(byDefault(ipvs));
    }

    static DrainMode byDefault(Ipvs ipvs) {
        return ipvs.expireQuiescentTemplate() ? DrainMode.KEEP_CONNECTIONS : DrainMode.KEEP_ALL;
    }
}
