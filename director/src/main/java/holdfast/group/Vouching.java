package holdfast.group;

import holdfast.sync.Standing;
import java.util.concurrent.TimeUnit;

/// Until when this director may take it that no other one serves: a second after each sealed word of a standby, and not
/// for a while after a word of one that serves too. Silence vouches for nothing: a director that is not heard may serve
/// on the other side of a cut. Pure, for one thread; times are monotonic ns.
public final class Vouching {
    static final long VALID_NS = TimeUnit.SECONDS.toNanos(1);
    /// Neighbours still have the MAC of the one that has stood down.
    static final long CONTESTED_NS = TimeUnit.SECONDS.toNanos(60);

    private boolean wasContested;
    private long contestedUntil;

    /// @return until when; `now` where the word vouches for nothing
    public long heard(Standing standing, long now) {
        if (standing == Standing.ACTIVE || standing == Standing.RELAYING) {
            wasContested = true;
            contestedUntil = now + CONTESTED_NS;
        }
        boolean standsBy = standing == Standing.STANDBY || standing == Standing.FAULT;
        boolean isContested = wasContested && now - contestedUntil < 0;
        return standsBy && !isContested ? now + VALID_NS : now;
    }
}
