package holdfast.cli.edit;

import holdfast.conf.Configuration;
import holdfast.conf.Ipv4;
import holdfast.conf.Ipvs;
import holdfast.conf.MarkRule;
import holdfast.conf.ServiceKey;
import holdfast.conf.Shared;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The shared part of a configuration while it is edited. Services and real servers keep their order; new ones come
/// last.
public final class Rules {
    private static final int MISSING = -1;
    private final List<Ipv4> vips;
    private final List<MarkRule> marks;
    private final Map<ServiceKey, Configuration.Service> services = new LinkedHashMap<>();
    private Ipvs ipvs;

    public Rules(Shared before) {
        vips = new ArrayList<>(before.vips());
        ipvs = before.ipvs();
        marks = before.marks();
        before.services().forEach(this::put);
    }

    public Shared after() {
        return new Shared(vips, ipvs, marks, List.copyOf(services.values()));
    }

    public List<Ipv4> vips() {
        return List.copyOf(vips);
    }

    public void add(Ipv4 vip) {
        vips.add(vip);
    }

    public void remove(Ipv4 vip) {
        vips.remove(vip);
    }

    public Ipvs ipvs() {
        return ipvs;
    }

    public void put(Ipvs next) {
        ipvs = next;
    }

    /// Whether a rule gives this mark to packets.
    public boolean isGiven(int mark) {
        return marks.stream().anyMatch(rule -> rule.mark() == mark);
    }

    public List<Configuration.Service> services() {
        return List.copyOf(services.values());
    }

    public Optional<Configuration.Service> service(ServiceKey key) {
        return Optional.ofNullable(services.get(key));
    }

    /// Adds a service, or replaces the one of the same key.
    public void put(Configuration.Service service) {
        services.put(service.key(), service);
    }

    public void remove(ServiceKey key) {
        services.remove(key);
    }

    public void clear() {
        services.clear();
    }

    public static Optional<Configuration.RealServer> real(Configuration.Service service, Ipv4 address, int port) {
        int index = indexOf(service, address, port);
        return index == MISSING
                ? Optional.empty()
                : Optional.of(service.realServers().get(index));
    }

    /// Adds a real server to a service, or replaces the one of the same address and port.
    public void put(Configuration.Service service, Configuration.RealServer real) {
        var reals = new ArrayList<>(service.realServers());
        int index = indexOf(service, real.address(), real.port());
        if (index == MISSING) {
            reals.add(real);
        } else {
            reals.set(index, real);
        }
        put(service, reals);
    }

    public void remove(Configuration.Service service, Configuration.RealServer real) {
        put(
                service,
                service.realServers().stream()
                        .filter(each -> !each.equals(real))
                        .toList());
    }

    private static int indexOf(Configuration.Service service, Ipv4 address, int port) {
        for (int i = 0; i < service.realServers().size(); i++) {
            var real = service.realServers().get(i);
            if (real.address().equals(address) && real.port() == port) {
                return i;
            }
        }
        return MISSING;
    }

    private void put(Configuration.Service service, List<Configuration.RealServer> reals) {
        put(new Configuration.Service(
                service.key(),
                service.scheduler(),
                service.flags(),
                service.persistence(),
                service.onePacket(),
                service.clientLimit(),
                reals));
    }
}
