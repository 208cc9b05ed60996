package holdfast.group;

import holdfast.admin.Sync.Standing;
import holdfast.conf.Ipv4;
import holdfast.sync.SyncState;
import holdfast.sync.SyncStatus;
import holdfast.sync.Word;
import holdfast.vip.VrrpStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Joins the reports of a director's parts into the sources of its status.
public final class Readouts {
    private static final long ALARM_MS = TimeUnit.MINUTES.toMillis(5);

    private Readouts() {}

    /// @param others  faults of the parts outside the group, as sentences
    public static StatusSources of(Group group, Supplier<List<String>> others, Supplier<VrrpStatus> vrrp) {
        return new StatusSources(
                () -> word(group.word()),
                Readouts::heard,
                SyncStatus.Peer::paths,
                () -> faults(vrrp.get(), group.terms(), others.get()),
                () -> alarms(vrrp.get(), group));
    }

    static Readiness.Word word(Word said) {
        return new Readiness.Word(
                standing(said),
                said.obstacles(),
                said.unreachable().stream().map(Ipv4::text).toList(),
                said.routes(),
                said.elsewhere(),
                said.tablesMax());
    }

    /// A director whose election has no state yet cannot serve.
    private static Standing standing(Word said) {
        return said.standing() == holdfast.sync.Standing.UNKNOWN
                ? Standing.FAULT
                : Standing.valueOf(said.standing().name());
    }

    /// Of a director whose election has not begun, nothing is known.
    static Optional<Readiness.Heard> heard(SyncStatus.Peer peer) {
        return peer.wordAgeMs().isPresent() && peer.word().standing() != holdfast.sync.Standing.UNKNOWN
                ? Optional.of(new Readiness.Heard(
                        word(peer.word()),
                        TimeUnit.MILLISECONDS.toNanos(peer.wordAgeMs().getAsLong())))
                : Optional.empty();
    }

    private static List<String> faults(VrrpStatus vrrp, Terms terms, List<String> others) {
        var faults = new ArrayList<>(vrrp.faults());
        faults.addAll(terms.faults());
        faults.addAll(others);
        return faults;
    }

    private static List<String> alarms(VrrpStatus vrrp, Group group) {
        var alarms = new ArrayList<>(vrrp.alarms());
        group.replication().status().ifPresent(sync -> {
            sync.strangers().stream()
                    .filter(stranger -> stranger.lastMs() < ALARM_MS)
                    .forEach(stranger -> alarms.add(stranger.sentence()));
            sync.peers().stream()
                    .filter(peer -> peer.state() != SyncState.GONE)
                    .forEach(peer -> alarms.addAll(TablesMax.differences(
                            group.tablesMax(), peer.name(), peer.word().tablesMax())));
        });
        return alarms;
    }
}
