package holdfast.bench.load;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/// The client of the suite `api`: `Asker TO PORT CERTIFICATE TOKEN PER-SECOND WARM-UP-S SECONDS` asks a
/// director's admin API for its status at an even rate, on twenty connections with TLS. A connection that falls behind
/// asks without a pause until it is in time again.
public final class Asker {
    private static final int CONNECTIONS = 20;
    private static final long SECOND = 1_000_000_000;
    private static final String LENGTH = "content-length: ";

    private final SSLSocketFactory trust;
    private final String to;
    private final int port;
    private final byte[] request;
    private final long interval;
    private final long startedAt = System.nanoTime();
    private final long measureFrom;
    private final long endAt;

    private Asker(String... arguments) throws IOException, GeneralSecurityException {
        to = arguments[0];
        port = Integer.parseInt(arguments[1]);
        trust = trusting(Path.of(arguments[2]));
        request = "GET /v1/status HTTP/1.1\r\nHost: director\r\nAuthorization: Bearer %s\r\n\r\n"
                .formatted(arguments[3])
                .getBytes(StandardCharsets.US_ASCII);
        interval = SECOND * CONNECTIONS / Integer.parseInt(arguments[4]);
        measureFrom = startedAt + seconds(arguments[5]);
        endAt = measureFrom + seconds(arguments[6]);
    }

    public static void main(String... arguments) throws Exception {
        var asker = new Asker(arguments);
        var askers = IntStream.range(0, CONNECTIONS).mapToObj(asker::start).toList();
        var nanos = new ArrayList<Long>();
        for (var each : askers) {
            each.thread.join();
            nanos.addAll(each.nanos);
        }
        var sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
        System.out.printf(
                Locale.ROOT,
                "answersPerSecond %.1f%np50Ms %.3f%np99Ms %.3f%n",
                sorted.length * 1e9 / (asker.endAt - asker.measureFrom),
                PingPong.percentile(sorted, 0.50) / 1e6,
                PingPong.percentile(sorted, 0.99) / 1e6);
    }

    private record OfConnection(Thread thread, List<Long> nanos) {}

    private OfConnection start(int number) {
        var nanos = new ArrayList<Long>();
        var thread = Thread.ofPlatform().start(() -> {
            try {
                ask(number, nanos);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        thread.setUncaughtExceptionHandler((_, e) -> {
            System.out.println(e);
            System.exit(1);
        });
        return new OfConnection(thread, nanos);
    }

    private void ask(int number, List<Long> nanos) throws IOException {
        try (var socket = trust.createSocket(to, port)) {
            socket.setTcpNoDelay(true);
            var in = new BufferedInputStream(socket.getInputStream());
            long due = startedAt + number * interval / CONNECTIONS;
            while (due - endAt < 0) {
                while (System.nanoTime() - due < 0) {
                    LockSupport.parkNanos(due - System.nanoTime());
                }
                socket.getOutputStream().write(request);
                readAnswer(in);
                long now = System.nanoTime();
                if (due - measureFrom >= 0 && now - endAt < 0) {
                    nanos.add(now - due);
                }
                due += interval;
                if (now - endAt >= 0) {
                    return;
                }
            }
        }
    }

    private static void readAnswer(InputStream in) throws IOException {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("the director closed the connection after: " + head);
            }
            head.append((char) next);
        }
        if (!head.toString().startsWith("HTTP/1.1 200 ")) {
            throw new IOException("not a status: " + head);
        }
        var text = head.toString().toLowerCase(Locale.ROOT);
        int at = text.indexOf(LENGTH) + LENGTH.length();
        in.skipNBytes(Integer.parseInt(text.substring(at, text.indexOf('\r', at))));
    }

    private static SSLSocketFactory trusting(Path certificate) throws IOException, GeneralSecurityException {
        var store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (var in = Files.newInputStream(certificate)) {
            store.setCertificateEntry(
                    "director", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(store);
        var context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context.getSocketFactory();
    }

    private static long seconds(String text) {
        return (long) (Double.parseDouble(text) * SECOND);
    }
}
