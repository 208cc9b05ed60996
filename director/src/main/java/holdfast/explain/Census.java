package holdfast.explain;

import holdfast.conf.Configuration;
import holdfast.conf.ServiceKey;
import holdfast.service.RealServerTable;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Counts the templates and connections of each real server of two configurations. Reads them in slices: there may be
/// very many, and packets wait for each slice.
public final class Census {
    private static final int SLICE = 64; // real servers

    private final List<Key> keys;
    private final Map<Key, Held> held;
    private int next;

    private record Key(ServiceKey service, Hypothesis.Real real) {}

    /// The counts of one real server.
    record Held(long templates, long connections) {
        static final Held NOTHING = new Held(0, 0);
    }

    public Census(Configuration present, Configuration wanted) {
        var distinct = new LinkedHashSet<Key>();
        Stream.of(present, wanted)
                .flatMap(configuration -> configuration.services().stream())
                .forEach(service -> service.realServers()
                        .forEach(real -> distinct.add(new Key(service.key(), Hypothesis.Real.of(real)))));
        keys = List.copyOf(distinct);
        held = HashMap.newHashMap(keys.size());
    }

    /// Reads the next slice, on the worker's thread.
    ///
    /// @return whether another slice is left
    public boolean read(RealServerTable reals) {
        for (int left = SLICE; left > 0 && next < keys.size(); left--) {
            var key = keys.get(next++);
            held.put(key, held(reals, key));
        }
        return next < keys.size();
    }

    private static Held held(RealServerTable reals, Key key) {
        int id = reals.find(
                key.service().protocol().number(),
                key.service().address().bits(),
                key.service().port(),
                key.real().address().bits(),
                key.real().port());
        return id == RealServerTable.NONE
                ? Held.NOTHING
                : new Held(reals.persistent(id), reals.active(id) + reals.inactive(id));
    }

    Held of(ServiceKey service, Hypothesis.Real real) {
        return held.getOrDefault(new Key(service, real), Held.NOTHING);
    }
}
