package holdfast.control;

import static holdfast.testing.Fixtures.ip;

import holdfast.sync.ConfigVersion;
import holdfast.sync.Refused;
import holdfast.sync.SyncState;
import holdfast.sync.SyncStatus;
import holdfast.sync.TableSize;
import holdfast.sync.Whereabouts;
import holdfast.sync.Word;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Samples of a pair's sync status.
final class SyncSamples {
    /// Entries of the active.
    static final TableSize HOLDS = new TableSize(750, 20);

    private SyncSamples() {}

    /// Of a sync side that has ended while it was active.
    static SyncStatus dead(String trouble) {
        var seen = seen("d1", SyncState.UNKNOWN);
        return new SyncStatus(
                seen.member(),
                seen.role(),
                OptionalLong.empty(),
                0,
                Optional.empty(),
                Optional.empty(),
                seen.position(),
                List.of(),
                List.of(),
                seen.counters(),
                Optional.of(trouble),
                0);
    }

    /// As d1 sees d2, equal to it in term 7.
    ///
    /// @param active  null where none is known
    /// @param state   of d2 while d1 is active, and of d1 while d2 is
    static SyncStatus seen(@Nullable String active, SyncState state) {
        boolean isActive = "d1".equals(active);
        var peer = new SyncStatus.Peer(
                "d2",
                isActive ? holdfast.sync.StreamRole.STANDBY : holdfast.sync.StreamRole.ACTIVE,
                state,
                OptionalLong.of(7),
                Optional.empty(),
                OptionalLong.of(60),
                OptionalLong.of(60),
                OptionalLong.of(0),
                OptionalLong.of(0),
                OptionalLong.of(0),
                OptionalLong.of(0),
                OptionalLong.of(0),
                true,
                true,
                ConfigVersion.ofFile("hash"),
                new Whereabouts(ip("192.0.2.2"), 100, Map.of()),
                Word.UNKNOWN,
                OptionalLong.of(60),
                Map.of());
        var none = Arrays.stream(Refused.values()).collect(Collectors.toMap(Function.identity(), _ -> 0L));
        return new SyncStatus(
                "d1",
                isActive ? holdfast.sync.StreamRole.ACTIVE : holdfast.sync.StreamRole.STANDBY,
                OptionalLong.of(7),
                7,
                Optional.ofNullable(active),
                isActive ? Optional.empty() : Optional.of(state),
                new SyncStatus.Position(
                        OptionalLong.of(3), OptionalLong.of(1), Optional.empty(), false, Optional.of(HOLDS)),
                List.of(peer),
                List.of(),
                new SyncStatus.Counters(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, none),
                Optional.empty(),
                System.nanoTime());
    }
}
