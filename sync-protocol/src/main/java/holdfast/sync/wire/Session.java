package holdfast.sync.wire;

import holdfast.sync.ClusterKey;
import holdfast.sync.ReplayWindow;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/// One run of another director, as the [Gate] knows it from datagrams that opened.
final class Session<S> {
    /// Bound of the datagrams that wait for the proof of a session.
    static final int HELD_MAX = 16;

    static final int HELD_BYTES_MAX = 128 * 1024;

    /// An authentic datagram that waits for the proof of its session.
    record Held<S>(byte channel, long counter, byte[] bytes, S from) {}

    final SessionId id;
    final long metAt;
    private final Deque<Held<S>> held = new ArrayDeque<>();
    private final SecretKey[] keys = new SecretKey[Datagram.CHANNELS];
    private final ReplayWindow[] windows = new ReplayWindow[Datagram.CHANNELS];
    /// Our hellos must echo it so that this session believes us; null before its first hello.
    @Nullable
    SessionId challenge;
    /// By channel, our first counter after we heard that challenge: from there on our datagrams are no recordings
    /// to it.
    final long[] firstOfOurs = new long[Datagram.CHANNELS];
    long newestHello;
    boolean isProved;
    /// Whether it reports that we are proved to it.
    boolean knowsUs;
    long heardAt;
    private long keyId;
    private int heldBytes;

    Session(SessionId id, ClusterKey key, String cluster, long now) {
        this.id = id;
        metAt = now;
        heardAt = now;
        use(key, cluster);
    }

    /// The key of a datagram that names `key`. Derived anew only if the session changed its key.
    SecretKey key(ClusterKey key, String cluster, byte channel) {
        return keyId == key.id() ? keys[channel] : DatagramSeal.derive(key, id, cluster, channel);
    }

    /// An authentic datagram arrived under `key`: the next ones will too.
    void use(ClusterKey key, String cluster) {
        if (keyId == key.id() && keys[0] != null) {
            return;
        }
        keyId = key.id();
        for (byte channel = 0; channel < Datagram.CHANNELS; channel++) {
            keys[channel] = DatagramSeal.derive(key, id, cluster, channel);
        }
    }

    /// From here on its datagrams count: each once, and none from before it heard us.
    void prove(long firstMulticast, long firstUnicast) {
        isProved = true;
        windows[Datagram.MULTICAST] = new ReplayWindow(firstMulticast);
        windows[Datagram.UNICAST] = new ReplayWindow(firstUnicast);
    }

    boolean wasSeen(byte channel, long counter) {
        return isProved && windows[channel].wasSeen(counter);
    }

    boolean isFirst(byte channel, long counter) {
        return windows[channel].isFirst(counter);
    }

    /// Keeps a datagram until the session is proved.
    ///
    /// @return false if too many wait already
    boolean hold(byte channel, long counter, byte[] from, int length, S source) {
        if (held.size() >= HELD_MAX || heldBytes + length > HELD_BYTES_MAX) {
            return false;
        }
        heldBytes += length;
        held.add(new Held<>(channel, counter, Arrays.copyOf(from, length), source));
        return true;
    }

    @Nullable
    Held<S> takeHeld() {
        Held<S> next = held.poll();
        if (next != null) {
            heldBytes -= next.bytes().length;
        }
        return next;
    }
}
