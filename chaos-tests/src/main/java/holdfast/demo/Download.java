package holdfast.demo;

import holdfast.lab.server.SeededStream;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/// A download over one connection; the server limits its rate, and the client checks its SHA-256.
final class Download {
    static final long BYTES = 300_000_000;
    /// Ten seconds long: it begins before a fault and ends soon after it.
    private static final long BYTES_PER_SECOND = 30_000_000;

    private static final Duration SILENCE_MAX = Duration.ofSeconds(10);

    private final CompletableFuture<String> problem = new CompletableFuture<>();
    private final AtomicLong received = new AtomicLong();

    private Download() {}

    /// Starts a download.
    ///
    /// @param sha256  the expected hash of the target's bytes
    static Download start(InetAddress from, Target target, String sha256) {
        var download = new Download();
        Thread.ofPlatform()
                .daemon()
                .name("download-" + target)
                .start(() -> download.problem.complete(download.run(from, target, sha256)));
        return download;
    }

    private String run(InetAddress from, Target target, String sha256) {
        var request = "GET /download?bytes=%d&rate=%d&seed=%d".formatted(BYTES, BYTES_PER_SECOND, target.seed());
        try (var answer = new Http(from, target.http(), request, "", SILENCE_MAX)) {
            var digest = SeededStream.newSha256();
            var in = answer.body();
            var chunk = new byte[SeededStream.CHUNK_BYTES];
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                digest.update(chunk, 0, read);
                received.addAndGet(read);
            }
            if (received.get() != BYTES) {
                return "ended after " + received + " of " + BYTES + " bytes";
            }
            return HexFormat.of().formatHex(digest.digest()).equals(sha256) ? "" : "has the wrong SHA-256";
        } catch (IOException e) {
            return "broke after " + received + " of " + BYTES + " bytes: " + e.getMessage();
        }
    }

    /// Bytes received so far.
    long received() {
        return received.get();
    }

    boolean isOver() {
        return problem.isDone();
    }

    boolean isComplete() {
        return received.get() == BYTES;
    }

    /// Waits for the end.
    ///
    /// @return what is wrong; empty if it is intact
    String problem(Duration patience) throws InterruptedException {
        try {
            return problem.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return "has only " + received + " of " + BYTES + " bytes";
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}
