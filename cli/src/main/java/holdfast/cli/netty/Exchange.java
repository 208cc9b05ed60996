package holdfast.cli.netty;

/// How a request ended.
public sealed interface Exchange {
    /// There was an answer. Its bytes go straight to the codec; nobody compares replies.
    @SuppressWarnings("ArrayRecordComponent")
    record Reply(int status, byte[] body) implements Exchange {}

    /// There was none.
    ///
    /// @param detail  the system's or the library's own words
    record Failed(Cause cause, String detail) implements Exchange {}

    /// Why there was no answer.
    enum Cause {
        /// There is no file at the socket's path.
        NO_SOCKET,
        /// There is a file of another kind.
        NOT_A_SOCKET,
        /// Nobody listens.
        REFUSED,
        /// The file's permissions keep us out.
        DENIED,
        /// The other side speaks something else.
        NOT_HTTP,
        /// No whole answer came in time.
        TIMEOUT,
        /// The answer is larger than the bound.
        TOO_LARGE,
        /// The other side hung up before a whole answer.
        CLOSED,
        /// Anything else.
        OTHER
    }
}
