package holdfast.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.Writer;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The training run for the command line's AOT cache: the build runs it to load the classes of the usual commands,
/// against a server that knows nothing. Never run in production.
final class Training {
    private static final List<List<String>> COMMANDS = List.of(
            List.of("--help"),
            List.of("--version"),
            List.of("status"),
            List.of("list"),
            List.of("service", "list"),
            List.of("real", "list"),
            List.of("connection", "count"),
            List.of("drain", "list"),
            List.of("sync", "status"),
            List.of("config", "show"),
            List.of("events"),
            List.of("failover", "--yes"),
            List.of("ipvsadm", "-Ln"));

    private Training() {}

    /// @param arguments  a socket's path, where nothing is yet, and a configuration file
    public static void main(String[] arguments) throws IOException {
        var socket = Path.of(arguments[0]);
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            Files.deleteIfExists(socket);
            server.bind(UnixDomainSocketAddress.of(socket));
            Thread.ofPlatform().daemon().name("no-director").start(() -> answer(server));
            var main = new Main(environment(socket));
            main.run("config", "check", "--offline", arguments[1]);
            COMMANDS.forEach(command -> main.run(command.toArray(String[]::new)));
        } finally {
            Files.deleteIfExists(socket);
        }
    }

    private static Environment environment(Path socket) {
        var nowhere = new PrintWriter(Writer.nullWriter());
        return new Environment(
                new BufferedReader(Reader.nullReader()),
                nowhere,
                nowhere,
                Map.of("HOLDFAST_SOCKET", socket.toString()),
                socket.resolveSibling("none"),
                InstantSource.system(),
                _ -> Optional.empty(),
                false,
                _ -> false);
    }

    /// Whatever is asked, the answer is an object without members.
    private static void answer(ServerSocketChannel server) {
        var request = ByteBuffer.allocate(16 * 1024);
        while (server.isOpen()) {
            try (var channel = server.accept()) {
                channel.read(request.clear());
                channel.write(ByteBuffer.wrap("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}".getBytes(US_ASCII)));
            } catch (IOException _) {
                // the training has ended, or a command left early: the next one is answered
            }
        }
    }
}
