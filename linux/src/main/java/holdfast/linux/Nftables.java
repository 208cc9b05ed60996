package holdfast.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// Runs the system's `nft` with a script on its standard input, which it applies whole or not at all.
public final class Nftables {
    /// Ordinary users often lack this directory in their PATH.
    private static final Path USUAL = Path.of("/usr/sbin/nft");

    private static final long PATIENCE_S = 10;

    private Nftables() {}

    /// Applies a script in the syntax of `nft -f`. Blocks until nft has ended; control path only.
    ///
    /// @throws NftablesException with nft's own words, if it refused, hung or is not installed
    public static void apply(String script) {
        try {
            var nft = start();
            try (var input = nft.outputWriter(StandardCharsets.UTF_8)) {
                input.write(script);
            }
            finish(nft);
        } catch (IOException notStarted) {
            throw new NftablesException(
                    "cannot run nft: " + notStarted.getMessage() + "; install the package nftables", notStarted);
        }
    }

    private static Process start() throws IOException {
        var command = Files.isExecutable(USUAL) ? USUAL.toString() : "nft";
        return new ProcessBuilder(command, "-f", "-").redirectErrorStream(true).start();
    }

    private static void finish(Process nft) throws IOException {
        try {
            if (!nft.waitFor(PATIENCE_S, TimeUnit.SECONDS)) {
                nft.destroyForcibly();
                throw new NftablesException("nft did not end within " + PATIENCE_S + " s", null);
            }
        } catch (InterruptedException interrupted) {
            nft.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new NftablesException("interrupted while waiting for nft", interrupted);
        }
        var words = new String(nft.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (nft.exitValue() != 0) {
            throw new NftablesException("nft refused the rules: " + words, null);
        }
    }
}
