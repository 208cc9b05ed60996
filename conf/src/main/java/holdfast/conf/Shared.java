package holdfast.conf;

import java.util.List;

/// The part of a [Configuration] that all directors of a cluster share and that changes at run time, as a whole.
///
/// @param marks     in order: the first rule that matches applies
/// @param services  in order
public record Shared(Ipvs ipvs, List<MarkRule> marks, List<Configuration.Service> services) {
    public Shared {
        marks = List.copyOf(marks);
        services = List.copyOf(services);
    }

    /// The shared part of a director's configuration.
    public static Shared of(Configuration configuration) {
        return new Shared(configuration.ipvs(), configuration.marks(), configuration.services());
    }

    /// A director's configuration with this shared part.
    public Configuration in(Configuration own) {
        return new Configuration(
                own.director(), own.datapath(), own.interfaces(), own.cluster(), own.groups(), ipvs, marks, services);
    }
}
