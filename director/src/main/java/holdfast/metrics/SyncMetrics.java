package holdfast.metrics;

import holdfast.admin.Sync;
import java.util.Map;

/// What `holdfast sync status` shows of replication and of each peer.
final class SyncMetrics {
    static final int PEERS_MAX = 16;
    static final int PATHS_MAX = 16;
    private static final long WORD_MS_MAX = 1000; // an older word does not count
    private static final String REFUSED = "refused-";

    private SyncMetrics() {}

    static void write(Sync sync, Sheet sheet) {
        sheet.set(Family.SYNC_TROUBLE, sync.trouble() != null);
        var position = sync.position();
        if (position != null) {
            sheet.set(Family.SYNC_BATCH, position.batch());
            sheet.set(Family.SYNC_SEQUENCE, position.sequence());
        }
        sync.counters().forEach((name, count) -> {
            if (name.startsWith(REFUSED)) {
                sheet.set(Family.SYNC_REFUSED, count, name.substring(REFUSED.length()));
            } else {
                sheet.set(Family.SYNC_EVENTS, count, name);
            }
        });
        sync.peers().stream().limit(PEERS_MAX).forEach(peer -> peer(peer, sheet));
        sheet.set(Family.LEFT_OUT, Math.max(0, sync.peers().size() - PEERS_MAX), "peers");
        sheet.set(
                Family.LEFT_OUT,
                sync.peers().stream()
                        .limit(PEERS_MAX)
                        .mapToInt(peer -> Math.max(0, peer.paths().size() - PATHS_MAX))
                        .sum(),
                "paths");
    }

    private static void peer(Sync.Peer peer, Sheet sheet) {
        var name = peer.name();
        sheet.setState(Family.PEER_STATE, peer.state(), name);
        sheet.set(Family.PEER_SAME_CONFIGURATION, peer.sameConfiguration(), name);
        sheet.setMillis(Family.PEER_HEARD_AGE, peer.lastHeardAgeMs(), name);
        peer.paths().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .limit(PATHS_MAX)
                .forEach(path -> sheet.setMillis(Family.PEER_PATH_AGE, path.getValue(), name, path.getKey()));
        var word = peer.word();
        if (word != null && word.ageMs() <= WORD_MS_MAX) {
            sheet.setState(Family.PEER_STANDING, word.standing(), name);
            sheet.set(Family.PEER_OBSTACLES, word.obstacles().size(), name);
            sheet.set(Family.PEER_UNREACHABLE, word.unreachable().size(), name);
        }
        sheet.set(Family.LAG_KNOWN, peer.lagP99Micros() != null, name);
        sheet.setMicros(Family.LAG_P50, peer.lagP50Micros(), name);
        sheet.setMicros(Family.LAG_P99, peer.lagP99Micros(), name);
        sheet.setMicros(Family.LAG_MAX, peer.lagMaxMicros(), name);
        sheet.setMillis(Family.ACK_AGE, peer.lastAckAgeMs(), name);
        sheet.setKnown(Family.BACKLOG_BATCHES, peer.backlogBatches(), name);
        sheet.setKnown(Family.BACKLOG_CHANGES, peer.backlogDeltas(), name);
        sheet.setKnown(Family.UNSYNCED_TEMPLATES, peer.unsyncedTemplates(), name);
        sheet.setKnown(Family.UNSYNCED_CONNECTIONS, peer.unsyncedConnections(), name);
        sheet.setMillis(Family.OLDEST_UNSYNCED, peer.oldestUnsyncedMs(), name);
    }
}
