package holdfast.group;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The [TermStore] with its disk on threads of their own, so that neither the election nor the sync side waits for the
/// disk or fails because of it.
public final class Terms implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Terms.class);

    /// Interval of the checks of the disk, and of new attempts after a refusal.
    private static final long LOOK_INTERVAL_S = 1;
    /// A note in the page cache takes some 50 us; on a machine where it takes longer, clients must not wait for it.
    private static final long NOTE_MS_MAX = 2;

    private static final long CLOSE_S_MAX = 2;

    private final TermStore store;
    private final Executor disk;
    private final Executor notes;
    private final Executor later;
    private final List<ExecutorService> threads;

    private Terms(TermStore store, Executor disk, Executor notes, Executor later, List<ExecutorService> threads) {
        this.store = store;
        this.disk = disk;
        this.notes = notes;
        this.later = later;
        this.threads = threads;
        reserveSoon();
        lookLater();
    }

    /// With threads of its own.
    public static Terms of(TermStore store) {
        return of(store, CompletableFuture.delayedExecutor(LOOK_INTERVAL_S, TimeUnit.SECONDS));
    }

    /// @param later  begins the next look at the disk, after a while
    static Terms of(TermStore store, Executor later) {
        var disk = thread("terms");
        var notes = thread("term-notes");
        return new Terms(store, disk, notes, later, List.of(disk, notes));
    }

    /// @param disk   runs what may wait for the disk, in order
    /// @param notes  runs what a promotion waits for
    /// @param later  begins the next look at the disk, after a while
    public static Terms of(TermStore store, Executor disk, Executor notes, Executor later) {
        return new Terms(store, disk, notes, later, List.of());
    }

    private void lookLater() {
        later.execute(() -> disk.execute(this::look));
    }

    private void look() {
        store.check();
        lookLater();
    }

    private static ExecutorService thread(String name) {
        return new ThreadPoolExecutor(
                1,
                1,
                0,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform().name(name).daemon().factory(),
                new ThreadPoolExecutor.DiscardPolicy()); // a note after the end is late, not wrong
    }

    /// Takes the term of a promotion: above all seen. Waits for no disk and never throws.
    public int take() {
        return takeAbove(0);
    }

    /// Takes the term of a promotion, above `seen` too.
    public int takeAbove(int seen) {
        int term = store.takeAbove(seen);
        boolean isOnDisk = store.isReserved(term);
        var note = new FutureTask<>(() -> store.use(term));
        notes.execute(note);
        boolean isNoted = isDone(note);
        reserveSoon();
        var trouble = trouble();
        if (!isOnDisk && (trouble.isPresent() || !isNoted)) {
            log.error(
                    "term taken without a disk term={} cause=\"{}\" effect=\"{} may take it again\"",
                    term,
                    trouble.orElse("the disk is slow"),
                    isNoted ? "a reboot" : "a restart");
        }
        return term;
    }

    private static boolean isDone(Future<Boolean> note) {
        try {
            return note.get(NOTE_MS_MAX, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException _) {
            return false;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// Records a term that another director uses. Does not wait, so it may be called for each message.
    public void saw(int term) {
        if (store.saw(term)) {
            reserveSoon();
        }
    }

    /// The highest term taken or seen so far; 0 before the first.
    public int current() {
        return store.current();
    }

    /// See [TermStore#trouble].
    public Optional<String> trouble() {
        return store.trouble();
    }

    /// See [TermStore#faults].
    public List<String> faults() {
        return store.faults();
    }

    private void reserveSoon() {
        disk.execute(store::reserveNext);
    }

    /// Waits for the present write, but not for a disk that hangs.
    @Override
    public void close() {
        threads.forEach(ExecutorService::shutdown);
        try {
            for (var thread : threads) {
                if (!thread.awaitTermination(CLOSE_S_MAX, TimeUnit.SECONDS)) {
                    log.warn("disk still busy at the end part=terms waited-s={}", CLOSE_S_MAX);
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
