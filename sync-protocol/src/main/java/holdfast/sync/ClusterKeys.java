package holdfast.sync;

import holdfast.conf.KeyFile;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The present keys of a cluster: the first one seals, all of them open. There are several only while an operator
/// replaces the key. Immutable.
///
/// @param all  1 to [#MAX] different keys
public record ClusterKeys(List<ClusterKey> all) {
    public static final int MAX = KeyFile.KEYS_MAX;

    public ClusterKeys {
        all = List.copyOf(all);
        if (all.isEmpty() || all.size() > MAX) {
            throw new IllegalArgumentException("a cluster has 1 to " + MAX + " keys at a time, not " + all.size());
        }
        if (all.stream().map(ClusterKey::id).distinct().count() < all.size()) {
            throw new IllegalArgumentException("a key stands twice among the keys of the cluster");
        }
    }

    public static ClusterKeys of(ClusterKey... all) {
        return new ClusterKeys(List.of(all));
    }

    /// @param keys  as read from a key file
    public static ClusterKeys of(List<byte[]> keys) {
        return new ClusterKeys(keys.stream().map(ClusterKey::of).toList());
    }

    /// The key that seals our messages.
    public ClusterKey current() {
        return all.getFirst();
    }

    /// The key with that [ClusterKey#id], or null. Allocates nothing.
    public @Nullable ClusterKey find(long id) {
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).id() == id) {
                return all.get(i);
            }
        }
        return null;
    }
}
