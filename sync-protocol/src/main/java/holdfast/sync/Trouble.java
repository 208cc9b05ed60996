package holdfast.sync;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Why sync cannot do its work, as a sentence for the operator.
final class Trouble {
    private Trouble() {}

    /// @param sender  null on a standby
    static Optional<String> of(
            @Nullable StreamSender sender, StreamReceiver receiver, Members members, KnownTerms terms, long now) {
        return sender != null ? twoActives(sender, members, now) : staleStream(receiver, members, terms, now);
    }

    private static Optional<String> twoActives(StreamSender sender, Members members, long now) {
        Peer rival = members.rival(0, now);
        return rival == null
                ? Optional.empty()
                : Optional.of("two directors are active: %s says so too, in term %d; this one writes in term %d"
                        .formatted(rival.id.name(), rival.writing(now), sender.term()));
    }

    /// A standby that refuses the only stream.
    private static Optional<String> staleStream(StreamReceiver receiver, Members members, KnownTerms terms, long now) {
        if (receiver.state(now) != SyncState.UNKNOWN) {
            return Optional.empty();
        }
        for (Peer peer : members.all()) {
            int term = peer.writing(now);
            if (term > 0 && term < terms.least()) {
                return Optional.of(
                        ("%s is active in term %d, which is over here; its stream is taken again when it begins"
                                        + " term %d or a higher one, as it does once it hears of that")
                                .formatted(peer.id.name(), term, terms.least()));
            }
        }
        return Optional.empty();
    }
}
