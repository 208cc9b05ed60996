package holdfast.cli.imports;

import holdfast.conf.Configuration;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.Ipv4;
import holdfast.conf.ServiceKey;
import holdfast.conf.Shared;
import holdfast.conf.SharedText;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// A director's file as YAML, with a comment at each placeholder.
final class DirectorText {
    private static final String PLACEHOLDER_INTERFACE = "eth0";

    private final Draft draft;
    private final List<Configuration.Service> services;
    private final Report report;
    private final StringBuilder text = new StringBuilder();

    DirectorText(Draft draft, List<Configuration.Service> services, Report report) {
        this.draft = draft;
        this.services = services;
        this.report = report;
    }

    String text(String program) {
        line("# Imported from " + program + ". Replace the placeholders, which are marked FILL IN, then run");
        line("# 'holdfast config check' on this file. The second director has its own name, addresses and priority.");
        line("# The source has no sysctls: copy those of net.ipv4.vs that you have set into the section ipvs.");
        director();
        datapath();
        cluster();
        group();
        marks();
        text.append(SharedText.of(new Shared(List.of(), draft.ipvs, List.of(), services)));
        return text.toString();
    }

    private void director() {
        line("director:");
        line(
                "  name: ",
                draft.directorName.map(DirectorText::scalar),
                "d1",
                "director.name",
                "a name that no other director of the cluster has");
        line("  state-dir: /var/lib/holdfast");
    }

    /// Replies of NAT servers come in on a link that the source does not name.
    private void datapath() {
        var nat = services.stream()
                .flatMap(service -> service.realServers().stream())
                .anyMatch(real -> real.method() == ForwardingMethod.NAT);
        if (nat) {
            line("datapath:");
            fillIn(
                    "  interfaces: ["
                            + interfaces().stream().map(DirectorText::scalar).collect(Collectors.joining(", ")) + "]",
                    "datapath.interfaces",
                    "add the link to the NAT real servers if it is another one, because their replies come in there");
        }
    }

    private Set<String> interfaces() {
        var all = new LinkedHashSet<String>();
        if (draft.vips.isEmpty()) {
            all.add(groupInterface());
        }
        draft.vips.forEach(vip -> all.add(vip.interfaceName().orElse(groupInterface())));
        return all;
    }

    private String groupInterface() {
        return draft.group.interfaceName.orElse(PLACEHOLDER_INTERFACE);
    }

    private void cluster() {
        line("cluster:");
        fillIn(
                "  bind-address: " + free(Ipv4.of("10.255.0.1")),
                "cluster.bind-address",
                "this director's own address on the interconnect"
                        + draft.syncInterface
                                .map(name -> ", such as that on " + name)
                                .orElse(""));
        line("  key-file: /etc/holdfast/cluster.key");
    }

    /// An address that is neither a VIP nor a real server, since the check refuses a placeholder that is one.
    private Ipv4 free(Ipv4 first) {
        return IntStream.range(first.bits(), first.bits() + 100_000)
                .mapToObj(Ipv4::new)
                .filter(address -> !draft.hasVip(address)
                        && services.stream()
                                .flatMap(service -> service.realServers().stream())
                                .noneMatch(real -> real.address().equals(address)))
                .findFirst()
                .orElseThrow();
    }

    private void group() {
        var group = draft.group;
        line("vip-groups:");
        line("  - name: " + scalar(group.name.orElse("main")));
        line(
                "    vrid: ",
                group.vrid.map(Object::toString),
                "51",
                "vip-groups[0].vrid",
                "a number that no other VRRP group on this LAN has, the same on both directors");
        line(
                "    interface: ",
                group.interfaceName.map(DirectorText::scalar),
                PLACEHOLDER_INTERFACE,
                "vip-groups[0].interface",
                "the link that the clients come in on");
        line("    priority: " + group.priority.orElse(100));
        line("    preempt: " + group.preempt.orElse(false));
        group.advertIntervalMs.ifPresent(interval -> line("    advert-interval-ms: " + interval));
        if (group.garpRepeatAtMs.isPresent() || group.garpRefreshS.isPresent()) {
            line("    garp:");
            group.garpRepeatAtMs.ifPresent(times -> line("      repeat-at-ms: " + times));
            group.garpRefreshS.ifPresent(refresh -> line("      refresh-s: " + refresh));
        }
        vips();
    }

    private void vips() {
        line("    vips:");
        if (draft.vips.isEmpty()) {
            fillIn(
                    "      - " + free(Ipv4.of("192.0.2.10")),
                    "vip-groups[0].vips",
                    "the addresses that clients connect to");
        }
        for (var vip : draft.vips) {
            line(vip.interfaceName()
                    .map(name -> "      - {address: " + vip.address() + ", interface: " + scalar(name) + "}")
                    .orElse("      - " + vip.address()));
        }
    }

    /// No source has our mark rules: netfilter's rules give packets their marks.
    private void marks() {
        var marks = services.stream()
                .map(Configuration.Service::key)
                .filter(ServiceKey::isMark)
                .map(key -> Integer.toUnsignedString(key.mark()))
                .toList();
        if (!marks.isEmpty()) {
            var vip =
                    draft.vips.isEmpty() ? "192.0.2.10" : draft.vips.getFirst().address();
            line("# FILL IN: rules for the " + (marks.size() == 1 ? "mark " : "marks ") + String.join(", ", marks)
                    + ", such as");
            line("# marks:");
            line("#   - {mark: " + marks.getFirst() + ", destination: " + vip
                    + ", protocol: tcp, destination-ports: [80, 443]}");
            report.fillIn(
                    "marks",
                    "rules that give the packets their marks " + String.join(", ", marks)
                            + ", which netfilter's rules did: a service without one is idle");
        }
    }

    private void line(String start, Optional<String> value, String placeholder, String key, String what) {
        if (value.isPresent()) {
            line(start + value.get());
        } else {
            fillIn(start + placeholder, key, what);
        }
    }

    private void fillIn(String line, String key, String what) {
        line(line + "    # FILL IN: " + what);
        report.fillIn(key, what);
    }

    private void line(String line) {
        text.append(line).append('\n');
    }

    /// Quoted where YAML might read something else.
    private static String scalar(String value) {
        return value.matches("[A-Za-z][A-Za-z0-9._-]*") && !value.matches("(?i)null|true|false|yes|no|on|off")
                ? value
                : "'" + value.replace("'", "''") + "'";
    }
}
