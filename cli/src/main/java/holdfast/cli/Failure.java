package holdfast.cli;

/// The end of a command that could not do its work: one clear text for stderr, and the exit code.
final class Failure extends RuntimeException {
    private final int exitCode;

    Failure(int exitCode, String text) {
        super(text, null, false, false);
        this.exitCode = exitCode;
    }

    int exitCode() {
        return exitCode;
    }
}
