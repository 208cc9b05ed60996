package holdfast.api;

import holdfast.conf.Access;
import holdfast.conf.UsersFile;
import io.netty.channel.Channel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.ssl.SslHandler;
import java.security.Principal;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.net.ssl.SSLPeerUnverifiedException;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/// Finds out who a caller is, before its request is read. It asks the file of users each time, so that a line that is
/// taken away counts from the next request on.
interface Login {
    /// @throws RefusedException if it is nobody who is known
    Caller of(Channel connection, HttpHeaders headers);

    /// On the Unix socket, by the account of the peer's process (SO_PEERCRED in unix(7)).
    record OnSocket(String ownUser, Access usual, Supplier<UsersFile> users) implements Login {
        private static final String ROOT = "root";

        @Override
        public Caller of(Channel connection, HttpHeaders headers) {
            var peer = connection.config().getOption(NioChannelOption.of(ExtendedSocketOptions.SO_PEERCRED));
            if (peer == null) { // the peer has gone
                return new Caller("unknown", Access.VIEWER, Caller.SOCKET);
            }
            var name = peer.user().getName();
            return new Caller(name, access(name), Caller.SOCKET);
        }

        private Access access(String name) {
            return name.equals(ROOT) || name.equals(ownUser)
                    ? Access.ADMIN
                    : users.get().onSocket(name).map(UsersFile.User::access).orElse(usual);
        }
    }

    /// On TCP, by a client's certificate or by a token in the header `Authorization` (RFC 6750 §2.1).
    record OverTls(Supplier<UsersFile> users) implements Login {
        private static final String BEARER = "bearer ";

        @Override
        public Caller of(Channel connection, HttpHeaders headers) {
            if (headers.contains(HttpHeaderNames.ORIGIN)) {
                throw new RefusedException(
                        HttpResponseStatus.FORBIDDEN,
                        "the API is not for pages in a browser",
                        "the request has the header Origin, so some page made it in the name of whoever looks at it",
                        "use the holdfast command");
            }
            var known = users.get();
            return certificate(connection)
                    .flatMap(known::withCertificate)
                    .or(() -> token(headers).flatMap(known::withToken))
                    .map(user -> new Caller(user.name(), user.access(), Gate.from(connection)))
                    .orElseThrow(() -> unknown(connection, headers));
        }

        private static RefusedException unknown(Channel connection, HttpHeaders headers) {
            var why = token(headers).isPresent()
                    ? "the token is in no line of the file of users"
                    : certificate(connection)
                            .map(name -> "the certificate of '" + name + "' has no line in the file of users")
                            .orElse("there is neither a certificate nor a token");
            return new RefusedException(
                    HttpResponseStatus.UNAUTHORIZED,
                    "the director does not know you",
                    why,
                    "use a certificate or a token that the director's api.users-file names");
        }

        private static Optional<String> token(HttpHeaders headers) {
            return Optional.ofNullable(headers.get(HttpHeaderNames.AUTHORIZATION))
                    .filter(value -> value.toLowerCase(Locale.ROOT).startsWith(BEARER))
                    .map(value -> value.substring(BEARER.length()).strip());
        }

        /// The common name in the client's certificate, which the TLS handshake has verified.
        private static Optional<String> certificate(Channel connection) {
            try {
                var session =
                        connection.pipeline().get(SslHandler.class).engine().getSession();
                return Optional.ofNullable(commonName(session.getPeerPrincipal()));
            } catch (SSLPeerUnverifiedException _) {
                return Optional.empty();
            }
        }

        private static @Nullable String commonName(Principal subject) {
            try {
                return new LdapName(subject.getName())
                        .getRdns().stream()
                                .filter(part -> part.getType().equalsIgnoreCase("CN"))
                                .map(part -> part.getValue().toString())
                                .findFirst()
                                .orElse(null);
            } catch (InvalidNameException _) {
                return null;
            }
        }
    }
}
