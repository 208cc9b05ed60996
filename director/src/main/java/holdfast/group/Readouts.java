package holdfast.group;

import holdfast.admin.Sync.Standing;
import holdfast.conf.Ipv4;
import holdfast.sync.SyncStatus;
import holdfast.sync.Word;
import holdfast.vip.node.VrrpNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Joins what the parts of a director say of it into the sources of its status.
public final class Readouts {
    private static final long ALARM_MS = TimeUnit.MINUTES.toMillis(5);

    private Readouts() {}

    public static StatusSources of(Voice voice, VrrpNode vrrp, Replication replication, Terms terms) {
        return new StatusSources(
                () -> word(voice.latest()),
                Readouts::heard,
                SyncStatus.Peer::paths,
                () -> faults(vrrp, terms),
                () -> alarms(vrrp, replication));
    }

    public static Readiness.Word word(Word said) {
        return new Readiness.Word(
                standing(said),
                said.obstacles(),
                said.unreachable().stream().map(Ipv4::text).toList(),
                said.routes(),
                said.elsewhere());
    }

    /// A director that does not know yet where it stands cannot serve.
    private static Standing standing(Word said) {
        return said.standing() == holdfast.sync.Standing.UNKNOWN
                ? Standing.FAULT
                : Standing.valueOf(said.standing().name());
    }

    /// Of a director whose election has not begun, nothing is known.
    public static Optional<Readiness.Heard> heard(SyncStatus.Peer peer) {
        return peer.wordAgeMs().isPresent() && peer.word().standing() != holdfast.sync.Standing.UNKNOWN
                ? Optional.of(new Readiness.Heard(
                        word(peer.word()),
                        TimeUnit.MILLISECONDS.toNanos(peer.wordAgeMs().getAsLong())))
                : Optional.empty();
    }

    private static List<String> faults(VrrpNode vrrp, Terms terms) {
        var faults = new ArrayList<>(vrrp.status().faults());
        faults.addAll(terms.faults());
        return faults;
    }

    private static List<String> alarms(VrrpNode vrrp, Replication replication) {
        var alarms = new ArrayList<>(vrrp.status().alarms());
        replication
                .status()
                .ifPresent(sync -> sync.strangers().stream()
                        .filter(stranger -> stranger.lastMs() < ALARM_MS)
                        .forEach(stranger -> alarms.add(stranger.sentence())));
        return alarms;
    }
}
