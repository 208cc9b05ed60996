package holdfast.boot;

import holdfast.conf.Configuration;
import holdfast.conf.ForwardingMethod;
import holdfast.worker.Shield;
import java.util.ArrayList;
import java.util.List;

/// Which packets of real servers the shield keeps from the kernel.
final class NatServers {
    private NatServers() {}

    /// The NAT servers whose packets are replies of the datapath's connections. A one-packet service has none: no
    /// connection waits for its replies, so the kernel forwards them, as in IPVS (IPVS-REF 1.12).
    static List<Shield.NatServer> of(List<Configuration.Service> services) {
        var servers = new ArrayList<Shield.NatServer>();
        for (var service : services) {
            for (var real : service.realServers()) {
                if (real.method() == ForwardingMethod.NAT && !service.onePacket()) {
                    int port = keepsClientsPort(service) ? 0 : real.port();
                    var protocol = service.key().protocol().word();
                    servers.add(new Shield.NatServer(real.address().toString(), protocol, port));
                }
            }
        }
        return servers;
    }

    /// Whether a real server is addressed at the port that its client used (IPVS-REF 3.3).
    private static boolean keepsClientsPort(Configuration.Service service) {
        return service.key().isMark()
                ? service.persistence().isPresent()
                : service.key().port() == 0;
    }
}
