package holdfast.conf;

import holdfast.conf.yaml.Node;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Builds a [Configuration] from a YAML tree and checks every rule that depends on the file alone.
///
/// It always reads to the end. A stand-in that is not sound replaces a refused value, and rules that compare values
/// look at sound values only: so the first run finds each mistake and reports it once. The resulting tree is useful
/// only without findings.
final class ConfigurationReader {
    private static final Set<String> TOP = Section.keys(
            "director", "api", "metrics", "fleet", "datapath", "cluster", "vip-groups", "ipvs", "marks", "services");
    private static final Set<String> SHARED = Section.keys("vip-groups", "ipvs", "marks", "services");
    private static final Set<String> REVISION =
            Section.keys("revision", "drains", "client-rules", "vip-groups", "ipvs", "marks", "services");
    private static final Set<String> DIRECTOR = Section.keys("name", "state-dir", "api-socket");
    private static final Set<String> DATAPATH = Section.keys(
            "interfaces",
            "connections-max",
            "templates-max",
            "spin-us",
            "shield",
            "pass-over-unreachable",
            "refuse-no-service",
            "refuse-no-connection");
    private static final Set<String> CLUSTER =
            Section.keys("name", "bind-address", "multicast-address", "multicast-port", "key-file", "sync");
    private final Findings findings;
    private final FileRules files;
    private final VipGroupReader groups;

    ConfigurationReader(Findings findings, Disk disk) {
        this.findings = findings;
        files = new FileRules(disk, findings);
        groups = new VipGroupReader(findings);
    }

    Configuration read(Node root) {
        var top = Section.top(root, TOP, findings);
        var read = groups.read(top);
        var datapath = top.optional("datapath", DATAPATH);
        var interfaces = interfaces(datapath);
        var shared = shared(top, List.of(), groups.vips(), interfaces);
        var director = director(top.required("director", DIRECTOR, "director: {name: d1}"));
        var cluster = cluster(top.required("cluster", CLUSTER, "cluster: {bind-address: 10.255.0.1}"));
        return new Configuration(
                director,
                new ManagementReader(findings, files).read(top, cluster.bindAddress()),
                datapath(datapath),
                interfaces,
                List.of(),
                cluster,
                read,
                shared.ipvs(),
                shared.marks(),
                shared.services());
    }

    /// Reads a text that has the shared sections, for a director that has the rest.
    Configuration readShared(Node root, Configuration own) {
        return shared(Section.top(root, SHARED, findings), own);
    }

    /// Reads a text that has the shared sections, of a director that checked them against its interfaces.
    Shared readShared(Node root) {
        return unfitted(Section.top(root, SHARED, findings));
    }

    /// Reads a text that has the section `revision` and the shared ones.
    ///
    /// @param head  reads that section, and tells whether the shared ones must fit to the director's VIPs
    Configuration readRevision(Node root, Configuration own, Predicate<Section> head) {
        var top = Section.top(root, REVISION, findings);
        return head.test(top) ? shared(top, own) : unfitted(top).in(own);
    }

    private Configuration shared(Section top, Configuration own) {
        var read = groups.readShared(top);
        refuseVip(own.cluster().bindAddress(), read);
        return shared(top, read, read.isEmpty() ? values(own) : read, own.interfaces())
                .in(own);
    }

    private static List<Value<Ipv4>> values(Configuration own) {
        var nowhere = new Node.Mark(0, 0);
        return own.groups().stream()
                .flatMap(group -> group.vips().stream())
                .map(vip -> new Value<>(vip.address(), nowhere, "", "", true))
                .toList();
    }

    private Shared unfitted(Section top) {
        var vips = groups.readShared(top);
        return shared(top, vips, vips, List.of(""));
    }

    /// @param vips   of the text
    /// @param there  on which services may be; none if that was checked before
    private Shared shared(Section top, List<Value<Ipv4>> vips, List<Value<Ipv4>> there, List<String> interfaces) {
        var markReader = new MarkReader(findings, interfaces);
        var serviceReader = new ServiceReader(findings, there);
        var marks = markReader.read(top);
        var services = serviceReader.read(top);
        markReader.checkServices(serviceReader.serviceKeys());
        return new Shared(vips.stream().map(Value::value).toList(), IpvsReader.read(top), marks, services);
    }

    /// Every key of the sections read here, for the test of the documentation.
    static Stream<String> keys() {
        return Stream.of(DIRECTOR, DATAPATH, CLUSTER).flatMap(Set::stream);
    }

    private Configuration.Director director(Section section) {
        var name = section.required("name", Kind.name("choose one that no other director has, such as d1"), "name: d1");
        var stateDir = section.optional("state-dir", Kind.absolutePath(), Path.of("/var/lib/holdfast"));
        var apiSocket =
                section.optional("api-socket", Kind.absolutePath(), Path.of("/run/holdfast/" + name.value() + ".sock"));
        if (stateDir.sound()) {
            files.checkStateDir(stateDir);
        }
        if (apiSocket.sound()) {
            files.checkSocket(apiSocket);
        }
        return new Configuration.Director(name.value(), stateDir.value(), apiSocket.value());
    }

    private static Configuration.Datapath datapath(Section section) {
        var entries = Kind.integer(16, 64_000_000, "a connection takes about 100 bytes of memory, a template about 50");
        var refusal = Kind.constant(Refusal.values(), Refusal::word, Map.of());
        return new Configuration.Datapath(
                section.optional("connections-max", entries, 1_000_000).value(),
                section.optional("templates-max", entries, 1_000_000).value(),
                section.optional("spin-us", Kind.integer(0, 1_000_000, "0 sleeps at once, 50 is the default"), 50)
                        .value(),
                section.optional("shield", Kind.yesOrNo(), true).value(),
                section.optional("pass-over-unreachable", Kind.yesOrNo(), true).value(),
                section.optional("refuse-no-service", refusal, Refusal.ALWAYS).value(),
                section.optional("refuse-no-connection", refusal, Refusal.VOUCHED)
                        .value());
    }

    /// The links of the datapath; the default is the links that carry VIPs.
    private List<String> interfaces(Section datapath) {
        var names = datapath.list("interfaces", Kind.interfaceName());
        if (names == null) {
            return groups.interfaces().stream().map(Value::value).distinct().toList();
        }
        if (names.isEmpty()) {
            datapath.refuse(
                    "interfaces",
                    "is an empty list",
                    "name the interfaces whose packets are to be forwarded, or remove the key for those of the VIPs");
            return List.of();
        }
        findings.refuseRepeated(names, "keep it once");
        if (names.stream().allMatch(Value::sound)) {
            var known = names.stream().map(Value::value).toList();
            groups.interfaces().stream()
                    .filter(name -> name.sound() && !known.contains(name.value()))
                    .forEach(name -> findings.add(
                            name,
                            "is not among the datapath's interfaces " + String.join(", ", known),
                            "add it to datapath.interfaces, or correct it"));
        }
        return names.stream().map(Value::value).toList();
    }

    private Configuration.Cluster cluster(Section section) {
        var name = section.optional("name", Kind.name("the same on every director, such as holdfast"), "holdfast");
        var bind = section.required("bind-address", Kind.unicast(), "bind-address: 10.255.0.1");
        var multicast = section.optional("multicast-address", Kind.multicast(), Ipv4.of("239.255.72.1"));
        var port = section.optional("multicast-port", Kind.integer(1, 65535, "the same on every director"), 7600);
        var keyFile = section.optional("key-file", Kind.absolutePath(), Path.of("/etc/holdfast/cluster.key"));
        if (bind.sound()) {
            refuseVipAsBindAddress(bind);
        }
        if (keyFile.sound()) {
            files.checkKey(keyFile);
        }
        return new Configuration.Cluster(
                name.value(),
                bind.value(),
                multicast.value(),
                port.value(),
                keyFile.value(),
                section.optional("sync", Kind.yesOrNo(), true).value());
    }

    private void refuseVip(Ipv4 bind, List<Value<Ipv4>> vips) {
        vips.stream()
                .filter(vip -> vip.sound() && vip.value().equals(bind))
                .forEach(vip -> findings.add(
                        vip, "is this director's own address on the interconnect", "choose one that may move away"));
    }

    private void refuseVipAsBindAddress(Value<Ipv4> bind) {
        if (groups.vips().stream().anyMatch(vip -> vip.sound() && vip.value().equals(bind.value()))) {
            findings.add(bind, "is a VIP, which moves away", "name this director's own address on the interconnect");
        }
    }
}
