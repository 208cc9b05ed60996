package holdfast.demo;

import holdfast.admin.Connections;
import holdfast.admin.Endpoint;
import holdfast.conf.Protocol;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;

/// Entries of the old active that the new active does not have.
///
/// @param templates    persistence templates lost
/// @param connections  connections lost
record Losses(int templates, int connections) {
    private record Key(Connections.Kind kind, Protocol protocol, Endpoint client, Endpoint virtual) {
        static Key of(Connections.Entry entry) {
            return new Key(entry.kind(), entry.protocol(), entry.client(), entry.virtual());
        }
    }

    /// Compares two listings. An entry whose time ended in between is not lost. A connection that was closed in
    /// between is still in both tables, since a closing state lasts for 10 s at least.
    ///
    /// @param before   of the old active just before the fault
    /// @param after    of the new active
    /// @param between  time between the two listings
    static Losses between(Connections before, Connections after, Duration between) {
        Set<Key> known = after.entries().stream().map(Key::of).collect(Collectors.toSet());
        var lost = before.entries().stream()
                .filter(entry -> entry.expiresMs() > between.toMillis())
                .filter(entry -> !known.contains(Key.of(entry)))
                .collect(Collectors.partitioningBy(
                        entry -> entry.kind() == Connections.Kind.TEMPLATE, Collectors.counting()));
        return new Losses(
                lost.getOrDefault(true, 0L).intValue(),
                lost.getOrDefault(false, 0L).intValue());
    }
}
