package holdfast.conf;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/// The fingerprint of the settings that two directors must share before one may take over from the other.
///
/// It covers the cluster's name, IPVS's sysctls, per group the vrid and the VIPs, the mark rules, and the services with
/// all their options. Each director has its own interface names, paths and priority. The order of VIPs and services has
/// no meaning and does not count. The order of real servers decides ties in the schedulers and counts, and so does the
/// order of mark rules, of which the first match applies.
public final class SharedHash {
    /// Begins the hashed text, so that another form of it never gives an equal hash by chance.
    private static final String FORM = "holdfast-shared-3";

    private SharedHash() {}

    /// SHA-256 in hexadecimal. Two directors with different hashes must not take over from each other.
    public static String of(Configuration configuration) {
        return sha256((FORM + "\n" + text(configuration)).getBytes(StandardCharsets.UTF_8));
    }

    /// What the hash covers, to be compared line by line: equal texts have equal hashes.
    public static String text(Configuration configuration) {
        var lines =
                new StringBuilder("cluster: {name: " + configuration.cluster().name() + "}\nvip-groups:\n");
        for (var group : configuration.groups()) {
            var vips = group.vips().stream()
                    .map(Configuration.Vip::address)
                    .sorted()
                    .map(Ipv4::toString)
                    .collect(Collectors.joining(", ", "[", "]"));
            lines.append("  - {vrid: ")
                    .append(group.vrid())
                    .append(", vips: ")
                    .append(vips)
                    .append("}\n");
        }
        var marks =
                configuration.marks().stream().map(SharedHash::withoutInterface).toList();
        var services = configuration.services().stream()
                .sorted(Comparator.comparing(service -> service.key().toString()))
                .toList();
        return lines + SharedText.withoutVips(new Shared(List.of(), configuration.ipvs(), marks, services));
    }

    /// Each director names its own interfaces, so the interface of a rule does not count.
    private static MarkRule withoutInterface(MarkRule rule) {
        return new MarkRule(
                rule.mark(),
                rule.source(),
                rule.destination(),
                rule.protocol(),
                rule.sourcePorts(),
                rule.destinationPorts(),
                rule.interfaceName().map(_ -> "an interface"));
    }

    static String sha256(byte[] text) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(text);
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
