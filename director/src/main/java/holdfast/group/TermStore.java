package holdfast.group;

import holdfast.sync.Version;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The terms of a VIP group: each promotion takes the next one, and none is used twice while there is a disk to keep
/// it.
///
/// The next term is reserved on disk before it is needed, so that a promotion does not wait for a disk. A restart
/// uses no term up: a reserved one that nobody took is taken by the next promotion.
///
/// A disk that refuses is an operator's trouble and no reason to die: it is told in [#trouble], and terms go on above
/// all
/// that were seen.
public final class TermStore {
    private static final Logger log = LoggerFactory.getLogger(TermStore.class);

    static final int TERM_MAX = Version.TERM_MAX;
    static final int FEW_LEFT = 1000;

    private final Disk disk;
    private final AtomicInteger current;
    private volatile int reserved;
    private volatile @Nullable String trouble;

    /// Where terms are kept; its text form is the file that an operator can look at.
    public interface Disk {
        /// The next promotion may take this term; it is on disk for good when this returns.
        void reserve(int term) throws IOException;

        /// A promotion takes this term; written so that the end of this process does not undo it. Waits for no disk
        /// where the machine is well.
        void use(int term) throws IOException;

        /// Writes something of the size of a term, and removes it again.
        void probe() throws IOException;
    }

    /// @param current   the highest term that may have been used
    /// @param reserved  the highest term on disk
    public TermStore(Disk disk, int current, int reserved) {
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

    /// @throws IllegalStateException where the file holds no term
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

    /// A term that another director uses; ours will be higher. Waits for nothing.
    ///
    /// @return whether it is news, so that another term must be reserved
    public boolean saw(int term) {
        int known = Math.min(term, TERM_MAX);
        return current.getAndAccumulate(known, Math::max) < known;
    }

    /// The term of the promotion that happens now: above `seen` and above all seen before. Waits for nothing.
    ///
    /// @return the last term of all again where there is none above; [#trouble] says so
    public int takeAbove(int seen) {
        return current.updateAndGet(last -> Math.min(Math.max(last, seen), TERM_MAX - 1) + 1);
    }

    boolean isReserved(int term) {
        return term <= reserved;
    }

    public int current() {
        return current.get();
    }

    /// Notes on disk that a promotion took this term.
    ///
    /// @return whether the end of this process cannot undo it
    public boolean use(int term) {
        try {
            disk.use(term);
            return true;
        } catch (IOException | RuntimeException e) {
            log.debug("term not noted as used term={} cause=\"{}\"", term, e.toString());
            return false;
        }
    }

    /// Makes sure that the next promotion finds its term on disk.
    ///
    /// @return whether there is nothing to try again
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
            failed(e); // whatever it is: the election must not learn of it by dying
            return false;
        }
    }

    /// Looks whether the disk would take another term: the one that is reserved already hides for long that it does
    /// not.
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
        var cause = cause(e);
        var sentence = "the term cannot be written to " + disk + ": " + cause + "; " + remedy(cause);
        if (trouble == null) {
            log.error(
                    "term not written file={} cause=\"{}\" effect=\"a promotion takes a term that a restart may forget\"",
                    disk,
                    cause);
        }
        trouble = sentence;
    }

    private void recovered() {
        if (trouble != null) {
            trouble = null;
            log.info("term written again file={} term={}", disk, reserved);
        }
    }

    /// One sentence: why a promotion now could not keep its term, and the way out; empty where it could.
    public Optional<String> trouble() {
        return current.get() >= TERM_MAX
                ? Optional.of("the terms are used up, " + TERM_MAX + " of " + TERM_MAX + "; " + anew())
                : Optional.ofNullable(trouble);
    }

    /// The trouble, and what will be one.
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
        return "stop all directors and remove " + disk + " on each";
    }

    private static String cause(Throwable e) {
        return switch (e) {
            case AccessDeniedException _ -> "Permission denied";
            case NoSuchFileException _ -> "No such file or directory";
            case FileSystemException f when f.getReason() != null -> f.getReason();
            default -> e.getMessage() == null ? e.toString() : e.getMessage();
        };
    }

    /// By the kernel's words, which are all that Java gives of an errno.
    private static String remedy(String cause) {
        return switch (cause) {
            case "No space left on device", "Disk quota exceeded" -> "free space there";
            case "Read-only file system" -> "see in the kernel's log why, and mount it for writing again";
            case "Permission denied", "Operation not permitted" ->
                "give the user who runs the director write permission there";
            default -> "see to that disk and the kernel's log";
        };
    }
}
