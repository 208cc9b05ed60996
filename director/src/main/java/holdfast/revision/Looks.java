package holdfast.revision;

import holdfast.conf.RevisionId;
import holdfast.sync.ConfigMessage;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Questions for the whole configuration that another director has in force, to compare it with ours.
final class Looks {
    static final int MAX = 8;

    private final List<Effect> effects;
    private final Map<Long, Incoming> underWay = new LinkedHashMap<>();

    /// @param effects  receives [Effect.Send] and [Effect.Seen]
    Looks(List<Effect> effects) {
        this.effects = effects;
    }

    void begin(long ticket, String at, long now) {
        if (underWay.size() >= MAX) {
            effects.add(new Effect.Seen(ticket, Optional.empty()));
            return;
        }
        var look = new Incoming(at, RevisionId.OF_FILE, now);
        underWay.put(ticket, look);
        effects.add(new Effect.Send(at, look.question()));
    }

    /// @return whether this part was the next one of a look
    boolean take(String from, ConfigMessage.Piece piece, long now) {
        for (var each = underWay.entrySet().iterator(); each.hasNext(); ) {
            var look = each.next();
            if (look.getValue().take(from, piece, now)) {
                proceed(look, each);
                return true;
            }
        }
        return false;
    }

    private void proceed(Map.Entry<Long, Incoming> look, Iterator<?> at) {
        var whole = look.getValue().whole();
        if (whole == null) {
            effects.add(new Effect.Send(look.getValue().from(), look.getValue().question()));
        } else {
            effects.add(new Effect.Seen(look.getKey(), Optional.of(new String(whole, StandardCharsets.UTF_8))));
            at.remove();
        }
    }

    void turn(long now) {
        for (var each = underWay.entrySet().iterator(); each.hasNext(); ) {
            var look = each.next();
            if (look.getValue().isVain(now)) {
                effects.add(new Effect.Seen(look.getKey(), Optional.empty()));
                each.remove();
            } else if (look.getValue().idleFor(now) <= 0) {
                look.getValue().askedAgain(now);
                effects.add(
                        new Effect.Send(look.getValue().from(), look.getValue().question()));
            }
        }
    }

    /// ns until [#turn] has something to do; [Long#MAX_VALUE] if nothing is under way.
    long idleFor(long now) {
        return underWay.values().stream()
                .mapToLong(look -> look.idleFor(now))
                .min()
                .orElse(Long.MAX_VALUE);
    }
}
