package holdfast.cli;

import holdfast.cli.http.Dial;
import holdfast.cli.http.Exchange;
import holdfast.cli.http.UnixDial;
import java.nio.file.Path;

/// The director that a command is for.
interface Target {
    String SOCKET_VARIABLE = "HOLDFAST_SOCKET";
    String DIRECTOR_VARIABLE = "HOLDFAST_DIRECTOR";

    Dial dial();

    /// As messages name it.
    String name();

    /// The option that chooses another one.
    String option();

    /// What to tell the operator where no answer came.
    ///
    /// @param onSilence  text to add if the director may have obeyed all the same
    String sentence(Exchange.Cause cause, String detail, String onSilence);

    static Target on(Path socket) {
        return new Local(socket);
    }

    /// A director on this machine.
    record Local(Path socket) implements Target {
        @Override
        public Dial dial() {
            return new UnixDial(socket);
        }

        @Override
        public String name() {
            return socket.toString();
        }

        @Override
        public String option() {
            return "--socket";
        }

        @Override
        public String sentence(Exchange.Cause cause, String detail, String onSilence) {
            return switch (cause) {
                case NO_SOCKET ->
                    "There is no socket " + socket + ": the director does not run; start it, or correct --socket";
                case NOT_A_SOCKET -> socket + " is not a socket; name the api-socket of the director's configuration";
                case REFUSED ->
                    "Nobody listens on " + socket
                            + ": the director does not run any more; see its log, then start it again";
                case DENIED -> "You may not use " + socket + "; run this as root or as the director's group";
                case NOT_HTTP -> socket + " is not the admin API of a director; correct --socket";
                case TIMEOUT ->
                    "The director on " + socket + " gave " + detail + onSilence
                            + "; see its log, or wait longer with --timeout";
                case CLOSED ->
                    "The director on " + socket + " hung up before its answer was whole" + onSilence + "; see its log";
                case TOO_LARGE -> "The answer is larger than we take; ask for less with --limit";
                case UNKNOWN_HOST, NOT_TRUSTED, OTHER -> "The director on " + socket + " cannot be reached: " + detail;
            };
        }
    }
}
