package holdfast.cli;

/// The exit codes of the process.
final class ExitCode {
    static final int DONE = 0;
    static final int OUR_FAULT = 1;
    static final int WRONG_INPUT = 2;
    static final int NOT_DONE = 3;

    private ExitCode() {}
}
