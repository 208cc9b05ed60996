package holdfast.conf;

import holdfast.conf.yaml.YamlFault;
import holdfast.conf.yaml.YamlText;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The shared part of a configuration as YAML, in the form in which the file has it: equal parts have equal texts.
///
/// Settings of IPVS are written only where they are not IPVS's defaults.
public final class SharedText {
    private final StringBuilder text = new StringBuilder();

    private SharedText() {}

    /// The sections `vip-groups`, `ipvs`, `marks` and `services`.
    public static String of(Shared shared) {
        return vips(shared.vips()) + withoutVips(shared);
    }

    /// One line for each VIP, which shows in a comparison.
    private static String vips(List<Ipv4> vips) {
        return vips.isEmpty()
                ? ""
                : vips.stream()
                        .map(vip -> "      - " + vip + "\n")
                        .collect(Collectors.joining("", "vip-groups:\n  - vips:\n", ""));
    }

    static String withoutVips(Shared shared) {
        var writer = new SharedText();
        writer.ipvs(shared.ipvs());
        writer.marks(shared.marks());
        writer.services(shared.services());
        return writer.text.toString();
    }

    /// Reads the text that a director made of its shared part.
    ///
    /// @throws IllegalArgumentException if it is not right, such as that of another version of Holdfast
    public static Shared read(String text) {
        var findings = new Findings(Path.of("configuration"));
        try {
            var shared = new ConfigurationReader(findings, Disk.REAL).readShared(YamlText.parse(text));
            findings.sorted().stream().findFirst().ifPresent(mistake -> {
                throw new IllegalArgumentException(mistake.toString());
            });
            return shared;
        } catch (YamlFault fault) {
            throw new IllegalArgumentException("line " + fault.at().line() + " " + fault.rule(), fault);
        }
    }

    /// The findings of a director about a shared part; the interfaces of mark rules are not checked.
    ///
    /// @param mistakes  for which it would refuse the shared part
    /// @param warnings  about settings that are seldom meant
    public record Checked(List<Mistake> mistakes, List<Mistake> warnings) {
        public Checked {
            mistakes = List.copyOf(mistakes);
            warnings = List.copyOf(warnings);
        }
    }

    /// Checks a shared part that has its VIPs.
    public static Checked check(Shared shared) {
        var findings = new Findings(Path.of("configuration"));
        var _ = new ConfigurationReader(findings, Disk.REAL).readShared(YamlText.parse(of(shared)));
        return new Checked(findings.sorted(), findings.sortedWarnings());
    }

    private void ipvs(Ipvs ipvs) {
        var changed = Stream.of(Ipvs.class.getRecordComponents())
                .filter(setting -> !value(setting, ipvs).equals(value(setting, Ipvs.DEFAULT)))
                .toList();
        if (!changed.isEmpty()) {
            line("ipvs:");
            changed.forEach(setting -> line("  " + key(setting) + ": " + value(setting, ipvs)));
        }
    }

    private static Object value(RecordComponent setting, Ipvs ipvs) {
        try {
            return setting.getAccessor().invoke(ipvs);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot read the setting " + setting.getName(), e);
        }
    }

    /// `expire-nodest-conn` for `expireNodestConn`.
    private static String key(RecordComponent setting) {
        return KebabCase.ofName(setting.getName().replaceAll("(?=[A-Z])", "_"));
    }

    private void marks(List<MarkRule> rules) {
        if (!rules.isEmpty()) {
            line("marks:");
            rules.forEach(rule -> line("  - " + mark(rule)));
        }
    }

    private static String mark(MarkRule rule) {
        var parts = new ArrayList<String>();
        parts.add("mark: " + Integer.toUnsignedString(rule.mark()));
        rule.source().ifPresent(source -> parts.add("source: " + source));
        rule.destination().ifPresent(destination -> parts.add("destination: " + destination));
        rule.protocol().ifPresent(protocol -> parts.add("protocol: " + protocol.word()));
        ports("source-ports", rule.sourcePorts(), parts);
        ports("destination-ports", rule.destinationPorts(), parts);
        rule.interfaceName().ifPresent(name -> parts.add("interface: " + quoted(name)));
        return braces(parts);
    }

    private static void ports(String key, List<MarkRule.PortRange> ranges, List<String> parts) {
        if (!ranges.isEmpty()) {
            parts.add(key + ": " + list(ranges.stream()));
        }
    }

    private void services(List<Configuration.Service> services) {
        line(services.isEmpty() ? "services: []" : "services:");
        services.forEach(this::service);
    }

    private void service(Configuration.Service service) {
        line("  - service: " + service.key());
        line("    scheduler: " + service.scheduler().word());
        if (!service.flags().isEmpty()) {
            line("    scheduler-flags: "
                    + list(service.flags().stream().sorted().map(SchedulerFlag::word)));
        }
        service.persistence().ifPresent(persistence -> line("    persistence: " + persistence(persistence)));
        if (service.onePacket()) {
            line("    one-packet: true");
        }
        service.clientLimit().ifPresent(limit -> line("    client-limit: " + limit(limit)));
        var forwarding = forwarding(service);
        line("    forwarding: " + KebabCase.of(forwarding));
        line(service.realServers().isEmpty() ? "    real-servers: []" : "    real-servers:");
        service.realServers().forEach(real -> line("      - " + real(real, forwarding)));
    }

    private static String persistence(Configuration.Persistence persistence) {
        var parts = new ArrayList<String>();
        parts.add("timeout-s: " + persistence.timeoutS());
        if (persistence.netmask() != -1) {
            parts.add("netmask: " + new Ipv4(persistence.netmask()));
            if (!Netmask.isContiguous(persistence.netmask())) {
                parts.add("allow-sparse-netmask: true");
            }
        }
        if (persistence.rearm() != RearmPolicy.IPVS) {
            parts.add("rearm: " + persistence.rearm().word());
        }
        persistence.engine().ifPresent(engine -> parts.add("engine: " + engine.word()));
        return braces(parts);
    }

    private static String limit(Configuration.ClientLimit limit) {
        var parts = new ArrayList<String>();
        addUnlessZero("connections", limit.connections(), parts);
        addUnlessZero("new-per-second", limit.newPerSecond(), parts);
        return braces(parts);
    }

    /// That of the most real servers, so that few of them name their own.
    private static ForwardingMethod forwarding(Configuration.Service service) {
        long direct = service.realServers().stream()
                .filter(real -> real.method() == ForwardingMethod.DR)
                .count();
        return direct * 2 > service.realServers().size() ? ForwardingMethod.DR : ForwardingMethod.NAT;
    }

    private static String real(Configuration.RealServer real, ForwardingMethod ofService) {
        var parts = new ArrayList<String>();
        parts.add("address: " + real.address());
        parts.add("port: " + real.port());
        parts.add("weight: " + real.weight());
        if (real.method() != ofService) {
            parts.add("forwarding: " + KebabCase.of(real.method()));
        }
        addUnlessZero("upper-threshold", real.upperThreshold(), parts);
        addUnlessZero("lower-threshold", real.lowerThreshold(), parts);
        real.drain().ifPresent(drain -> {
            parts.add("drain: " + drain.mode().word());
            addUnlessZero("drain-deadline-s", drain.deadlineS(), parts);
        });
        return braces(parts);
    }

    private static void addUnlessZero(String key, long value, List<String> parts) {
        if (value != 0) {
            parts.add(key + ": " + value);
        }
    }

    /// Any text of one line as one scalar.
    static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    private static String braces(List<String> parts) {
        return "{" + String.join(", ", parts) + "}";
    }

    private static String list(Stream<?> items) {
        return items.map(Object::toString).collect(Collectors.joining(", ", "[", "]"));
    }

    private void line(String line) {
        text.append(line).append('\n');
    }
}
