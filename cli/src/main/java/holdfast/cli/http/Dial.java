package holdfast.cli.http;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/// A way to a director.
public interface Dial {
    /// What stands against trying it at all.
    Optional<Exchange.Failed> obstacle();

    /// A connection that is not made yet.
    Line line() throws IOException;

    /// For the header `Host`.
    String host();

    /// Lines of the request's head that say who asks, each with its line end.
    default String login() {
        return "";
    }

    /// One connection. Another thread may close it, which ends the waiting in it.
    interface Line extends Closeable {
        void connect() throws IOException;

        InputStream in() throws IOException;

        OutputStream out() throws IOException;

        /// Why [#connect] failed.
        Exchange.Failed notConnected(IOException e);
    }
}
