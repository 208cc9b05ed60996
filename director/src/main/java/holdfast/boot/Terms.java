package holdfast.boot;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// The [TermStore] with its disk on a thread of its own, so that neither the election nor the sync side waits for it.
final class Terms implements AutoCloseable {
    private final TermStore store;
    private final ExecutorService disk = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("terms").daemon().factory());

    Terms(TermStore store) {
        this.store = store;
    }

    /// The term of a promotion; the one after it is reserved behind the caller's back.
    int take() {
        int term = store.take();
        disk.execute(store::reserveNext);
        return term;
    }

    void saw(int term) {
        store.saw(term);
        disk.execute(store::reserveNext);
    }

    int current() {
        return store.current();
    }

    @Override
    public void close() {
        disk.close();
    }
}
