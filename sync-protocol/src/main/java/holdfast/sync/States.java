package holdfast.sync;

import java.util.List;

/// The sync states as they were last reported: a [SyncEffect.StateChanged] for each change, and no other.
final class States {
    private final String self;
    private final List<SyncEffect> effects;
    private SyncState own = SyncState.UNKNOWN;

    States(MemberId self, List<SyncEffect> effects) {
        this.self = self.name();
        this.effects = effects;
    }

    void of(Peer peer, SyncState state) {
        if (peer.told != state) {
            peer.told = state;
            effects.add(new SyncEffect.StateChanged(peer.id.name(), state));
        }
    }

    void own(SyncState state) {
        if (own != state) {
            ownAgain(state);
        }
    }

    /// Reports our own state even if it has not changed: a new standby reports that its tables are unknown.
    void ownAgain(SyncState state) {
        own = state;
        effects.add(new SyncEffect.StateChanged(self, state));
    }
}
