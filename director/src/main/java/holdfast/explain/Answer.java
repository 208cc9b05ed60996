package holdfast.explain;

import holdfast.client.ClientRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The real server of a client's next connection.
///
/// @param service   as in the configuration
/// @param client    its address
/// @param template  the template found for it; empty if the client has none or the service is not persistent
/// @param next      real server and port of the connection; empty if there is none
public record Answer(
        String service, String client, Optional<TemplateFound> template, Optional<String> next, Reason reason) {
    /// This answer under a verdict on the client's new connections, which precedes template and scheduler.
    public Answer under(ClientRules.Verdict verdict) {
        return switch (verdict) {
            case ADMIT -> this;
            case BLOCKED -> dropped("is blocked by an operator's rule");
            case OVER_CONNECTIONS -> dropped("has as many connections as its limit allows");
            case OVER_RATE -> dropped("began as many connections in this second as its limit allows");
        };
    }

    private Answer dropped(String why) {
        return new Answer(service, client, template, Optional.empty(), new Reason.Dropped(why, reason));
    }

    /// The whole answer, one sentence per line.
    public List<String> sentences() {
        var sentences = new ArrayList<String>();
        template.ifPresent(found -> sentences.addAll(found.sentences()));
        sentences.add(next.map(real -> "The next connection of %s to %s goes to %s.".formatted(client, service, real))
                .orElse("The next connection of %s to %s goes nowhere.".formatted(client, service)));
        sentences.add(reason.sentence());
        return List.copyOf(sentences);
    }
}
