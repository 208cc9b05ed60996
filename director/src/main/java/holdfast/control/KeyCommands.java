package holdfast.control;

import holdfast.admin.Keys;
import holdfast.api.RefusedException;
import holdfast.conf.KeyFile;
import holdfast.group.Replication;
import holdfast.sync.ClusterKey;
import holdfast.sync.ClusterKeys;
import holdfast.sync.KeyUse;
import java.io.IOException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Replaces the cluster's key while the director runs, and lists the key with which each director seals.
public final class KeyCommands {
    private static final Logger log = LoggerFactory.getLogger(KeyCommands.class);

    private final Path file;
    private final Replication replication;

    KeyCommands(Path file, Replication replication) {
        this.file = file;
        this.replication = replication;
    }

    Keys list() {
        return answer(use());
    }

    /// Loads all keys of the file, or none of them.
    Keys reload() {
        var before = use();
        var keys = read();
        replication.keys(keys);
        var now = answer(new KeyUse(keys, before.peers()));
        log.info(
                "cluster keys changed seals={} opens={} before={} cause=operator",
                now.seals(),
                now.opens(),
                answer(before).opens());
        return now;
    }

    private ClusterKeys read() {
        try {
            return ClusterKeys.of(KeyFile.read(file));
        } catch (IOException e) {
            throw RefusedException.wrongInput(
                    "the keys were not changed",
                    String.valueOf(e.getMessage()),
                    "correct the file; the director goes on with the keys that it has");
        }
    }

    private KeyUse use() {
        return replication
                .keyUse()
                .orElseThrow(() -> RefusedException.notNow(
                        "there is no key in use",
                        "cluster.sync is off, so that this director speaks to no other one",
                        "nothing is to be done"));
    }

    private static Keys answer(KeyUse use) {
        return new Keys(
                use.keys().current().fingerprint(),
                use.keys().all().stream().map(ClusterKey::fingerprint).toList(),
                use.peers().stream()
                        .map(peer -> new Keys.Peer(peer.name(), peer.fingerprint(), peer.ageMs()))
                        .toList());
    }
}
