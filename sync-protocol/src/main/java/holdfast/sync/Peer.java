package holdfast.sync;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// One believed run of another member, as in [Members].
public final class Peer {
    /// A member that was silent for this long is unknown.
    public static final long SILENT_INTERVAL = TimeUnit.MILLISECONDS.toNanos(500);
    /// A report of a member that is older than this no longer counts.
    static final long WORD_INTERVAL = TimeUnit.MILLISECONDS.toNanos(SyncStatus.WORD_MS_MAX);

    final MemberId id;
    final ReplayWindow window;
    final ReplayWindow steps = new ReplayWindow();
    final Map<String, Long> paths = new HashMap<>();
    SyncMessage.Hello hello;
    /// Our own stamp that its latest hello echoed: it sent the hello after this stamp.
    long echo;

    private int writing;
    private int following;
    private long streamAt;

    long heardAt;
    boolean gone;
    long goneAt;
    boolean leaving;
    boolean watched;
    SyncState told = SyncState.UNKNOWN;

    public Peer(MemberId id, ReplayWindow window, SyncMessage.Hello hello, long echo, long now) {
        this.id = id;
        this.window = window;
        this.hello = hello;
        this.echo = echo;
        heardAt = now;
    }

    boolean isSilent(long now) {
        return gone || now - heardAt >= SILENT_INTERVAL;
    }

    /// Records that it writes a stream of `term`, as a hello or a batch shows; 0 if it no longer writes.
    void writes(int term, long now) {
        writing = term;
        following = 0;
        streamAt = now;
    }

    /// Records that it follows a live stream of `term`, as a hello shows; 0 for none.
    void follows(int term, long now) {
        writing = 0;
        following = term;
        streamAt = now;
    }

    /// The term in which it writes now; 0 if it reported none recently.
    int writing(long now) {
        return isPresent(now) ? writing : 0;
    }

    /// The term of the stream that it follows now; 0 if it reported none recently.
    int following(long now) {
        return isPresent(now) ? following : 0;
    }

    private boolean isPresent(long now) {
        return !gone && now - streamAt < SILENT_INTERVAL && now - echo <= WORD_INTERVAL;
    }
}
