package holdfast.testing;

import holdfast.conf.Configuration;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.Ipv4;
import holdfast.conf.Ipvs;
import holdfast.conf.Protocol;
import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;
import java.util.List;
import java.util.Optional;

/// Short forms for configurations.
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

    /// IPVS's defaults but for these: names of components and their values by turns.
    public static Ipvs ipvs(Object... changes) {
        try {
            var components = Ipvs.class.getRecordComponents();
            var types = new Class<?>[components.length];
            var values = new Object[components.length];
            for (int i = 0; i < components.length; i++) {
                types[i] = components[i].getType();
                values[i] = components[i].getAccessor().invoke(Ipvs.DEFAULT);
                for (int change = 0; change < changes.length; change += 2) {
                    values[i] = changes[change].equals(components[i].getName()) ? changes[change + 1] : values[i];
                }
            }
            return Ipvs.class.getDeclaredConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("no such record", e);
        }
    }
}
