package holdfast.conf;

import java.util.List;

/// The part of a [Configuration] that all directors of a cluster share and that changes at run time, as a whole.
///
/// @param vips      addresses of the VIP group, in order; none for those that a director has anyway
/// @param marks     in order: the first rule that matches applies
/// @param services  in order
public record Shared(List<Ipv4> vips, Ipvs ipvs, List<MarkRule> marks, List<Configuration.Service> services) {
    public Shared {
        vips = List.copyOf(vips);
        marks = List.copyOf(marks);
        services = List.copyOf(services);
    }

    /// The shared part of a director's configuration.
    public static Shared of(Configuration configuration) {
        var vips = configuration.groups().getFirst().vips().stream()
                .map(Configuration.Vip::address)
                .toList();
        return new Shared(vips, configuration.ipvs(), configuration.marks(), configuration.services());
    }

    /// A director's configuration with this shared part. Each director has its VIPs on its own links.
    public Configuration in(Configuration own) {
        return new Configuration(
                own.director(),
                own.management(),
                own.datapath(),
                own.interfaces(),
                own.networks(),
                own.cluster(),
                vips.isEmpty() ? own.groups() : List.of(group(own)),
                ipvs,
                marks,
                services);
    }

    private Configuration.VipGroup group(Configuration own) {
        return own.groups().getFirst().with(vips.stream().map(own::placed).toList());
    }
}
