package holdfast.explain;

import java.util.ArrayList;
import java.util.List;

/// The template that a client's next connection will use.
///
/// @param client       the client (network) of its key
/// @param real         its real server
/// @param remainingS   until its timer ends, rounded up
/// @param timeoutS     the timer's value at a renewal
/// @param renewedAgoS  since a connection last renewed it; [#UNKNOWN] if its timer may have been re-armed since
/// @param pinned       whether an operator gave the client this real server
/// @param assured      whether one of its connections was established
/// @param controlled   connections made through it
/// @param version      of its last change, as standbys know it
/// @param invalid      the condition of IPVS-REF 3.5 that it violates; empty while it is valid
public record TemplateFound(
        String client,
        String real,
        long remainingS,
        long timeoutS,
        long renewedAgoS,
        boolean pinned,
        boolean assured,
        int controlled,
        long version,
        String invalid) {
    /// An unknown time.
    public static final long UNKNOWN = -1;

    /// Whether a new connection would use it.
    public boolean valid() {
        return invalid.isEmpty();
    }

    List<String> sentences() {
        var sentences = new ArrayList<String>();
        sentences.add("Client %s has a template to %s, which ends in %d s unless a new connection renews it to %d s."
                .formatted(client, real, remainingS, timeoutS));
        sentences.add(
                renewedAgoS == UNKNOWN
                        ? "Something but a connection may have set its timer, so its last renewal is not known."
                        : "A connection of the client renewed it %d s ago.".formatted(renewedAgoS));
        sentences.add("It controls %s and is %s; its version is %d."
                .formatted(Words.count(controlled, "connection"), assured ? "assured" : "not assured", version));
        if (!valid()) {
            sentences.add("It is not valid: " + invalid + ".");
        }
        return sentences;
    }
}
