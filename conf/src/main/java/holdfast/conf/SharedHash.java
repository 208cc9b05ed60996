package holdfast.conf;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/// The fingerprint of the settings that two directors must share before one may take over from the other.
///
/// It covers the cluster's name, IPVS's sysctls, per group the vrid and the VIPs, the mark rules, and the services with
/// all their options. Each director has its own interface names, paths and priority. The order of VIPs and services has
/// no meaning and does not count. The order of real servers decides ties in the schedulers and counts, and so does the
/// order of mark rules, of which the first match applies.
final class SharedHash {
    /// Begins the hashed text, so that another form of it never gives an equal hash by chance.
    private static final String FORM = "holdfast-shared-2";

    private SharedHash() {}

    static String of(Configuration configuration) {
        var lines = new ArrayList<>(
                List.of(FORM, "cluster " + configuration.cluster().name()));
        for (var group : configuration.groups()) {
            lines.add("vrid " + group.vrid());
            group.vips().stream().map(Configuration.Vip::address).sorted().forEach(vip -> lines.add("vip " + vip));
        }
        lines.add(configuration.ipvs().toString());
        configuration.marks().forEach(rule -> lines.add(withoutInterface(rule).toString()));
        configuration.services().stream()
                .sorted(Comparator.comparing(service -> service.key().toString()))
                .forEach(service -> add(service, lines));
        return sha256(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
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

    /// The hash covers the text of whole records, so that it cannot miss an option that is added later. A set is sorted
    /// first, because its order differs from process to process.
    private static void add(Configuration.Service service, List<String> lines) {
        lines.add("service " + service.key() + " " + service.scheduler().word() + " "
                + service.flags().stream().sorted().toList() + " " + service.onePacket());
        lines.add(service.persistence().toString());
        lines.add(service.clientLimit().toString());
        service.realServers().forEach(real -> lines.add(real.toString()));
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
