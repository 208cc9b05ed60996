package holdfast.vip;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The newest word of each peer. A word tells a state and no event: once a newer one has come, an older one that still
/// waits in a queue counts no more. A thread that stood still would otherwise read the past as the present.
///
/// Any thread.
public final class NewestWords {
    private final Map<String, PeerWord> byName = new ConcurrentHashMap<>();

    /// This word came.
    public void came(PeerWord word) {
        byName.put(word.name(), word);
    }

    /// Whether an event from the queue is a word that a newer one has replaced.
    public boolean haveReplaced(VirtualRouter.Event event) {
        return event instanceof VirtualRouter.Spoke(var word) && !word.equals(byName.get(word.name()));
    }
}
