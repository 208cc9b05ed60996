package holdfast.conf;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Reads the sections `api`, `metrics` and `fleet`.
final class ManagementReader {
    private static final Set<String> API =
            Section.keys("group", "socket-role", "listen", "certificate", "private-key", "client-ca", "users-file");
    private static final Set<String> METRICS = Section.keys("listen");
    private static final Set<String> FLEET = Section.keys("site", "listen", "members", "key-file", "follow");
    private static final int FLEET_PORT = 7700;

    private final Findings findings;
    private final FileRules files;

    ManagementReader(Findings findings, FileRules files) {
        this.findings = findings;
        this.files = files;
    }

    /// Every key of the sections read here, for the test of the documentation.
    static Stream<String> keys() {
        return Stream.of(API, METRICS, FLEET).flatMap(Set::stream);
    }

    Management read(Section top, Ipv4 interconnect) {
        return new Management(
                api(top.optional("api", API)),
                metrics(top),
                top.has("fleet") ? Optional.of(fleet(top.optional("fleet", FLEET), interconnect)) : Optional.empty());
    }

    private Management.Api api(Section section) {
        var group = section.has("group")
                ? Optional.of(section.required("group", Kind.account(), "group: holdfast")
                        .value())
                : Optional.<String>empty();
        var role =
                section.optional("socket-role", Kind.constant(Access.values(), Access::word, Map.of()), Access.ADMIN);
        return new Management.Api(group, role.value(), users(section), remote(section));
    }

    private Optional<Path> users(Section section) {
        if (!section.has("users-file") && !section.has("listen")) {
            return Optional.empty();
        }
        var users = file(section, "users-file", "/etc/holdfast/users");
        if (users.sound()) {
            files.checkUsers(users);
        }
        return Optional.of(users.value());
    }

    private Optional<Management.Remote> remote(Section section) {
        if (!section.has("listen")) {
            Stream.of("certificate", "private-key", "client-ca")
                    .filter(section::has)
                    .forEach(key -> section.refuse(
                            key, "has no use without api.listen", "add 'listen: 10.0.0.1:7680', or remove it"));
            return Optional.empty();
        }
        var listen = section.required("listen", Kind.listenAddress(), "listen: 10.0.0.1:7680");
        var certificate = file(section, "certificate", "/etc/holdfast/api.crt");
        var key = file(section, "private-key", "/etc/holdfast/api.key");
        if (key.sound()) {
            files.checkPrivate(key);
        }
        var clientCa = section.has("client-ca")
                ? Optional.of(
                        file(section, "client-ca", "/etc/holdfast/clients.crt").value())
                : Optional.<Path>empty();
        return Optional.of(new Management.Remote(listen.value(), certificate.value(), key.value(), clientCa));
    }

    private Value<Path> file(Section section, String key, String usual) {
        var file = section.optional(key, Kind.absolutePath(), Path.of(usual));
        if (file.sound()) {
            files.checkReadable(file);
        }
        return file;
    }

    private static Optional<ListenAddress> metrics(Section top) {
        return top.has("metrics")
                ? Optional.of(top.optional("metrics", METRICS)
                        .required("listen", Kind.listenAddress(), "listen: 10.0.0.1:7690")
                        .value())
                : Optional.empty();
    }

    private Management.Fleet fleet(Section section, Ipv4 interconnect) {
        var site = section.optional("site", Kind.name("the same on every director of the fleet, such as site"), "site");
        var usual = new ListenAddress(interconnect, FLEET_PORT);
        var listen = section.optional("listen", Kind.listenAddress(), usual);
        var members = section.list("members", Kind.listenAddress());
        if (members == null || members.isEmpty()) {
            section.refuse(
                    "members",
                    "names no other director",
                    "add the addresses of the others in the fleet, such as 'members: [10.255.0.2:7700]'");
        } else {
            findings.refuseRepeated(members, "keep it once");
        }
        var key = section.optional("key-file", Kind.absolutePath(), Path.of("/etc/holdfast/fleet.key"));
        if (key.sound()) {
            files.checkKey(key);
        }
        var follow = section.has("follow")
                ? Optional.of(
                        section.required("follow", Kind.name("write the cluster.name of that pair"), "follow: front")
                                .value())
                : Optional.<String>empty();
        return new Management.Fleet(
                site.value(),
                listen.value(),
                members == null ? List.of() : members.stream().map(Value::value).toList(),
                key.value(),
                follow);
    }
}
