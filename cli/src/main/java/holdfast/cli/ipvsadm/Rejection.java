package holdfast.cli.ipvsadm;

/// The end of an invocation that the parser does not accept: ipvsadm's message and exit code.
final class Rejection extends RuntimeException {
    private static final int NO_LISTING = 1;
    /// A wrong use, or a value out of range.
    private static final int USAGE = 2;
    /// An option that popt does not understand, or a change that is refused.
    private static final int REFUSED = 255;

    private final int exit;
    private final boolean endsRestore;

    private Rejection(int exit, String text, boolean endsRestore) {
        super(text, null, false, false);
        this.exit = exit;
        this.endsRestore = endsRestore;
    }

    static Rejection usage(String text) {
        return new Rejection(USAGE, text, true);
    }

    static Rejection noListing(String text) {
        return new Rejection(NO_LISTING, text, true);
    }

    /// The first option is no command.
    static Rejection noCommand() {
        return new Rejection(REFUSED, "Try `ipvsadm -h' or 'ipvsadm --help' for more information.", true);
    }

    /// An option that popt does not understand, or a thing that Holdfast does not do. Neither ends a restore.
    static Rejection refused(String text) {
        return new Rejection(REFUSED, text, false);
    }

    int exit() {
        return exit;
    }

    /// Whether the lines after this one are not read.
    boolean endsRestore() {
        return endsRestore;
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
