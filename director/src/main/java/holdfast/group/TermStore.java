package holdfast.group;

import holdfast.linux.DiskFault;
import holdfast.sync.Version;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The terms of a VIP group: each promotion takes the next term, and no term is used twice while a disk can keep it.
///
/// The store reserves the next term on disk before it is needed, so that a promotion does not wait for a disk. A
/// restart uses no term up: the next promotion takes a reserved term that is still unused.
///
/// A disk that refuses is a fault for the operator and no reason to end the process: [#trouble] reports it, and the
/// store takes terms above all that it has seen.
public final class TermStore {
    private static final Logger log = LoggerFactory.getLogger(TermStore.class);

    static final int TERM_MAX = Version.TERM_MAX;
    static final int FEW_LEFT = 1000;

    private final TermDisk disk;
    private final AtomicInteger current;
    private volatile int reserved;
    private volatile @Nullable String trouble;

    /// @param current   the highest term that may have been used
    /// @param reserved  the highest term on disk
    public TermStore(TermDisk disk, int current, int reserved) {
        this.disk = disk;
        this.current = new AtomicInteger(current);
        this.reserved = reserved;
    }

    public static TermStore open(Path directory, String group) {
        try {
            return open(directory, group, TermFile.bootId());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read which boot of the kernel this is", e);
        }
    }

    /// @throws IllegalStateException if the file has no term
    public static TermStore open(Path directory, String group, String bootId) {
        var file = new TermFile(directory, group, bootId);
        try {
            Files.createDirectories(directory);
            var line = file.read();
            int used = line.map(found -> found.highestUsed(bootId)).orElse(0);
            var store = new TermStore(file, used, line.map(TermFile.Line::term).orElse(0));
            store.reserveNext();
            return store;
        } catch (NumberFormatException e) {
            throw new IllegalStateException(
                    file + " does not hold a term (" + e.getMessage() + "); remove it while this director is stopped"
                            + " and another one is active: it then learns the term from there",
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the term in " + file, e);
        }
    }

    /// Records a term that another director uses; ours will be higher. Does not wait.
    ///
    /// @return whether it is news, so that another term must be reserved
    public boolean saw(int term) {
        int known = Math.min(term, TERM_MAX);
        return current.getAndAccumulate(known, Math::max) < known;
    }

    /// The term of a promotion now: above `seen` and above all seen before. Does not wait.
    ///
    /// @return the highest possible term again if there is none above; [#trouble] reports it
    public int takeAbove(int seen) {
        return current.updateAndGet(last -> Math.min(Math.max(last, seen), TERM_MAX - 1) + 1);
    }

    boolean isReserved(int term) {
        return term <= reserved;
    }

    /// The highest term taken or seen so far; 0 before the first. Any thread.
    public int current() {
        return current.get();
    }

    /// Notes on disk that a promotion took this term.
    ///
    /// @return whether the note survives the end of this process
    public boolean use(int term) {
        try {
            disk.use(term);
            return true;
        } catch (IOException | RuntimeException e) {
            log.debug("term not noted as used term={} cause=\"{}\"", term, e.toString());
            return false;
        }
    }

    /// Reserves the term of the next promotion on disk.
    ///
    /// @return whether nothing has to be tried again
    public boolean reserveNext() {
        int next = current.get() + 1;
        if (next > TERM_MAX || next <= reserved) {
            return true;
        }
        try {
            disk.reserve(next);
            reserved = next;
            recovered();
            return true;
        } catch (IOException | RuntimeException | Error e) {
            failed(e); // any error: it must not end the election's thread
            return false;
        }
    }

    /// Checks whether the disk would accept another term: the term that is reserved already hides a fault for a
    /// long time.
    void check() {
        try {
            if (reserveNext()) {
                disk.probe();
                recovered();
            }
        } catch (IOException | RuntimeException | Error e) {
            failed(e);
        }
    }

    private void failed(Throwable e) {
        var fault = DiskFault.of(e);
        var sentence = "the term cannot be written to " + disk + ": " + fault;
        if (trouble == null) {
            log.error(
                    "term not written file={} cause=\"{}\" effect=\"a promotion takes a term that a restart may forget\"",
                    disk,
                    fault.cause());
        }
        trouble = sentence;
    }

    private void recovered() {
        if (trouble != null) {
            trouble = null;
            log.info("term written again file={} term={}", disk, reserved);
        }
    }

    /// Why a promotion now could not keep its term, and the way out, as one sentence; empty if it could.
    public Optional<String> trouble() {
        return current.get() >= TERM_MAX
                ? Optional.of("the terms are used up, " + TERM_MAX + " of " + TERM_MAX + "; " + anew())
                : Optional.ofNullable(trouble);
    }

    /// The present trouble, and the coming one.
    List<String> faults() {
        var faults = new ArrayList<String>();
        trouble().ifPresent(faults::add);
        int left = TERM_MAX - current.get();
        if (left > 0 && left <= FEW_LEFT) {
            faults.add("only " + left + " of " + TERM_MAX + " terms are left; before they end, " + anew());
        }
        return faults;
    }

    private String anew() {
        return "stop all directors and remove " + disk + " and the directory revisions beside it on each, after a"
                + " 'holdfast config export'";
    }
}
