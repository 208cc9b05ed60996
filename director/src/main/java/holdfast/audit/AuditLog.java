package holdfast.audit;

import holdfast.admin.AuditList;
import holdfast.admin.AuditRequest;
import holdfast.admin.json.AdminJson;
import holdfast.api.AuditTrail;
import holdfast.api.Caller;
import holdfast.api.RefusedException;
import holdfast.linux.DiskFault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The audit of a director on its disk. The thread `audit` writes and forces each entry to the disk before the
/// request is obeyed. A disk that is full or hangs keeps no operator from a failover: the request goes on after a
/// second, the lost entries are counted, and [#trouble] says so.
public final class AuditLog implements AuditTrail, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AuditLog.class);
    private static final String BEGUN = "begun";
    private static final int REQUEST_CHARS_MAX = 4096;
    private static final int QUEUE_MAX = 1000;
    private static final long PATIENCE_MS = 1000;
    private static final long PATIENCE_IN_TROUBLE_MS = 20;

    private final String director;
    private final AuditFiles files;
    private final Consumer<AuditList.Entry> written;
    private final ArrayBlockingQueue<Optional<Pending>> queue = new ArrayBlockingQueue<>(QUEUE_MAX);
    private final Thread thread = Thread.ofPlatform().name("audit").daemon().unstarted(this::run);
    private volatile @Nullable String trouble;
    private volatile boolean isClosed;
    private long lost; // guarded by this

    /// An entry without its number and hash, and who waits for it; the number is 0 if the entry was lost.
    private record Pending(AuditList.Entry entry, CompletableFuture<Long> number) {}

    private AuditLog(String director, AuditFiles files, Consumer<AuditList.Entry> written) {
        this.director = director;
        this.files = files;
        this.written = written;
    }

    /// Goes on with the audit in a directory.
    ///
    /// @param director  its name
    /// @param written   is called with each entry that is on the disk, on the thread `audit`
    public static AuditLog open(String director, Path stateDir, Consumer<AuditList.Entry> written) {
        var audit = new AuditLog(director, new AuditFiles(stateDir), written);
        audit.thread.start();
        return audit;
    }

    @Override
    public Consumer<String> begun(Caller caller, String operation, byte[] request) {
        var text = new String(request, StandardCharsets.UTF_8);
        var number = append(
                caller,
                null,
                operation,
                cut(text),
                AdminJson.text(request, "reason").orElse(null),
                BEGUN);
        return outcome -> {
            var begun = number.getNow(0L);
            var _ = append(caller, begun == 0 ? null : begun, operation, "", null, outcome);
        };
    }

    /// Never between the halves of one character.
    private static String cut(String request) {
        if (request.length() <= REQUEST_CHARS_MAX) {
            return request;
        }
        boolean isHalf = Character.isHighSurrogate(request.charAt(REQUEST_CHARS_MAX - 1));
        return request.substring(0, isHalf ? REQUEST_CHARS_MAX - 1 : REQUEST_CHARS_MAX);
    }

    /// Completes with the entry's number once the entry is on the disk, and waits a while for that.
    private CompletableFuture<Long> append(
            Caller caller,
            @Nullable Long ends,
            String operation,
            String request,
            @Nullable String reason,
            String outcome) {
        var at = Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
        var entry = new AuditList.Entry(
                0, ends, at, director, caller.name(), caller.from(), operation, request, reason, outcome, "");
        long patienceMs = trouble == null ? PATIENCE_MS : PATIENCE_IN_TROUBLE_MS;
        var pending = new Pending(
                entry, new CompletableFuture<Long>().completeOnTimeout(0L, patienceMs, TimeUnit.MILLISECONDS));
        if (isClosed || !queue.offer(Optional.of(pending))) {
            lose("the disk does not keep up");
            pending.number().complete(0L);
        }
        long number = pending.number().join();
        if (number == 0 && trouble == null) {
            trouble("the disk has not taken an entry within " + PATIENCE_MS + " ms");
        }
        return pending.number();
    }

    private void run() {
        try {
            for (var next = queue.take(); next.isPresent(); next = queue.take()) {
                write(next.get());
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(Pending pending) {
        try {
            noteLost();
            var entry = files.append(pending.entry());
            pending.number().complete(entry.number());
            if (trouble != null) {
                log.info("audit goes on number={}", entry.number());
            }
            trouble = null;
            if (!entry.outcome().equals(BEGUN)) {
                tell(entry);
            }
            written.accept(entry);
        } catch (IOException | RuntimeException e) { // whatever it is, the thread must write the next entry
            lose(DiskFault.of(e).cause());
            pending.number().complete(0L);
        }
    }

    /// The log is another place, so its hashes show what was changed in the files.
    private static void tell(AuditList.Entry entry) {
        log.info(
                "audit entry number={} user={} from={} operation=\"{}\" outcome={} hash={}",
                entry.number(),
                entry.user(),
                entry.from(),
                entry.operation(),
                entry.outcome(),
                entry.hash());
    }

    private synchronized void lose(String cause) {
        lost++;
        trouble(cause);
    }

    private void trouble(String cause) {
        if (trouble == null) {
            log.error("audit not written files={} cause=\"{}\"", files, cause);
        }
        trouble = "the audit cannot be written to " + files + ": " + cause;
    }

    /// An audit with a gap says so itself.
    private synchronized void noteLost() throws IOException {
        if (lost > 0) {
            var at = Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
            var gap = new AuditList.Entry(
                    0,
                    null,
                    at,
                    director,
                    Caller.DIRECTOR.name(),
                    Caller.DIRECTOR.from(),
                    "audit",
                    "",
                    null,
                    lost + " entries were lost",
                    "");
            written.accept(files.append(gap));
            lost = 0;
        }
    }

    /// Why entries are lost now, as a sentence; empty while they are written.
    public Optional<String> trouble() {
        return Optional.ofNullable(trouble);
    }

    /// The newest entries, and whether the kept ones are whole.
    public AuditList list(AuditRequest request) {
        var chain = read();
        var all = chain.entries();
        return new AuditList(
                all.subList(Math.max(0, all.size() - request.limit()), all.size()),
                chain.newest().map(AuditList.Entry::number).orElse(0L),
                chain.broken());
    }

    private AuditChain read() {
        try {
            return files.read();
        } catch (IOException e) {
            throw RefusedException.notNow(
                    "the audit cannot be read",
                    files + ": " + DiskFault.of(e).cause(),
                    "see to the state-dir of this director");
        }
    }

    /// Writes what waits, for a second at most.
    @Override
    public void close() {
        isClosed = true;
        try {
            boolean _ = queue.offer(Optional.empty(), 1, TimeUnit.SECONDS);
            thread.join(TimeUnit.SECONDS.toMillis(1));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
