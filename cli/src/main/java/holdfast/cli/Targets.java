package holdfast.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/// Chooses the director that a command is for.
final class Targets {
    private Targets() {}

    /// @param director  as an option names it; null without the option
    /// @param socket    likewise
    static Target choose(@Nullable String director, @Nullable Path socket, Environment environment) {
        if (director != null) {
            return RemoteTarget.of(director, environment);
        }
        return socket != null ? Target.on(socket) : usual(environment);
    }

    private static Target usual(Environment environment) {
        var director = environment.variables().getOrDefault(Target.DIRECTOR_VARIABLE, "");
        var socket = environment.variables().getOrDefault(Target.SOCKET_VARIABLE, "");
        if (!socket.isEmpty()) {
            return Target.on(Path.of(socket));
        }
        return director.isEmpty()
                ? Target.on(onlySocketIn(environment.runFolder()))
                : RemoteTarget.of(director, environment);
    }

    private static Path onlySocketIn(Path folder) {
        List<Path> sockets;
        try (var files = Files.newDirectoryStream(folder, "*.sock")) {
            sockets = StreamSupport.stream(files.spliterator(), false).sorted().toList();
        } catch (IOException _) {
            sockets = List.of();
        }
        if (sockets.isEmpty()) {
            throw Failure.silence(
                    "There is no director's socket in " + folder
                            + ": no director runs here, or you may not look there; start one, or name its socket with --socket");
        }
        if (sockets.size() > 1) {
            var names = String.join(", ", sockets.stream().map(Path::toString).toList());
            throw new Failure(ExitCode.WRONG_INPUT, "Several directors run here; name one with --socket: " + names);
        }
        return sockets.getFirst();
    }
}
