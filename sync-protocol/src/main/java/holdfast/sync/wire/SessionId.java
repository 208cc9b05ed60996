package holdfast.sync.wire;

import java.nio.ByteBuffer;
import java.security.SecureRandom;

/// Identifies one run of a director by enough random bytes to make a collision impossible.
record SessionId(long high, long low) {
    private static final SecureRandom RANDOM = new SecureRandom();

    static SessionId random() {
        return new SessionId(RANDOM.nextLong(), RANDOM.nextLong());
    }

    boolean is(long otherHigh, long otherLow) {
        return high == otherHigh && low == otherLow;
    }

    byte[] bytes() {
        return ByteBuffer.allocate(16).putLong(high).putLong(low).array();
    }
}
