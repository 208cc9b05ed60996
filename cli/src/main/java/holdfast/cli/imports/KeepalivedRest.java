package holdfast.cli.imports;

import holdfast.conf.Suggestion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Reports what no case of a block of keepalived's configuration reads.
final class KeepalivedRest {
    private KeepalivedRest() {}

    static void refuseUnknown(KeepalivedStatement statement, Set<String> known, Report report) {
        report.mistake(
                statement.place(),
                statement.keyword(),
                "is no block of keepalived 2.2",
                Suggestion.bySpelling(statement.keyword(), known)
                        .map("did you mean '%s'?"::formatted)
                        .orElse("see that this is keepalived's configuration, correct the word, or remove the block"));
    }

    /// Reports a statement that no case of a block reads. An unknown block may hold servers, so it ends the import; an
    /// unknown word in a line is passed over, as keepalived does.
    static void other(KeepalivedStatement statement, Map<String, String> reasons, Set<String> read, Report report) {
        var reason = reasons.get(statement.keyword());
        if (reason != null) {
            report.noCounterpart(statement.place(), statement.source(), reason);
            return;
        }
        var known = Stream.concat(reasons.keySet().stream(), read.stream()).collect(Collectors.toSet());
        if (statement.hasBody()) {
            refuseUnknown(statement, known, report);
        } else {
            report.leftOut(
                    statement.place(),
                    statement.source(),
                    "is no keyword of keepalived 2.2 here"
                            + Suggestion.bySpelling(statement.keyword(), known)
                                    .map("; did you mean '%s'?"::formatted)
                                    .orElse(""));
        }
    }

    /// The statements of a block that count: of several with the same keyword the last one. Reports the others, and
    /// words after a value.
    ///
    /// @param single  keywords with one value at most
    static List<KeepalivedStatement> effective(List<KeepalivedStatement> body, Set<String> single, Report report) {
        var lastOf = new HashMap<String, KeepalivedStatement>();
        var effective = new ArrayList<KeepalivedStatement>();
        for (var statement : body.reversed()) {
            if (!single.contains(statement.keyword())) {
                effective.addFirst(statement);
                continue;
            }
            passOver(statement, report);
            var last = lastOf.putIfAbsent(statement.keyword(), statement);
            if (last == null) {
                effective.addFirst(statement);
            } else {
                report.leftOut(
                        statement.place(),
                        statement.source(),
                        "line " + last.place().line() + " sets it again");
            }
        }
        return effective;
    }

    static void passOver(KeepalivedStatement statement, Report report) {
        if (statement.words().size() > 2) {
            var rest = statement.words().subList(2, statement.words().size());
            report.leftOut(
                    statement.place(),
                    String.join(" ", rest),
                    "follows the value, and keepalived passes over it: a setting has a line of its own");
        }
    }
}
