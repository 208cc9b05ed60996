package holdfast.cli;

/// The end of a command that could not do its work: one clear text for stderr, and the exit code.
final class Failure extends RuntimeException {
    private final int exitCode;
    private final boolean isSilence;

    Failure(int exitCode, String text) {
        this(exitCode, text, false);
    }

    private Failure(int exitCode, String text, boolean isSilence) {
        super(text, null, false, false);
        this.exitCode = exitCode;
        this.isSilence = isSilence;
    }

    /// No director answered, which monitoring must report.
    static Failure silence(String text) {
        return new Failure(ExitCode.OUR_FAULT, text, true);
    }

    boolean isSilence() {
        return isSilence;
    }

    int exitCode() {
        return exitCode;
    }
}
