package holdfast.demo;

import holdfast.conf.Access;
import holdfast.conf.UsersFile;
import holdfast.lab.Director;
import holdfast.lab.Lab;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/// The admin API of the lab's directors on TCP: the files that it needs, made with openssl as the operator's page says,
/// and connections to it from the clients' network.
final class RemoteApi {
    static final int PORT = 7680;
    static final String VIEWER = "viewers-token-of-this-test";
    static final String OPERATOR = "operators-token-of-this-test";
    static final String ADMIN = "admins-token-of-this-test";

    private final Path folder;
    private final SSLSocketFactory trust;

    private RemoteApi(Path folder, SSLSocketFactory trust) {
        this.folder = folder;
        this.trust = trust;
    }

    /// Makes an authority, a certificate for each director, and the file of users.
    static RemoteApi in(Path folder, Lab lab) throws IOException, GeneralSecurityException {
        lab.run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                "-subj", "/CN=lab", "-keyout", folder.resolve("ca.key").toString(),
                "-out", folder.resolve("ca.crt").toString());
        for (var director : new Director[] {lab.d1(), lab.d2()}) {
            lab.run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-days", "30", "-subj", "/CN=" + director, "-addext", "subjectAltName=IP:" + address(director),
                    "-addext", "basicConstraints=critical,CA:FALSE",
                    "-CA", folder.resolve("ca.crt").toString(), "-CAkey", folder.resolve("ca.key").toString(),
                    "-keyout", folder.resolve(director + ".key").toString(),
                    "-out", folder.resolve(director + ".crt").toString());
            lab.run("chmod", "o=", folder.resolve(director + ".key").toString());
        }
        Files.writeString(
                folder.resolve("users"),
                UsersFile.line("watcher", Access.VIEWER, VIEWER) + "\n"
                        + UsersFile.line("oncall", Access.OPERATOR, OPERATOR) + "\n"
                        + UsersFile.line("boss", Access.ADMIN, ADMIN) + "\n");
        return new RemoteApi(folder, trusting(folder.resolve("ca.crt")));
    }

    private static SSLSocketFactory trusting(Path authority) throws IOException, GeneralSecurityException {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, new char[0]);
        try (var in = Files.newInputStream(authority)) {
            store.setCertificateEntry("ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(store);
        var context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context.getSocketFactory();
    }

    static String address(Director director) {
        return "192.0.2." + (director.name().equals("d1") ? 1 : 2);
    }

    /// A director's file with the section `api`.
    String enabled(String file, Director director) {
        return file + """

                api:
                  listen: %s:%d
                  certificate: %s
                  private-key: %s
                  users-file: %s
                """.formatted(
                        address(director),
                        PORT,
                        folder.resolve(director + ".crt"),
                        folder.resolve(director + ".key"),
                        folder.resolve("users"));
    }

    /// A directory as `HOLDFAST_CREDENTIALS` names it.
    Path credentials(String token) throws IOException {
        var directory = Files.createTempDirectory(folder, "credentials");
        Files.copy(folder.resolve("ca.crt"), directory.resolve("ca.crt"));
        Files.writeString(directory.resolve("token"), token + "\n");
        return directory;
    }

    /// A connection with TLS.
    Socket connect(Director director) throws IOException {
        return trust.createSocket(address(director), PORT);
    }

    /// A connection without TLS from an address of the clients' network.
    static Socket plain(Director director, InetAddress from) throws IOException {
        var socket = new Socket();
        socket.bind(new InetSocketAddress(from, 0));
        socket.connect(new InetSocketAddress(address(director), PORT), 2000);
        return socket;
    }

    /// A whole request.
    static byte[] request(String method, String uri, String token, byte[] body) {
        var head = "%s %s HTTP/1.1\r\nHost: director\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                .formatted(method, uri, token, body.length)
                .getBytes(StandardCharsets.ISO_8859_1);
        var request = new byte[head.length + body.length];
        System.arraycopy(head, 0, request, 0, head.length);
        System.arraycopy(body, 0, request, head.length, body.length);
        return request;
    }

    /// An answer; the status is 0 if the connection ended before one came.
    record Answer(int status, String body) {}

    /// Reads the next answer of a connection.
    static Answer read(InputStream in) throws IOException {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                return new Answer(0, head.toString());
            }
            head.append((char) next);
        }
        var text = head.toString().toLowerCase(Locale.ROOT);
        int at = text.indexOf("content-length: ");
        int length = at < 0 ? 0 : Integer.parseInt(text.substring(at + 16, text.indexOf('\r', at)));
        var body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        return new Answer(Integer.parseInt(text.substring(9, 12)), body);
    }

    /// Asks once, on a connection of its own.
    Answer ask(Director director, String method, String uri, String token, byte[] body) throws IOException {
        try (var socket = connect(director)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request(method, uri, token, body));
            return read(socket.getInputStream());
        }
    }
}
