package holdfast.conf;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/// The fingerprint of what two directors must have in common before one may take over from the other.
///
/// It covers the cluster's name and, per group, the vrid, the VIPs and the services. Interface names, paths and
/// priorities are each director's own. The order of VIPs and services means nothing and is left out; that of real
/// servers decides ties in the schedulers and counts.
final class SharedHash {
    /// Begins the text that is hashed, so that another form of it never gives an equal hash by chance.
    private static final String FORM = "holdfast-shared-1";

    private SharedHash() {}

    static String of(Configuration configuration) {
        var lines = new ArrayList<>(
                List.of(FORM, "cluster " + configuration.cluster().name()));
        for (var group : configuration.groups()) {
            lines.add("vrid " + group.vrid());
            group.vips().stream().map(Configuration.Vip::address).sorted().forEach(vip -> lines.add("vip " + vip));
        }
        configuration.services().stream()
                .sorted(Comparator.comparing(service -> service.key().toString()))
                .forEach(service -> add(service, lines));
        return sha256(String.join("\n", lines));
    }

    private static void add(Configuration.Service service, List<String> lines) {
        lines.add("service " + service.key() + " " + service.scheduler().word());
        service.persistence()
                .ifPresent(sticky -> lines.add("persistence " + sticky.timeoutS() + " " + Ipv4.text(sticky.netmask())));
        service.realServers()
                .forEach(real -> lines.add(
                        "real " + real.address() + ":" + real.port() + " " + real.weight() + " " + real.method()));
    }

    private static String sha256(String text) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
