package holdfast.explain;

import java.util.ArrayList;
import java.util.List;

/// The effect of a change on one service.
///
/// @param service  as in the configuration
/// @param changes  the changes of the service as a whole, a sentence each
/// @param reals    the affected real servers, those of the new configuration first
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
