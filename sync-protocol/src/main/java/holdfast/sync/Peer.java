package holdfast.sync;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// One believed run of another member, as [Members] knows it.
public final class Peer {
    /// A member that was silent for so long is unknown.
    public static final long SILENT_INTERVAL = TimeUnit.MILLISECONDS.toNanos(500);
    /// What a member said longer ago is not known any more.
    static final long WORD_INTERVAL = TimeUnit.MILLISECONDS.toNanos(SyncStatus.WORD_MS_MAX);

    final MemberId id;
    final ReplayWindow window;
    final ReplayWindow steps = new ReplayWindow();
    final Map<String, Long> paths = new HashMap<>();
    SyncMessage.Hello hello;
    /// Our own stamp that its latest Hello echoed: that Hello was sent after it.
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

    /// It writes a stream of `term`, as a Hello or a batch of it shows; 0 for none any more.
    void writes(int term, long now) {
        writing = term;
        following = 0;
        streamAt = now;
    }

    /// It follows a stream of `term` that goes on, as a Hello of it says; 0 for none.
    void follows(int term, long now) {
        writing = 0;
        following = term;
        streamAt = now;
    }

    /// The term in which it writes now, not some time ago; 0 for none.
    int writing(long now) {
        return isPresent(now) ? writing : 0;
    }

    /// The term of the stream that it follows now, not some time ago; 0 for none.
    int following(long now) {
        return isPresent(now) ? following : 0;
    }

    private boolean isPresent(long now) {
        return !gone && now - streamAt < SILENT_INTERVAL && now - echo <= WORD_INTERVAL;
    }
}
