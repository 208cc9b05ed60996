package holdfast.cli;

import holdfast.admin.FailoverReadiness;
import holdfast.admin.FleetView;
import holdfast.admin.Role;
import holdfast.conf.KebabCase;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The directors of a site for a reader, each on its line, and behind them what is wrong with each.
final class FleetText {
    private static final String[] HEAD = {
        "CLUSTER", "GROUP", "DIRECTOR", "ROLE", "TERM", "SAFE", "LAG-P99", "UNSYNCED", "REVISION", "HEARD", "HEALTH"
    };
    private static final String NONE = "-";

    private FleetText() {}

    static String of(FleetView fleet) {
        var lines = new ArrayList<String>();
        lines.add(headline(fleet));
        fleet.troubles().forEach(trouble -> lines.add("  ! " + trouble));
        var table = new TextTable(HEAD);
        fleet.directors().forEach(director -> table.add(row(director)));
        lines.addAll(table.lines());
        fleet.directors().stream()
                .filter(director -> !director.silent()) // what it said last may be long untrue
                .forEach(director -> lines.addAll(words(director)));
        return String.join(System.lineSeparator(), lines);
    }

    private static String headline(FleetView fleet) {
        var directors = fleet.directors();
        long clusters =
                directors.stream().map(FleetView.Member::cluster).distinct().count();
        long silent = directors.stream().filter(FleetView.Member::silent).count();
        return "Site %s: %s in %s%s"
                .formatted(
                        fleet.site(),
                        Text.count(directors.size(), "director"),
                        Text.count(clusters, "cluster"),
                        silent == 0 ? "" : ", " + silent + " SILENT");
    }

    private static String[] row(FleetView.Member director) {
        return new String[] {
            director.cluster(),
            director.group(),
            director.director(),
            KebabCase.of(director.role()) + (director.silent() ? "?" : ""),
            director.term() == null ? Text.UNKNOWN : Integer.toString(director.term()),
            safe(director),
            ofStandbys(director, standby -> Text.micros(standby.lagP99Micros())),
            ofStandbys(director, standby -> Text.orUnknown(standby.unsyncedEntries())),
            director.ofFile() ? "file" : director.revision(),
            Text.ms(director.heardAgeMs()),
            health(director)
        };
    }

    /// What a silent director said last is no answer any more.
    private static String safe(FleetView.Member director) {
        return director.silent()
                ? FailoverReadiness.Safe.UNKNOWN.name()
                : director.safe() == FailoverReadiness.Safe.YES
                        ? "yes"
                        : director.safe().name();
    }

    /// Only the active measures its standbys.
    private static String ofStandbys(FleetView.Member director, Function<FleetView.Standby, String> word) {
        return director.silent()
                        || director.role() != Role.ACTIVE
                        || director.standbys().isEmpty()
                ? NONE
                : director.standbys().stream().map(word).collect(Collectors.joining(","));
    }

    private static String health(FleetView.Member director) {
        if (director.silent()) {
            return "SILENT for " + Text.ms(director.heardAgeMs());
        }
        var parts = new ArrayList<String>();
        if (!director.faults().isEmpty()) {
            parts.add(Text.count(director.faults().size(), "fault"));
        }
        if (!director.alarms().isEmpty()) {
            parts.add(Text.count(director.alarms().size(), "alarm"));
        }
        return parts.isEmpty() ? "ok" : String.join(", ", parts);
    }

    private static List<String> words(FleetView.Member director) {
        var who = director.director() + " of " + director.cluster() + ": ";
        var follows = director.follows();
        return Stream.of(
                        director.reasons().stream().map(reason -> "  - " + who + reason),
                        director.faults().stream()
                                .filter(fault ->
                                        director.reasons().stream().noneMatch(reason -> reason.endsWith(fault)))
                                .map(fault -> "  ! " + who + fault),
                        director.alarms().stream().map(alarm -> "  ALARM: " + who + alarm),
                        follows == null ? Stream.<String>empty() : Stream.of(follows(who, follows)))
                .flatMap(lines -> lines)
                .toList();
    }

    private static String follows(String who, FleetView.Follows follows) {
        return "  " + who + "follows " + follows.cluster() + ", "
                + (follows.revision() == null ? "and has taken nothing yet" : "revision " + follows.revision())
                + (follows.trouble() == null ? "" : "; " + follows.trouble());
    }
}
