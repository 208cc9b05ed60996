package holdfast.lab.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/// The HTTP side of a real server.
///
/// | request | answer |
/// |---|---|
/// | POST /login?user=X | a session as cookie `session` |
/// | POST /cart?item=Y, GET /cart | `{"server":"rs1","items":["Y"]}`; 404 where the session began elsewhere |
/// | GET /download?bytes=N&rate=BYTES_PER_S&seed=S | the first N bytes of a [SeededStream] |
/// | POST /upload | the SHA-256 of what was sent, in hexadecimal |
/// | GET / | the name of the server |
final class Shop {
    /// A download that was held up may exceed its rate for this long; more would be a burst that no client with a
    /// real line would send or receive.
    private static final long CATCH_UP_MAX_NANOS = 50_000_000;

    private final String name;
    private final Carts carts = new Carts();

    Shop(String name) {
        this.name = name;
    }

    /// Serves on a port of every address of this host until the process ends.
    void serveAt(int port) throws IOException {
        var server = HttpServer.create(new InetSocketAddress(port), 1024);
        server.createContext("/", closing(e -> answer(e, 200, name + "\n")));
        server.createContext("/login", closing(this::login));
        server.createContext("/cart", closing(this::cart));
        server.createContext("/download", closing(Shop::download));
        server.createContext("/upload", Shop::upload);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    private static HttpHandler closing(HttpHandler handler) {
        return exchange -> {
            try (exchange) {
                exchange.getRequestBody().readAllBytes(); // unread input would make the kernel close with RST
                handler.handle(exchange);
            }
        };
    }

    private void login(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().add("Set-Cookie", "session=" + carts.login());
        answer(exchange, 200, name + "\n");
    }

    private void cart(HttpExchange exchange) throws IOException {
        var session = session(exchange).orElse("");
        var item = query(exchange).get("item");
        if (exchange.getRequestMethod().equals("POST") && (item == null || !carts.put(session, item))) {
            answer(exchange, 404, "no such cart here\n");
            return;
        }
        var items = carts.items(session);
        if (items.isEmpty()) {
            answer(exchange, 404, "no such cart here\n");
            return;
        }
        var list = items.get().stream().map(i -> '"' + i + '"').collect(Collectors.joining(","));
        answer(exchange, 200, "{\"server\":\"%s\",\"items\":[%s]}\n".formatted(name, list));
    }

    private static void download(HttpExchange exchange) throws IOException {
        var query = query(exchange);
        long bytes = Long.parseLong(query.getOrDefault("bytes", "1000000"));
        long rate = Long.parseLong(query.getOrDefault("rate", "1000000"));
        var stream = new SeededStream(Long.parseLong(query.getOrDefault("seed", "1")));
        exchange.sendResponseHeaders(200, bytes);
        var body = exchange.getResponseBody();
        var chunk = new byte[SeededStream.CHUNK_BYTES];
        long nanosPerChunk = chunk.length * 1_000_000_000L / rate;
        long dueAt = System.nanoTime();
        for (long left = bytes; left > 0; left -= chunk.length) {
            stream.next(chunk);
            body.write(chunk, 0, (int) Math.min(left, chunk.length));
            dueAt = Math.max(dueAt + nanosPerChunk, System.nanoTime() - CATCH_UP_MAX_NANOS);
            LockSupport.parkNanos(dueAt - System.nanoTime());
        }
        body.close();
    }

    private static void upload(HttpExchange exchange) throws IOException {
        try (exchange) {
            var digest = SeededStream.newSha256();
            var in = exchange.getRequestBody();
            var chunk = new byte[SeededStream.CHUNK_BYTES];
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                digest.update(chunk, 0, read);
            }
            answer(exchange, 200, HexFormat.of().formatHex(digest.digest()));
        }
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        var body = text.getBytes(UTF_8);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    private static Optional<String> session(HttpExchange exchange) {
        return Optional.ofNullable(exchange.getRequestHeaders().getFirst("Cookie"))
                .filter(cookie -> cookie.startsWith("session="))
                .map(cookie -> cookie.substring("session=".length()));
    }

    private static Map<String, String> query(HttpExchange exchange) {
        var query = Optional.ofNullable(exchange.getRequestURI().getRawQuery()).orElse("");
        return Arrays.stream(query.split("&"))
                .map(pair -> pair.split("=", 2))
                .filter(pair -> pair.length == 2)
                .collect(Collectors.toMap(pair -> pair[0], pair -> URLDecoder.decode(pair[1], UTF_8), (a, b) -> b));
    }
}
