package holdfast.cli;

import holdfast.admin.FailoverReadiness;
import holdfast.admin.Role;
import holdfast.admin.Status;
import holdfast.admin.Sync;
import holdfast.conf.KebabCase;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A director at a glance. The first line alone answers the operator's question at three in the morning.
final class StatusText {
    private StatusText() {}

    static String of(Status status) {
        var lines = new ArrayList<String>();
        lines.add(headline(status));
        status.failover().reasons().forEach(reason -> lines.add("  - " + reason));
        faults(status).forEach(fault -> lines.add("  ! " + fault));
        status.alarms().forEach(alarm -> lines.add("  ALARM: " + alarm));
        lines.add("");
        lines.add(row("group", group(status)));
        lines.add(row("since", since(status)));
        addBlock(lines, "vips", status.vips().stream().map(StatusText::vip).toList());
        lines.add(row("adverts", adverts(status.adverts())));
        var peers = status.sync().peers().stream()
                .map(peer -> heard(peer) + (status.role() == Role.ACTIVE ? measured(peer) : ""))
                .toList();
        addBlock(lines, "peers", peers.isEmpty() ? List.of("none was seen") : peers);
        lines.add(row(
                "forwarded",
                Text.count(status.datapath().packetsForwarded(), "packet") + ", "
                        + Text.bytes(status.datapath().bytesForwarded())));
        lines.add(row("dropped", sum(status.datapath().drops())));
        var passedOver = status.datapath().passedOver();
        if (passedOver != null && !passedOver.isEmpty()) {
            lines.add(row("servers", passedOver(passedOver)));
        }
        var unrouted = status.datapath().unrouted();
        if (unrouted != null) {
            lines.add(row("routes", "no route to " + unrouted + ", whose packets are dropped; see ip route"));
        }
        lines.add(row(
                "tables",
                "connections %s, templates %s"
                        .formatted(
                                table(status.datapath().connections()),
                                table(status.datapath().templates()))));
        lines.add(row("config", config(status)));
        lines.add(row(
                "process",
                "pid %d, version %s, up %s".formatted(status.pid(), status.version(), Text.ms(status.uptimeMs()))));
        return String.join(System.lineSeparator(), lines);
    }

    /// The faults that are not among the reasons already, as a standby's own are.
    static List<String> faults(Status status) {
        return status.faults().stream()
                .filter(fault -> status.failover().reasons().stream().noneMatch(reason -> reason.endsWith(fault)))
                .toList();
    }

    static String headline(Status status) {
        var readiness = status.failover();
        return "%s. Safe to fail over%s now: %s. If %s died now: %s."
                .formatted(
                        role(status),
                        readiness.to() == null ? "" : " to " + readiness.to(),
                        readiness.safe() == FailoverReadiness.Safe.YES
                                ? "yes"
                                : readiness.safe().name(),
                        status.role() == Role.ACTIVE ? "it" : active(readiness),
                        status.role() == Role.ACTIVE ? loss(readiness) : service(status));
    }

    /// `d1 is ACTIVE`, `d2 is STANDBY of d1`.
    static String role(Status status) {
        var active = status.failover().active();
        return "%s is %s%s"
                .formatted(
                        status.director(),
                        KebabCase.of(status.role()).toUpperCase(Locale.ROOT),
                        status.role() == Role.STANDBY && active != null ? " of " + active : "");
    }

    private static String active(FailoverReadiness readiness) {
        return readiness.active() == null ? "the active" : readiness.active();
    }

    /// A standby's view: whether it would serve, and the age of its copy. Only the active knows the losses.
    private static String service(Status status) {
        var readiness = status.failover();
        var copy = readiness.copyAgeMs() == null
                ? "a copy of UNKNOWN age"
                : "a copy " + Text.ms(readiness.copyAgeMs()) + " old";
        return switch (readiness.safe()) {
            case YES -> "%s would serve, with %s".formatted(status.director(), copy);
            case NO -> "%s might NOT serve; it has %s".formatted(status.director(), copy);
            case UNKNOWN -> "UNKNOWN whether %s would serve; it has %s".formatted(status.director(), copy);
        };
    }

    private static String loss(FailoverReadiness readiness) {
        var templates = readiness.templatesAtRisk();
        var connections = readiness.connectionsAtRisk();
        if (readiness.to() == null && readiness.safe() == FailoverReadiness.Safe.NO) {
            return "NOBODY would serve";
        }
        if (templates == null && connections == null) {
            return "UNKNOWN what would be lost";
        }
        if (templates != null && templates == 0 && connections != null && connections == 0) {
            return readiness.safe() == FailoverReadiness.Safe.YES
                    ? "nothing would be lost"
                    : "%s might NOT serve, though it lacks no entry".formatted(readiness.to());
        }
        return "%s and %s lost, the oldest change %s old"
                .formatted(
                        Text.countOrUnknown(templates, "template"),
                        Text.countOrUnknown(connections, "connection"),
                        Text.ms(readiness.oldestUnsyncedMs()));
    }

    private static String config(Status status) {
        var config = status.config();
        var text = new StringBuilder(
                config.ofFile() ? "of " + status.director() + "'s file" : "revision " + config.revision());
        if (config.drains() + config.clientRules() > 0) {
            text.append(", by hand ")
                    .append(Text.count(config.drains(), "drain"))
                    .append(" and ")
                    .append(Text.count(config.clientRules(), "client rule"));
        }
        if (config.reducedByAgents() > 0) {
            text.append(", by agents ")
                    .append(Text.count(config.reducedByAgents(), "real server"))
                    .append(" below 100 %");
        }
        if (config.fileDiffers()) {
            text.append("; the file says otherwise, see 'holdfast config show'");
        }
        return text.toString();
    }

    private static String group(Status status) {
        return "%s, vrid %d, priority %d, %s"
                .formatted(status.group(), status.vrid(), status.priority(), SyncText.term(status.term()));
    }

    private static String since(Status status) {
        var last = status.lastTransition();
        return last == null
                ? "the start"
                : "%s ago, from %s: %s".formatted(Text.ms(last.ageMs()), KebabCase.of(last.from()), last.cause());
    }

    static String vip(Status.Vip vip) {
        return vip.address() + " on " + vip.interfaceName() + (vip.answered() ? ", answered" : ", not answered");
    }

    private static String adverts(Status.Adverts adverts) {
        var from = adverts.lastReceivedFrom() == null ? "" : " from " + adverts.lastReceivedFrom();
        var last = adverts.lastReceivedAgeMs() == null
                ? ""
                : ", the last" + from + " " + Text.ms(adverts.lastReceivedAgeMs()) + " ago";
        return "every %s; sent %d, received %d%s; refused %s%s"
                .formatted(
                        Text.ms((long) adverts.intervalMs()),
                        adverts.sent(),
                        adverts.received(),
                        last,
                        sum(adverts.refused()),
                        happened(adverts.counts()));
    }

    private static String happened(Map<String, Long> counts) {
        return counts.entrySet().stream()
                .filter(count -> count.getValue() > 0)
                .sorted(Map.Entry.comparingByKey())
                .map(count -> "; " + count.getKey() + " " + count.getValue())
                .collect(Collectors.joining());
    }

    private static String heard(Sync.Peer peer) {
        var word = peer.word();
        return "%s %s, %s, last heard %s"
                .formatted(
                        peer.name(),
                        KebabCase.of(peer.state()).toUpperCase(Locale.ROOT),
                        word == null ? "standing unknown" : KebabCase.of(word.standing()) + " " + ago(word.ageMs()),
                        ago(peer.lastHeardAgeMs()));
    }

    /// Only the active measures the lag of another director.
    private static String measured(Sync.Peer peer) {
        return ", last ack %s, lag p50 %s p99 %s, unsynced %s and %s"
                .formatted(
                        ago(peer.lastAckAgeMs()),
                        Text.micros(peer.lagP50Micros()),
                        Text.micros(peer.lagP99Micros()),
                        Text.countOrUnknown(peer.unsyncedTemplates(), "template"),
                        Text.countOrUnknown(peer.unsyncedConnections(), "connection"));
    }

    static String passedOver(List<String> addresses) {
        return String.join(", ", addresses) + " unreachable, passed over for new clients while others are there";
    }

    private static String ago(@Nullable Long ms) {
        return ms == null ? Text.UNKNOWN : Text.ms(ms) + " ago";
    }

    /// `3 (bad-checksum 1, no-service 2)`.
    private static String sum(Map<String, Long> reasons) {
        long sum = reasons.values().stream().mapToLong(Long::longValue).sum();
        var named = reasons.entrySet().stream()
                .filter(reason -> reason.getValue() != 0)
                .sorted(Map.Entry.comparingByKey())
                .map(reason -> reason.getKey() + " " + reason.getValue())
                .collect(Collectors.joining(", "));
        return named.isEmpty() ? "0" : sum + " (" + named + ")";
    }

    private static String table(Status.@Nullable Table table) {
        return table == null ? Text.UNKNOWN : table.used() + " of " + table.max();
    }

    private static void addBlock(List<String> lines, String name, List<String> values) {
        for (int i = 0; i < values.size(); i++) {
            lines.add(row(i == 0 ? name : "", values.get(i)));
        }
    }

    private static String row(String name, String value) {
        return "%-10s %s".formatted(name, value);
    }
}
