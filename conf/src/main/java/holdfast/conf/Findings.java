package holdfast.conf;

import holdfast.conf.yaml.Node;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;

/// The mistakes found so far in one file, and its warnings.
final class Findings {
    private final Path file;
    private final List<Mistake> mistakes = new ArrayList<>();
    private final List<Mistake> warnings = new ArrayList<>();

    Findings(Path file) {
        this.file = file;
    }

    void add(Node.Mark at, String key, String value, String rule, String remedy) {
        mistakes.add(new Mistake(file, at.line(), at.column(), key, value, rule, remedy));
    }

    void add(Value<?> value, String rule, String remedy) {
        add(value.at(), value.key(), value.written(), rule, remedy);
    }

    /// Warns of a setting that IPVS accepts but that is seldom meant.
    void warn(Value<?> value, String rule, String remedy) {
        var at = value.at();
        warnings.add(new Mistake(file, at.line(), at.column(), value.key(), value.written(), rule, remedy));
    }

    /// Reports each sound value that repeats an earlier one of the list.
    <T> void refuseRepeated(List<Value<T>> values, String remedy) {
        var firstOf = new HashMap<T, Value<T>>();
        for (var value : values) {
            var first = value.sound() ? firstOf.putIfAbsent(value.value(), value) : null;
            if (first != null) {
                add(
                        value,
                        "is given twice, the first time on line " + first.at().line(),
                        remedy);
            }
        }
    }

    /// All mistakes in the order of the file.
    List<Mistake> sorted() {
        return sorted(mistakes);
    }

    /// All warnings in the order of the file.
    List<Mistake> sortedWarnings() {
        return sorted(warnings);
    }

    private static List<Mistake> sorted(List<Mistake> found) {
        return found.stream()
                .sorted(Comparator.comparingInt(Mistake::line).thenComparingInt(Mistake::column))
                .toList();
    }
}
