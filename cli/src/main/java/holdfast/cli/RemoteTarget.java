package holdfast.cli;

import holdfast.cli.http.Dial;
import holdfast.cli.http.Exchange;
import holdfast.cli.http.TlsDial;
import java.nio.file.Path;

/// A director on another machine.
///
/// @param name  `HOST:PORT`
record RemoteTarget(String name, Dial dial, Path credentials) implements Target {
    private static final int PORT = 7680;

    /// @param text  `HOST`, or `HOST:PORT`
    static Target of(String text, Environment environment) {
        int colon = text.lastIndexOf(':');
        var host = colon < 0 ? text : text.substring(0, colon);
        var port = colon < 0 ? Integer.toString(PORT) : text.substring(colon + 1);
        if (!host.matches("[A-Za-z0-9._-]{1,253}")
                || !port.matches("[1-9][0-9]{0,4}")
                || Integer.parseInt(port) > 65535) {
            throw new Failure(
                    ExitCode.WRONG_INPUT,
                    "--director " + text
                            + " must be a name or an IPv4 address, and a port of 1 to 65535 behind a colon,"
                            + " such as 10.0.0.1:" + PORT);
        }
        var credentials = Credentials.of(environment);
        var dial = new TlsDial(host, Integer.parseInt(port), credentials.trust(), credentials.token());
        return new RemoteTarget(host + ":" + port, dial, credentials.directory());
    }

    @Override
    public String option() {
        return "--director";
    }

    @Override
    public String sentence(Exchange.Cause cause, String detail, String onSilence) {
        return switch (cause) {
            case UNKNOWN_HOST -> "There is no machine named " + detail + "; correct --director";
            case REFUSED ->
                "Nobody listens on " + name + ": the director does not run, or its file has no api.listen; see there";
            case NOT_TRUSTED ->
                "There is no trust between you and " + name + " (" + detail + "); see " + credentials
                        + ": ca.crt must have signed the director's certificate, which must be for this name, and the"
                        + " director's api.client-ca yours";
            case NOT_HTTP -> name + " is not the admin API of a director; correct --director";
            case TIMEOUT ->
                name + " gave " + detail + onSilence + "; see whether the machine is up, or wait longer with --timeout";
            case CLOSED -> name + " hung up before its answer was whole" + onSilence + "; see its log";
            case TOO_LARGE -> "The answer is larger than we take; ask for less with --limit";
            case NO_SOCKET, NOT_A_SOCKET, DENIED, OTHER -> name + " cannot be reached: " + detail;
        };
    }
}
