package holdfast.cli.http;

import org.jspecify.annotations.Nullable;

/// The outcome of a request.
public sealed interface Exchange {
    /// An answer. Its bytes are passed straight to the codec; nobody compares replies.
    ///
    /// @param director  the name of the director; null if an older one does not say it
    @SuppressWarnings("ArrayRecordComponent")
    record Reply(int status, byte[] body, @Nullable String director) implements Exchange {}

    /// No answer.
    ///
    /// @param detail  the system's or the library's own words
    record Failed(Cause cause, String detail) implements Exchange {}

    /// Why there was no answer.
    enum Cause {
        /// There is no file at the socket's path.
        NO_SOCKET,
        /// There is a file of another kind.
        NOT_A_SOCKET,
        /// No process listens.
        REFUSED,
        /// The file's permissions refuse us.
        DENIED,
        /// The name of the machine has no address.
        UNKNOWN_HOST,
        /// The other side's certificate is not one that we trust, or it does not trust ours.
        NOT_TRUSTED,
        /// The other side speaks another protocol.
        NOT_HTTP,
        /// No whole answer came in time.
        TIMEOUT,
        /// The answer is larger than the bound.
        TOO_LARGE,
        /// The other side closed the connection before a whole answer.
        CLOSED,
        /// Anything else.
        OTHER
    }
}
