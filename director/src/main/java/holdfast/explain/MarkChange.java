package holdfast.explain;

import holdfast.conf.MarkRule;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The change of the packets that carry a mark. The first rule that matches applies, so the effect of a rule also
/// depends on earlier rules that give another mark to some of the same packets.
final class MarkChange {
    private final Map<MarkRule, Set<MarkRule>> before;
    private final Map<MarkRule, Set<MarkRule>> after;

    MarkChange(int mark, List<MarkRule> present, List<MarkRule> wanted) {
        before = rivals(mark, present);
        after = rivals(mark, wanted);
    }

    /// Empty if the same packets carry the mark.
    Optional<String> sentence() {
        if (!before.keySet().equals(after.keySet())) {
            return Optional.of("the rules of the mark change, so other new connections come to the service;"
                    + " open ones go on.");
        }
        return before.equals(after)
                ? Optional.empty()
                : Optional.of("the rules of other marks that are tried before those of this one change, or the order of"
                        + " the rules, so other new connections come to the service; open ones go on.");
    }

    /// Each rule of the mark, with the rules of other marks that take packets from it.
    private static Map<MarkRule, Set<MarkRule>> rivals(int mark, List<MarkRule> rules) {
        return rules.stream()
                .filter(rule -> rule.mark() == mark)
                .distinct()
                .collect(Collectors.toMap(
                        Function.identity(),
                        rule -> rules.subList(0, rules.indexOf(rule)).stream()
                                .filter(earlier -> earlier.mark() != mark && earlier.overlaps(rule))
                                .collect(Collectors.toSet())));
    }
}
