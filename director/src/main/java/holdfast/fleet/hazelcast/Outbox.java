package holdfast.fleet.hazelcast;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Values that wait to be carried: of each key the latest one alone, in the order in which their keys came. Bounded.
/// Any thread.
final class Outbox {
    private final int most;
    private final Map<String, Letter> letters = new LinkedHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition isFilled = lock.newCondition();
    private long dropped;

    /// @param value  null to remove the key
    record Letter(String key, byte @Nullable [] value) {}

    Outbox(int most) {
        this.most = most;
    }

    void put(Letter letter) {
        lock.lock();
        try {
            if (letters.size() >= most && !letters.containsKey(letter.key())) {
                dropped++;
            } else {
                letters.put(letter.key(), letter);
                isFilled.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /// The next letter; null if none comes in time.
    @Nullable
    Letter take(long ns) throws InterruptedException {
        lock.lock();
        try {
            long left = ns;
            while (letters.isEmpty()) {
                if (left <= 0) {
                    return null;
                }
                left = isFilled.awaitNanos(left);
            }
            var first = letters.values().iterator().next();
            letters.remove(first.key());
            return first;
        } finally {
            lock.unlock();
        }
    }

    long dropped() {
        lock.lock();
        try {
            return dropped;
        } finally {
            lock.unlock();
        }
    }

    static final long SECOND = TimeUnit.SECONDS.toNanos(1);
}
