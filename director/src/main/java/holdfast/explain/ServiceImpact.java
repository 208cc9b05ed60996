package holdfast.explain;

import java.util.ArrayList;
import java.util.List;

/// What a change does to one service.
///
/// @param service  as in the configuration
/// @param changes  what changes of the service as a whole, a sentence each
/// @param reals    the real servers that are affected, those of the new configuration first
public record ServiceImpact(String service, List<String> changes, List<RealImpact> reals) {
    public ServiceImpact {
        changes = List.copyOf(changes);
        reals = List.copyOf(reals);
    }

    boolean isEmpty() {
        return changes.isEmpty() && reals.isEmpty();
    }

    List<String> sentences() {
        var sentences = new ArrayList<String>();
        changes.forEach(change -> sentences.add(service + ": " + change));
        reals.forEach(real -> sentences.add(service + ": " + real.real() + " " + real.sentence()));
        return sentences;
    }
}
