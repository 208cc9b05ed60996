package holdfast.cli.http;

import holdfast.cli.http.Exchange.Cause;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/// A director on another machine, by TLS. The certificate must be for the host's name or address (RFC 9110 §4.3.4).
///
/// @param token  null for a caller with a certificate
public record TlsDial(
        String host,
        int port,
        SSLSocketFactory trust,
        @Nullable String token) implements Dial {
    @Override
    public Optional<Exchange.Failed> obstacle() {
        return Optional.empty();
    }

    @Override
    public Line line() {
        return new TlsLine();
    }

    @Override
    public String login() {
        return token == null ? "" : "authorization: Bearer " + token + "\r\n";
    }

    private final class TlsLine implements Line {
        private final Socket plain = new Socket();
        private @Nullable SSLSocket tls;

        @Override
        public void connect() throws IOException {
            plain.connect(new InetSocketAddress(host, port));
            var socket = (SSLSocket) trust.createSocket(plain, host, port, true);
            var parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            tls = socket;
        }

        private SSLSocket connected() throws IOException {
            if (tls == null) {
                throw new IOException("not connected");
            }
            return tls;
        }

        @Override
        public InputStream in() throws IOException {
            return connected().getInputStream();
        }

        @Override
        public OutputStream out() throws IOException {
            return connected().getOutputStream();
        }

        @Override
        public Exchange.Failed notConnected(IOException e) {
            var text = String.valueOf(e.getMessage());
            return switch (e) {
                case UnknownHostException _ -> new Exchange.Failed(Cause.UNKNOWN_HOST, text);
                case NoRouteToHostException _ -> new Exchange.Failed(Cause.OTHER, text);
                case ConnectException _ -> new Exchange.Failed(Cause.REFUSED, text);
                case SSLHandshakeException _ -> new Exchange.Failed(Cause.NOT_TRUSTED, text);
                case SSLException _ -> new Exchange.Failed(Cause.NOT_HTTP, text);
                default -> new Exchange.Failed(Cause.OTHER, text);
            };
        }

        @Override
        public void close() throws IOException {
            plain.close();
        }
    }
}
