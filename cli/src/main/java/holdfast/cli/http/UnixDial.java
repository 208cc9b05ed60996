package holdfast.cli.http;

import holdfast.cli.http.Exchange.Cause;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/// A director's Unix socket.
public record UnixDial(Path socket) implements Dial {
    @Override
    public Optional<Exchange.Failed> obstacle() {
        if (Files.notExists(socket)) {
            return Optional.of(new Exchange.Failed(Cause.NO_SOCKET, "no such file"));
        }
        return Files.isRegularFile(socket) || Files.isDirectory(socket, LinkOption.NOFOLLOW_LINKS)
                ? Optional.of(new Exchange.Failed(Cause.NOT_A_SOCKET, "a file or directory"))
                : Optional.empty();
    }

    @Override
    public Line line() throws IOException {
        return new UnixLine(socket, SocketChannel.open(StandardProtocolFamily.UNIX));
    }

    @Override
    public String host() {
        return "localhost";
    }

    private record UnixLine(Path socket, SocketChannel channel) implements Line {
        @Override
        public void connect() throws IOException {
            channel.connect(UnixDomainSocketAddress.of(socket));
        }

        @Override
        public InputStream in() {
            return Channels.newInputStream(channel);
        }

        @Override
        public OutputStream out() {
            return Channels.newOutputStream(channel);
        }

        /// The JDK has one exception for almost all errors of connect(), so only its text identifies the errno.
        @Override
        public Exchange.Failed notConnected(IOException e) {
            var text = String.valueOf(e.getMessage());
            if (text.contains("Permission denied")) {
                return new Exchange.Failed(Cause.DENIED, text);
            }
            return new Exchange.Failed(e instanceof ConnectException ? Cause.REFUSED : Cause.OTHER, text);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
