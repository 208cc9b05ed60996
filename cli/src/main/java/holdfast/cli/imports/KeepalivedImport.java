package holdfast.cli.imports;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The import of a `keepalived.conf`.
///
/// Definitions are read before their uses, whatever their order: first the global settings, then the VRRP instances,
/// then the virtual servers.
public final class KeepalivedImport {
    private final Report report = new Report();
    private final Draft draft = new Draft();
    private final KeepalivedVrrp vrrp = new KeepalivedVrrp(draft, report);
    private final KeepalivedServers servers = new KeepalivedServers(draft, report);

    private KeepalivedImport() {}

    /// @param configId  the word after `@` whose lines are meant, as of keepalived's option `-i`; empty for none
    public static Outcome of(Path file, String configId) {
        try {
            return of(SourceFiles.read(file), configId, SourceFiles::included);
        } catch (SourceFault fault) {
            return new Outcome.Refused(fault.mistakes());
        }
    }

    static Outcome of(SourceText source, String configId, SourceFiles.Includes includes) {
        try {
            var read = new KeepalivedImport();
            var lines = KeepalivedLines.of(source, configId, includes, read.report);
            read.read(KeepalivedBlocks.of(lines));
            return Assembly.finish(read.draft, read.report, "keepalived's configuration");
        } catch (SourceFault fault) {
            return new Outcome.Refused(fault.mistakes());
        }
    }

    private void read(List<KeepalivedStatement> statements) {
        statements.forEach(this::check);
        of("global_defs", statements).forEach(this::global);
        vrrp.read(of("vrrp_instance", statements), of("vrrp_sync_group", statements));
        of("virtual_server_group", statements).forEach(servers::group);
        of("virtual_server", statements).forEach(servers::server);
        servers.reportUnusedGroups();
    }

    private static List<KeepalivedStatement> of(String keyword, List<KeepalivedStatement> statements) {
        return statements.stream()
                .filter(statement -> statement.keyword().equals(keyword) && statement.hasBody())
                .toList();
    }

    private void check(KeepalivedStatement statement) {
        var keyword = statement.keyword();
        var reason = KeepalivedWords.TOP.get(keyword);
        if (reason != null) {
            report.noCounterpart(statement.place(), statement.source(), reason);
        } else if (!KeepalivedWords.TOP_READ.contains(keyword)) {
            KeepalivedRest.refuseUnknown(
                    statement,
                    Stream.concat(KeepalivedWords.TOP_READ.stream(), KeepalivedWords.TOP.keySet().stream())
                            .collect(Collectors.toSet()),
                    report);
        } else if (!statement.hasBody()) {
            report.mistake(statement.place(), keyword, "has no block", "write its settings in braces after it");
        }
    }

    private void global(KeepalivedStatement block) {
        report.maps(block.place().first(), block.source(), "its settings are below");
        for (var statement : block.body()) {
            switch (statement.keyword()) {
                case "router_id" -> routerId(statement);
                case "lvs_sync_daemon" -> vrrp.syncDaemon(statement);
                case "lvs_timeouts" -> timeouts(statement);
                case "vrrp_version" -> vrrp.version(statement);
                case "vrrp_garp_master_delay",
                        "garp_master_delay",
                        "vrrp_garp_master_repeat",
                        "garp_master_repeat",
                        "vrrp_garp_master_refresh",
                        "garp_master_refresh",
                        "vrrp_min_garp" -> vrrp.garpDefault(statement);
                default ->
                    KeepalivedRest.other(
                            statement,
                            KeepalivedWords.GLOBAL,
                            Set.of("router_id", "lvs_sync_daemon", "lvs_timeouts", "vrrp_version"),
                            report);
            }
        }
    }

    private void routerId(KeepalivedStatement statement) {
        KeepalivedRest.passOver(statement, report);
        var name = statement.word(1);
        if (name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,31}")) {
            draft.directorName = Optional.of(name);
            report.differs(
                    statement.place(),
                    statement.source(),
                    "director.name: " + name + "; unlike router_id it must differ between the two directors");
        } else {
            report.differs(
                    statement.place(),
                    statement.source(),
                    "director.name is a placeholder: a name has 1 to 32 letters, digits, '.', '_' or '-'");
        }
    }

    private void timeouts(KeepalivedStatement statement) {
        int tcp = draft.ipvs.tcpTimeoutS();
        int fin = draft.ipvs.tcpFinTimeoutS();
        int udp = draft.ipvs.udpTimeoutS();
        for (int i = 1; i < statement.words().size(); i += 2) {
            var seconds = Numbers.integer(statement.word(i + 1), 1, 2_678_400);
            if (seconds.isEmpty()) {
                report.leftOut(
                        statement.place(),
                        statement.source(),
                        "'" + statement.word(i + 1) + "' is no number of seconds from 1 to 2678400");
                return;
            }
            switch (statement.word(i)) {
                case "tcp" -> tcp = seconds.getAsInt();
                case "tcpfin" -> fin = seconds.getAsInt();
                case "udp" -> udp = seconds.getAsInt();
                default -> {
                    report.leftOut(
                            statement.place(), statement.source(), "'" + statement.word(i) + "' is no timeout of IPVS");
                    return;
                }
            }
        }
        draft.ipvs = draft.ipvs.withTimeouts(tcp, fin, udp);
        report.maps(
                statement.place(),
                statement.source(),
                "ipvs.tcp-timeout-s: %d, tcp-fin-timeout-s: %d, udp-timeout-s: %d".formatted(tcp, fin, udp));
    }
}
