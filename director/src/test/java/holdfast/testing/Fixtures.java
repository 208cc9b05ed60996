package holdfast.testing;

import holdfast.conf.Configuration;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.Ipv4;
import holdfast.conf.Protocol;
import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;
import java.util.List;
import java.util.Optional;

/// Short ways to say a configuration.
public final class Fixtures {
    public static final int VIP = ip("192.0.2.10");
    public static final int TCP = Protocol.TCP.number();
    public static final int UDP = Protocol.UDP.number();

    private Fixtures() {}

    public static int ip(String text) {
        return Ipv4.of(text).bits();
    }

    public static ServiceKey tcp(int port) {
        return new ServiceKey(Protocol.TCP, new Ipv4(VIP), port);
    }

    public static Configuration.Service service(
            ServiceKey key, SchedulerName scheduler, Configuration.RealServer... reals) {
        return new Configuration.Service(key, scheduler, Optional.empty(), List.of(reals));
    }

    public static Configuration.Service persistent(
            ServiceKey key, long timeoutS, String netmask, Configuration.RealServer... reals) {
        var persistence = new Configuration.Persistence(timeoutS, ip(netmask));
        return new Configuration.Service(key, SchedulerName.RR, Optional.of(persistence), List.of(reals));
    }

    public static Configuration.RealServer real(String address, int port, int weight) {
        return new Configuration.RealServer(Ipv4.of(address), port, weight, ForwardingMethod.NAT);
    }
}
