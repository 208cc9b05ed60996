package holdfast.cli.ipvsadm;

import holdfast.admin.ConfigResult;
import holdfast.admin.Connections;
import holdfast.admin.Endpoint;
import holdfast.admin.Role;
import holdfast.admin.ServiceList;
import holdfast.conf.Configuration;
import holdfast.conf.DrainMode;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.Ipv4;
import holdfast.conf.Ipvs;
import holdfast.conf.MarkRule;
import holdfast.conf.Protocol;
import holdfast.conf.ServiceKey;
import holdfast.conf.Shared;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A director in memory with the VIPs 192.0.2.1 to 192.0.2.20, rules for the marks 7 and 8, and three open connections
/// on each real server.
final class FakeDirector implements DirectorAccess {
    static final List<Ipv4> VIPS =
            IntStream.rangeClosed(1, 20).mapToObj(i -> Ipv4.of("192.0.2." + i)).toList();

    Shared shared = new Shared(VIPS, Ipvs.DEFAULT, List.of(markRule(7), markRule(8)), List.of());
    Role role = Role.ACTIVE;
    long revision;
    int reads;
    final List<String> reasons = new ArrayList<>();

    /// Asked before each change; its text finds it wrong.
    Function<Shared, Optional<String>> objection = _ -> Optional.empty();

    /// Why it makes no change at all; empty if it does.
    String trouble = "";

    /// The directors that never have a revision.
    List<String> lacking = List.of();

    /// How many changes of others come first.
    int othersFirst;

    private static MarkRule markRule(int mark) {
        return new MarkRule(
                mark,
                Optional.empty(),
                Optional.of(MarkRule.Prefix.of("192.0.2.10")),
                Optional.of(Protocol.TCP),
                List.of(),
                List.of(),
                Optional.empty());
    }

    @Override
    public Present read() {
        reads++;
        return new Present(Long.toString(revision), shared);
    }

    @Override
    public Applied apply(Present base, Shared next, String reason) {
        if (othersFirst > 0) {
            othersFirst--;
            revision++;
        }
        if (!trouble.isEmpty()) {
            return new Applied.NotNow(trouble);
        }
        if (!base.revision().equals(Long.toString(revision))) {
            return new Applied.Outrun();
        }
        return objection.apply(next).<Applied>map(Applied.Wrong::new).orElseGet(() -> {
            shared = next;
            revision++;
            reasons.add(reason);
            return new Applied.Done(new ConfigResult(true, Long.toString(revision), List.of(), lacking, List.of()));
        });
    }

    @Override
    public ServiceList services() {
        var ipvs = shared.ipvs();
        return new ServiceList(
                4096,
                new ServiceList.Timeouts(ipvs.tcpTimeoutS(), ipvs.tcpFinTimeoutS(), ipvs.udpTimeoutS()),
                shared.services().stream().map(FakeDirector::listed).toList(),
                ServiceList.Totals.ZERO,
                ServiceList.Rates.ZERO);
    }

    private static ServiceList.Service listed(Configuration.Service service) {
        return new ServiceList.Service(
                service.key(),
                service.scheduler(),
                List.copyOf(service.flags()),
                service.persistence()
                        .map(persistence -> new ServiceList.Persistence(
                                persistence.timeoutS(),
                                Ipv4.text(persistence.netmask()),
                                persistence.rearm(),
                                persistence.engine().orElse(null)))
                        .orElse(null),
                service.onePacket(),
                null,
                service.realServers().reversed().stream()
                        .map(FakeDirector::listed)
                        .toList(),
                ServiceList.Totals.ZERO,
                ServiceList.Rates.ZERO);
    }

    private static ServiceList.RealServer listed(Configuration.RealServer real) {
        return new ServiceList.RealServer(
                real.address().toString(),
                real.port(),
                real.method(),
                real.weight(),
                real.weight() == 0 ? ServiceList.State.QUIESCED : ServiceList.State.UP,
                3,
                12,
                2,
                real.upperThreshold(),
                real.lowerThreshold(),
                false,
                DrainMode.KEEP_ALL,
                null,
                null,
                ServiceList.Totals.ZERO,
                ServiceList.Rates.ZERO);
    }

    @Override
    public Connections connections() {
        var entries = List.of(
                entry(Protocol.TCP, "198.51.100.7:40000", "192.0.2.10:443", "10.0.0.11:443", "ESTABLISHED", 898, null),
                entry(Protocol.TCP, "198.51.100.0:0", "192.0.2.10:443", "10.0.0.11:443", "NONE", 7199, null),
                entry(
                        Protocol.UDP,
                        "198.51.100.7:5060",
                        "192.0.2.10:5060",
                        "172.16.0.11:5060",
                        "UDP",
                        300,
                        "a84b4c76e66710"),
                entry(Protocol.MARK, "198.51.100.7:0", "0.0.0.7:0", "10.0.0.11:0", "ASSURED", 41, null),
                entry(Protocol.UDP, "198.51.100.7:53", "192.0.2.11:53", "172.16.0.11:53", "UDP", 300, null),
                entry(Protocol.SCTP, "198.51.100.7:53", "192.0.2.11:53", "172.16.0.11:53", "ESTABLISHED", 300, null));
        return new Connections(entries.size(), false, entries);
    }

    private static Connections.Entry entry(
            Protocol protocol,
            String client,
            String virtual,
            String real,
            String state,
            long expiresS,
            @Nullable String engineData) {
        return new Connections.Entry(
                Connections.Kind.CONNECTION,
                protocol,
                Endpoint.of(client),
                Endpoint.of(virtual),
                Endpoint.of(real),
                ForwardingMethod.NAT,
                state,
                expiresS * 1000,
                900,
                1,
                1,
                null,
                false,
                engineData);
    }

    @Override
    public void zero(Optional<ServiceKey> service) {}

    @Override
    public Replication replication() {
        return new Replication(role, 51);
    }
}
