package holdfast.cli.imports;

import holdfast.conf.Mistake;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The findings and mistakes of an import, as they come; an equal one is kept once.
final class Report {
    /// More mistakes than these help nobody, and a file of another kind would make one for each of its lines.
    private static final int MISTAKES_MAX = 20;

    private static final Set<Finding.Kind> LOST = Set.of(Finding.Kind.NO_COUNTERPART, Finding.Kind.LEFT_OUT);

    private final Set<Finding> findings = new LinkedHashSet<>();
    private final List<Mistake> mistakes;

    Report() {
        this(new ArrayList<>());
    }

    private Report(List<Mistake> mistakes) {
        this.mistakes = mistakes;
    }

    /// Findings that count only if they are added to this report; mistakes count at once.
    Report child() {
        return new Report(mistakes);
    }

    void add(Place place, Finding.Kind kind, String source, String result) {
        findings.add(Finding.of(place, kind, source, result));
    }

    void maps(Place place, String source, String result) {
        add(place, Finding.Kind.MAPS, source, result);
    }

    void differs(Place place, String source, String result) {
        add(place, Finding.Kind.DIFFERS, source, result);
    }

    void noCounterpart(Place place, String source, String why) {
        add(place, Finding.Kind.NO_COUNTERPART, source, why);
    }

    void leftOut(Place place, String source, String why) {
        add(place, Finding.Kind.LEFT_OUT, source, why);
    }

    /// Adds what is lost in another report, unless a place covers it: that stays true when all else is left out.
    void addLost(Report other, Place covered) {
        other.findings.stream()
                .filter(finding -> LOST.contains(finding.kind()) && !finding.isIn(covered))
                .forEach(findings::add);
    }

    void fillIn(String key, String what) {
        findings.add(new Finding("", 0, 0, Finding.Kind.FILL_IN, key, what));
    }

    void addAll(Report other) {
        findings.addAll(other.findings);
    }

    /// Notes a mistake that ends the import, though not at once.
    void mistake(Place place, String value, String rule, String remedy) {
        mistakes.add(SourceFault.mistake(place, value, rule, remedy));
        if (mistakes.size() == MISTAKES_MAX) {
            mistakes.add(SourceFault.mistake(
                    new Place(place.file(), 0, 0),
                    "",
                    "may have more mistakes than these " + MISTAKES_MAX,
                    "see that it is the file you meant, or correct these first"));
            throw new SourceFault(mistakes);
        }
    }

    void refuseIfWrong() {
        if (!mistakes.isEmpty()) {
            throw new SourceFault(mistakes);
        }
    }

    /// All findings in the order of the source, its files in the order of their first finding; placeholders last.
    List<Finding> sorted() {
        var files = new ArrayList<>(new LinkedHashSet<>(findings.stream()
                .map(Finding::file)
                .filter(file -> !file.isEmpty())
                .toList()));
        files.add("");
        return findings.stream()
                .sorted(Comparator.comparingInt((Finding finding) -> files.indexOf(finding.file()))
                        .thenComparingInt(Finding::line))
                .toList();
    }
}
