package holdfast.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Where a client's next connection goes.
///
/// @param service   as in the configuration
/// @param client    its address
/// @param template  the one that is looked up for it; empty where the client has none or the service is
///     not persistent
/// @param next      real server with the port that the connection goes to; empty where nobody gets it
public record Answer(
        String service, String client, Optional<TemplateFound> template, Optional<String> next, Reason reason) {
    /// The whole answer, a sentence a line.
    public List<String> sentences() {
        var sentences = new ArrayList<String>();
        template.ifPresent(found -> sentences.addAll(found.sentences()));
        sentences.add(next.map(real -> "The next connection of %s to %s goes to %s.".formatted(client, service, real))
                .orElse("The next connection of %s to %s goes nowhere.".formatted(client, service)));
        sentences.add(reason.sentence());
        return List.copyOf(sentences);
    }
}
