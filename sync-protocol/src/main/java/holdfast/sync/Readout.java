package holdfast.sync;

import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Puts together what the parts of one [SyncCore] know into a [SyncStatus]; changes nothing.
///
/// @param sender            of the present term; null on a standby
/// @param sent              of all terms
/// @param lostAtPromotion   what the worker had lost when the present term began
/// @param sendsDropped      as the transport counts them
record Readout(
        MemberId self,
        String configHash,
        TableOwner tables,
        Members members,
        StreamReceiver receiver,
        @Nullable StreamSender sender,
        StreamSender.Counts sent,
        long lostAtPromotion,
        long sendsDropped,
        Map<Refused, Long> refused) {

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
                sent.snapshotsAsked(),
                receiver.batchesApplied(),
                sendsDropped,
                refused);
        MemberId followed = receiver.active();
        if (sender != null) {
            return new SyncStatus(
                    self.name(),
                    Role.ACTIVE,
                    OptionalLong.of(sender.term()),
                    Optional.of(self.name()),
                    Optional.empty(),
                    new SyncStatus.Position(
                            OptionalLong.of(sender.position()),
                            OptionalLong.of(sender.newestVersion()),
                            OptionalLong.of(sender.position()),
                            Optional.empty(),
                            sender.snapshotOpen()),
                    listed,
                    counters);
        }
        boolean follows = followed != null;
        Optional<String> active = Optional.ofNullable(followed).map(MemberId::name);
        Equality equality = tables.equality();
        return new SyncStatus(
                self.name(),
                Role.STANDBY,
                follows ? OptionalLong.of(receiver.term()) : OptionalLong.empty(),
                active,
                Optional.of(receiver.state(now)),
                new SyncStatus.Position(
                        follows ? OptionalLong.of(receiver.position()) : OptionalLong.empty(),
                        receiver.appliedVersion() == Version.NONE
                                ? OptionalLong.empty()
                                : OptionalLong.of(receiver.appliedVersion()),
                        follows ? OptionalLong.of(receiver.activePosition()) : OptionalLong.empty(),
                        equality.state() == Equality.State.UNKNOWN ? Optional.empty() : Optional.of(equality),
                        receiver.snapshotOpen()),
                listed,
                counters);
    }

    private SyncStatus.Peer peer(Peer peer, long now) {
        SyncMessage.Hello hello = peer.hello;
        boolean isFollowed = sender == null && peer.id.equals(receiver.active());
        long unnoticed = sender == null
                ? 0
                : Math.max(0, tables.lost() - lostAtPromotion - sender.counts().lost());
        Optional<StreamSender.Readout> known = sender == null || peer.gone
                ? Optional.empty()
                : Optional.of(sender.readout(peer.id, tables.out().size() + unnoticed, now));
        SyncState state = peer.gone
                ? SyncState.GONE
                : isFollowed
                        ? receiver.state(now)
                        : known.map(StreamSender.Readout::state).orElse(SyncState.UNKNOWN);
        OptionalLong backlog = isFollowed
                ? OptionalLong.of(Math.max(0, receiver.activePosition() - receiver.position()))
                : of(known, StreamSender.Readout::backlogBatches);
        return new SyncStatus.Peer(
                peer.id.name(),
                hello.role(),
                state,
                hello.term() == 0 ? OptionalLong.empty() : OptionalLong.of(hello.term()),
                known.flatMap(StreamSender.Readout::lag),
                OptionalLong.of(TimeUnit.NANOSECONDS.toMillis(now - peer.heardAt)),
                millis(of(known, StreamSender.Readout::ackAgeNanos)),
                backlog,
                of(known, StreamSender.Readout::backlogDeltas),
                of(known, StreamSender.Readout::templates),
                of(known, StreamSender.Readout::connections),
                millis(of(known, StreamSender.Readout::oldestAgeNanos)),
                hello.configHash().equals(configHash),
                hello.links());
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
