package holdfast.control;

import holdfast.admin.FailoverRequest;
import holdfast.admin.FailoverResult;
import holdfast.admin.MaintenanceRequest;
import holdfast.admin.MaintenanceState;
import holdfast.api.Caller;
import holdfast.api.RefusedException;
import holdfast.linux.DiskFault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether this director is in maintenance, which outlives its restart in the file `maintenance` of its state
/// directory.
///
/// To the election, maintenance is one more reason against a takeover, like a disk that fails. So a director in
/// maintenance refuses a planned failover and does not preempt. If nobody else serves
/// it takes over all the same: a VIP that nobody answers for helps no client.
public final class Maintenance {
    private static final Logger log = LoggerFactory.getLogger(Maintenance.class);
    private static final int TEXT_MAX = 60; // a word of a director carries the reason to the others

    private final Path file;
    private volatile @Nullable Begun begun;

    /// One line of the file: `2026-11-30T16:00:00Z AUTHOR REASON`.
    private record Begun(String since, String author, String reason) {
        static Begun parse(String line) {
            var parts = line.strip().split(" ", 3);
            return new Begun(parts[0], parts.length > 1 ? parts[1] : "unknown", parts.length > 2 ? parts[2] : "");
        }

        String line() {
            return since + " " + author + " " + reason + "\n";
        }
    }

    private Maintenance(Path file, @Nullable Begun begun) {
        this.file = file;
        this.begun = begun;
    }

    /// As an earlier run of this director left it. A file that cannot be read counts as maintenance.
    public static Maintenance open(Path stateDir) {
        var file = stateDir.resolve("maintenance");
        if (!Files.exists(file)) {
            return new Maintenance(file, null);
        }
        Begun left;
        try {
            left = Begun.parse(Files.readString(file));
        } catch (IOException e) {
            left = new Begun(
                    "unknown",
                    "unknown",
                    "its file cannot be read: " + DiskFault.of(e).cause());
        }
        log.warn("maintenance goes-on since={} author={} reason=\"{}\"", left.since(), left.author(), left.reason());
        return new Maintenance(file, left);
    }

    /// The reason against a takeover; empty without maintenance. Any thread; cheap.
    public Optional<String> obstacle() {
        var now = begun;
        return now == null
                ? Optional.empty()
                : Optional.of("it is in maintenance since %s by %s%s, and serves only if no other director does"
                        .formatted(now.since(), now.author(), now.reason().isEmpty() ? "" : " (" + now.reason() + ")"));
    }

    MaintenanceState state() {
        return state(null);
    }

    private MaintenanceState state(@Nullable String moved) {
        var now = begun;
        return now == null
                ? new MaintenanceState(false, null, null, null, null)
                : new MaintenanceState(true, now.since(), now.author(), now.reason(), moved);
    }

    /// Begins or ends it. An active first moves the VIPs; if that is refused, maintenance does not begin.
    synchronized MaintenanceState change(
            MaintenanceRequest request, BooleanSupplier isActive, Function<FailoverRequest, FailoverResult> failover) {
        if (!request.on()) {
            end();
            return state();
        }
        if (begun != null) {
            return state();
        }
        var next = new Begun(
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                text(Caller.current().author(request.author())).replace(' ', '-'),
                text(request.reason()));
        write(next);
        begun = next;
        if (!isActive.getAsBoolean()) {
            log.info("maintenance on author={} reason=\"{}\"", next.author(), next.reason());
            return state();
        }
        var result = failover.apply(new FailoverRequest("maintenance: " + next.reason()));
        if (!result.done()) {
            remove();
            begun = null;
            throw refused(result.blocking());
        }
        log.info("maintenance on author={} reason=\"{}\" moved-to={}", next.author(), next.reason(), result.to());
        return state(result.to());
    }

    private static RefusedException refused(List<String> reasons) {
        return RefusedException.notNow(
                "maintenance did not begin, and this director stays active",
                String.join("; ", reasons),
                "mend that, or stop this director without maintenance");
    }

    private void end() {
        if (begun == null) {
            return;
        }
        remove();
        begun = null;
        log.info("maintenance off");
    }

    /// Printable and short.
    private static String text(@Nullable String given) {
        var clean = Objects.requireNonNullElse(given, "")
                .replaceAll("[\\p{Cntrl}\"]", " ")
                .strip();
        return clean.length() <= TEXT_MAX ? clean : clean.substring(0, TEXT_MAX - 3) + "...";
    }

    private void write(Begun next) {
        try {
            var unfinished = file.resolveSibling(file.getFileName() + ".new");
            try (var channel = FileChannel.open(
                    unfinished,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.TRUNCATE_EXISTING)) {
                channel.write(ByteBuffer.wrap(next.line().getBytes(StandardCharsets.UTF_8)));
                channel.force(true);
            }
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
            forceDirectory();
        } catch (IOException e) {
            throw notWritten(e);
        }
    }

    private void remove() {
        try {
            Files.deleteIfExists(file);
            forceDirectory();
        } catch (IOException e) {
            throw notWritten(e);
        }
    }

    private void forceDirectory() throws IOException {
        try (var entries = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            entries.force(true);
        }
    }

    private RefusedException notWritten(IOException e) {
        var fault = DiskFault.of(e);
        return RefusedException.notNow(
                "maintenance was not changed", "cannot write " + file + ": " + fault.cause(), fault.remedy());
    }
}
