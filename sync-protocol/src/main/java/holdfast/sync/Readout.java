package holdfast.sync;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Builds a [SyncStatus] from the parts of one [SyncCore]; changes nothing.
///
/// @param sender            of the present term; null on a standby
/// @param sent              of all terms
/// @param lostAtPromotion   changes that the worker had lost when the present term began
/// @param sendsDropped      as counted by the transport
record Readout(
        MemberId self,
        ConfigVersion config,
        TableOwner tables,
        Members members,
        StreamReceiver receiver,
        @Nullable StreamSender sender,
        StreamSender.Counts sent,
        long lostAtPromotion,
        int highestTerm,
        List<SyncStatus.Stranger> strangers,
        long sendsDropped,
        Map<Refused, Long> refused,
        Optional<String> trouble) {

    SyncStatus at(long now) {
        var listed = members.all().stream()
                .sorted(Comparator.comparing(peer -> peer.id.name()))
                .map(peer -> peer(peer, now))
                .toList();
        var counters = new SyncStatus.Counters(
                sent.batches(),
                sent.deltas(),
                sent.coalesced(),
                sent.lost(),
                sent.resent(),
                receiver.resendsAsked(),
                sent.copiesOfChanges(),
                sent.copiesOfDigests(),
                sent.copiesOfBuckets(),
                sent.recordsCopied(),
                receiver.batchesApplied(),
                sendsDropped,
                refused);
        if (sender != null) {
            return new SyncStatus(
                    self.name(),
                    StreamRole.ACTIVE,
                    OptionalLong.of(sender.term()),
                    highestTerm,
                    Optional.of(self.name()),
                    Optional.empty(),
                    position(sender),
                    listed,
                    strangers,
                    counters,
                    trouble,
                    now);
        }
        MemberId followed = receiver.active();
        return new SyncStatus(
                self.name(),
                StreamRole.STANDBY,
                followed != null ? OptionalLong.of(receiver.term()) : OptionalLong.empty(),
                highestTerm,
                Optional.ofNullable(followed).map(MemberId::name),
                Optional.of(receiver.state(now)),
                position(followed != null),
                listed,
                strangers,
                counters,
                trouble,
                now);
    }

    private static SyncStatus.Position position(StreamSender sender) {
        return new SyncStatus.Position(
                OptionalLong.of(sender.position()),
                OptionalLong.of(sender.newestVersion()),
                Optional.empty(),
                sender.isCopying(),
                sender.holds());
    }

    private SyncStatus.Position position(boolean follows) {
        Equality equality = tables.equality();
        return new SyncStatus.Position(
                follows ? OptionalLong.of(receiver.position()) : OptionalLong.empty(),
                receiver.appliedVersion() == Version.NONE
                        ? OptionalLong.empty()
                        : OptionalLong.of(receiver.appliedVersion()),
                equality.state() == Equality.State.UNKNOWN ? Optional.empty() : Optional.of(equality),
                receiver.isCopying(),
                receiver.activeHolds());
    }

    private SyncStatus.Peer peer(Peer peer, long now) {
        SyncMessage.Hello hello = peer.hello;
        boolean isFollowed = sender == null && peer.id.equals(receiver.active());
        Optional<StreamSender.Readout> measured = sender == null || peer.gone
                ? Optional.empty()
                : Optional.of(sender.readout(peer.id, tables.out().size() + unnoticed(), now));
        SyncState state = peer.gone
                ? SyncState.GONE
                : isFollowed
                        ? receiver.state(now)
                        : measured.map(StreamSender.Readout::state).orElse(SyncState.UNKNOWN);
        // A silent standby may have lost what it acknowledged: it has no numbers then, only growing ages.
        Optional<StreamSender.Readout> known = measured.filter(_ -> state != SyncState.UNKNOWN);
        OptionalLong backlog = isFollowed && state != SyncState.UNKNOWN
                ? OptionalLong.of(Math.max(0, receiver.activePosition() - receiver.position()))
                : of(known, StreamSender.Readout::backlogBatches);
        OptionalLong oldest = of(measured, StreamSender.Readout::oldestAgeNanos);
        return new SyncStatus.Peer(
                peer.id.name(),
                hello.role(),
                state,
                hello.term() == 0 ? OptionalLong.empty() : OptionalLong.of(hello.term()),
                known.flatMap(StreamSender.Readout::lag),
                OptionalLong.of(TimeUnit.NANOSECONDS.toMillis(now - peer.heardAt)),
                millis(of(measured, StreamSender.Readout::ackAgeNanos)),
                backlog,
                of(known, StreamSender.Readout::backlogDeltas),
                of(known, StreamSender.Readout::templates),
                of(known, StreamSender.Readout::connections),
                known.isEmpty() && oldest.orElse(0) == 0 ? OptionalLong.empty() : millis(oldest),
                hello.config().hash().equals(config.hash()),
                hello.config().isSameRevision(config),
                hello.config(),
                hello.whereabouts(),
                hello.word(),
                peer.gone ? OptionalLong.empty() : millis(OptionalLong.of(now - peer.echo)),
                peer.paths.entrySet().stream()
                        .collect(Collectors.toUnmodifiableMap(
                                Map.Entry::getKey, path -> TimeUnit.NANOSECONDS.toMillis(now - path.getValue()))));
    }

    /// Changes that the worker could not queue and that no batch reports yet.
    private long unnoticed() {
        return sender == null
                ? 0
                : Math.max(0, tables.lost() - lostAtPromotion - sender.counts().lost());
    }

    private static OptionalLong of(
            Optional<StreamSender.Readout> known,
            java.util.function.Function<StreamSender.Readout, OptionalLong> part) {
        return known.map(part).orElse(OptionalLong.empty());
    }

    private static OptionalLong millis(OptionalLong nanos) {
        return nanos.isPresent() ? OptionalLong.of(TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong())) : nanos;
    }
}
