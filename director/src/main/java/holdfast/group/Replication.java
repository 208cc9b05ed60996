package holdfast.group;

import holdfast.sync.ClusterKeys;
import holdfast.sync.ConfigMessage;
import holdfast.sync.ConfigVersion;
import holdfast.sync.Equality;
import holdfast.sync.KeyUse;
import holdfast.sync.ServiceLink;
import holdfast.sync.Standing;
import holdfast.sync.SyncState;
import holdfast.sync.SyncStatus;
import holdfast.sync.TableSync;
import holdfast.sync.Whereabouts;
import holdfast.sync.Word;
import holdfast.vip.HandoverCodec;
import holdfast.vip.HandoverMessage;
import holdfast.vip.PeerWord;
import holdfast.vip.TableState;
import holdfast.worker.GroupDatapath;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The election's view of the sync side, also if `cluster.sync` is off and there is none.
///
/// It joins the knowledge of two threads: the worker knows which digests agreed, the sync thread whether the stream
/// is whole.
public final class Replication implements AutoCloseable {
    private final Consumer<TableState> publish;
    private final AtomicReference<Known> known = new AtomicReference<>(Known.NOTHING);
    private final AtomicInteger unpublished = new AtomicInteger();
    private volatile @Nullable TableSync node;

    /// The known state of our own tables as a standby.
    private record Known(Equality equality, long applied, SyncState state) {
        static final Known NOTHING = new Known(Equality.UNKNOWN, 0, SyncState.UNKNOWN);

        TableState tables() {
            // BEHIND is no objection: it lasts from each change to its acknowledgement, and checkpoints prove equality
            // by
            // version.
            boolean isWhole = state == SyncState.EQUAL || state == SyncState.BEHIND;
            boolean isEqual = isWhole && equality.state() == Equality.State.EQUAL;
            return new TableState(applied, isEqual ? equality.version() : 0, isEqual);
        }
    }

    /// @param publish  called with the state of our own tables at each change, by one thread at a time
    public Replication(Consumer<TableState> publish) {
        this.publish = publish;
    }

    /// Connects the sync side. Call it once.
    public void start(TableSync started) {
        node = started;
    }

    /// A checkpoint was compared (worker's thread).
    public void compared(Equality now, long appliedVersion) {
        change(before -> new Known(now, appliedVersion, before.state()));
    }

    /// Our own state as a standby changed (sync thread).
    public void state(SyncState now) {
        change(before -> new Known(before.equality(), before.applied(), now));
    }

    /// No thread waits here: if another thread is publishing, it publishes this change too.
    private void change(UnaryOperator<Known> step) {
        known.updateAndGet(step);
        if (unpublished.getAndIncrement() == 0) {
            int seen = 1;
            do {
                publish.accept(Objects.requireNonNull(known.get()).tables());
                seen = unpublished.addAndGet(-seen);
            } while (seen != 0);
        }
    }

    /// Discards all knowledge of our tables as a standby, also for a later time as a standby: until the sync side
    /// has compared again, we are equal to no active.
    public void active(int term) {
        change(before -> new Known(Equality.UNKNOWN, before.applied(), SyncState.UNKNOWN));
        with(sync -> sync.active(term));
    }

    /// The worker has continued in this term.
    public void renew(int term) {
        with(sync -> sync.renew(term));
    }

    /// Makes this director a standby of the stream.
    public void standby() {
        with(TableSync::standby);
    }

    public void send(String to, HandoverMessage message) {
        with(sync -> sync.send(to, message.givenTerm(), HandoverCodec.encode(message)));
    }

    public void send(String to, ConfigMessage message) {
        with(sync -> sync.send(to, message));
    }

    /// Sets the configuration that this director runs.
    public void config(ConfigVersion version) {
        with(sync -> sync.config(version));
    }

    /// Sets the keys that seal and open.
    public void keys(ClusterKeys keys) {
        with(sync -> sync.keys(keys));
    }

    /// Empty if `cluster.sync` is off.
    public Optional<KeyUse> keyUse() {
        return Optional.ofNullable(node).map(TableSync::keyUse);
    }

    /// Sets this director's word.
    public void word(Word word) {
        with(sync -> sync.word(word));
    }

    /// Sets where this director is reachable.
    public void found(Whereabouts whereabouts, List<ServiceLink> serviceLinks) {
        with(sync -> {
            sync.whereabouts(whereabouts);
            sync.serviceLinks(serviceLinks);
        });
    }

    /// A peer's word in the election's form. A peer whose standing is unknown takes no part.
    ///
    /// @param self      our own name, under which the word may answer us
    /// @param spokenAt  at the earliest, on the boot-time clock
    public static PeerWord heard(String self, String member, Whereabouts whereabouts, Word word, long spokenAt) {
        var standing = word.standing() == Standing.UNKNOWN
                ? holdfast.vip.Standing.FAULT
                : holdfast.vip.Standing.valueOf(word.standing().name());
        return new PeerWord(
                member,
                whereabouts.address(),
                TimeUnit.MILLISECONDS.toNanos(whereabouts.advertIntervalMs()),
                standing,
                word.asks(),
                word.answers().getOrDefault(self, 0L),
                word.history(),
                spokenAt);
    }

    /// Empty if tables are not replicated.
    public Optional<SyncStatus> status() {
        return Optional.ofNullable(node).map(TableSync::status);
    }

    /// The state of another member; empty if it was never heard, or without sync.
    public Optional<SyncStatus.Peer> peer(String name) {
        return status().stream()
                .flatMap(status -> status.peers().stream())
                .filter(peer -> peer.name().equals(name))
                .findFirst();
    }

    /// How a worker wakes the sync thread.
    public GroupDatapath.DeltaReader reader() {
        return new GroupDatapath.DeltaReader() {
            @Override
            public boolean parked() {
                var sync = node;
                return sync != null && sync.parked();
            }

            @Override
            public void wakeUp() {
                with(TableSync::wakeUp);
            }
        };
    }

    private void with(Consumer<TableSync> action) {
        var sync = node;
        if (sync != null) {
            action.accept(sync);
        }
    }

    @Override
    public void close() {
        with(TableSync::close);
    }
}
