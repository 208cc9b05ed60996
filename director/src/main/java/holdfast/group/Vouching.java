package holdfast.group;

import holdfast.sync.Standing;
import java.util.concurrent.TimeUnit;

/// Until when this director may assume that no other director serves: a second after each sealed word of a standby, but
/// not for a while after a word of a director that serves. Silence vouches for nothing: a director that is not heard
/// may serve on the other side of a cut. Pure, for one thread; times are monotonic ns.
public final class Vouching {
    static final long VALID_NS = TimeUnit.SECONDS.toNanos(1);
    /// Neighbours may still have the MAC of the director that has stopped serving.
    static final long CONTESTED_NS = TimeUnit.SECONDS.toNanos(60);

    private boolean wasContested;
    private long contestedUntil;

    /// @return the end of the assumption; `now` if the word vouches for nothing
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
