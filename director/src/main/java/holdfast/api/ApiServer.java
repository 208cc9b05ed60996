package holdfast.api;

import holdfast.conf.Management;
import holdfast.conf.UsersFile;
import holdfast.linux.Clock;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Serves the admin API on a Unix socket, and on TCP if the configuration asks for it. Each of the two has its own
/// event loop and bounds, so that no crowd on TCP keeps the local command line waiting.
public final class ApiServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ApiServer.class);
    private static final int FILE_TYPE = 0170000; // of the mode in inode(7)
    private static final int SOCKET = 0140000;
    private static final int CONNECTIONS_MAX = 256;
    private static final int ANSWERS_MAX = 64;

    private final Path socket;
    private final EventLoopGroup loop;
    private final Gate gate = new Gate(CONNECTIONS_MAX, ANSWERS_MAX, Optional.empty());
    private final Optional<WatchedFile<UsersFile>> users;
    private final Channel channel;
    private final Optional<RemoteListener> remote;

    private ApiServer(Options options, Handlers handlers, AuditTrail trail, EventLoopGroup loop) throws IOException {
        this.loop = loop;
        socket = options.socket();
        var api = options.api();
        users = api.users().map(file -> new WatchedFile<>(List.of(file), ApiServer::read, Clock::monotonic));
        Supplier<UsersFile> known = () -> users.map(WatchedFile::content).orElse(UsersFile.EMPTY);
        var routes = new Routes(options.director(), handlers, trail);
        var login = new Login.OnSocket(System.getProperty("user.name"), api.socketRole(), known);
        var _ = known.get(); // now, so that a file that becomes wrong later leaves these users in
        removeStale(socket);
        channel = Listeners.bootstrap(loop, NioServerDomainSocketChannel.class, new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel connection) {
                        gate.opened(connection, Clock.monotonic());
                        Listeners.speakHttp(
                                connection,
                                routes,
                                gate,
                                login,
                                options.patience().times(),
                                Clock::monotonic);
                    }
                })
                .bind(UnixDomainSocketAddress.of(socket))
                .syncUninterruptibly()
                .channel();
        giveTo(api.group().orElse(null));
        remote = api.remote().map(wanted -> RemoteListener.start(wanted, routes, known, options.patience()));
    }

    /// @param director  its name, which every answer carries
    public record Options(String director, Path socket, Management.Api api, Patience patience) {
        public Options(String director, Path socket, Management.Api api) {
            this(director, socket, api, Patience.USUAL);
        }
    }

    /// Listens on the socket, which its owner and its group may use. What TCP lacks is tried again later.
    ///
    /// @throws IllegalStateException if another process answers on it already
    public static ApiServer start(Options options, Handlers handlers, AuditTrail trail) {
        var loop = Listeners.loop("api");
        try {
            return new ApiServer(options, handlers, trail, loop);
        } catch (IOException e) {
            Listeners.end(loop);
            throw new UncheckedIOException("cannot listen on the API socket " + options.socket() + ": " + e, e);
        } catch (RuntimeException e) {
            Listeners.end(loop);
            throw e;
        }
    }

    private static UsersFile read(List<Path> files) {
        try (var in = Files.newInputStream(files.getFirst())) {
            var read = UsersFile.parse(in.readNBytes(UsersFile.READ_MAX));
            if (!read.mistakes().isEmpty()) {
                throw new IllegalArgumentException("it " + String.join("; it ", read.mistakes()));
            }
            return read;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void giveTo(@Nullable String group) throws IOException {
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw----"));
        if (group != null) {
            var lookup = socket.getFileSystem().getUserPrincipalLookupService();
            try {
                Files.getFileAttributeView(socket, PosixFileAttributeView.class)
                        .setGroup(lookup.lookupPrincipalByGroupName(group));
            } catch (UserPrincipalNotFoundException e) {
                throw new IllegalStateException(
                        "api.group '" + group + "' is no group of this machine; make it, or correct the name", e);
            } catch (FileSystemException e) {
                throw new IllegalStateException(
                        "api.group '" + group + "' cannot be given the socket " + socket + ": " + e.getReason()
                                + "; run the director as a user in that group",
                        e);
            }
        }
    }

    /// Removes a socket file on which nobody answers: it outlives a killed process.
    private static void removeStale(Path socket) throws IOException {
        Files.createDirectories(socket.toAbsolutePath().getParent());
        if (!Files.exists(socket)) {
            return;
        }
        if (((int) Files.getAttribute(socket, "unix:mode") & FILE_TYPE) != SOCKET) {
            throw new IllegalStateException(
                    socket + " exists and is no socket; move it away, or give director.api-socket another path");
        }
        try (var probe = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            throw new IllegalStateException("a director already answers on " + probe.getRemoteAddress()
                    + "; stop it first, or give this one another director.api-socket");
        } catch (ConnectException e) {
            log.info("api socket removed path={} cause=nobody-answers", socket);
            Files.delete(socket);
        }
    }

    /// What of the API does not work now, each a sentence.
    public List<String> troubles() {
        var troubles = new ArrayList<String>();
        users.map(WatchedFile::trouble).ifPresent(troubles::add);
        remote.ifPresent(listener -> troubles.addAll(listener.troubles()));
        return troubles;
    }

    /// The address that serves TCP now; empty if none does.
    public Optional<InetSocketAddress> remoteAddress() {
        return remote.flatMap(RemoteListener::address);
    }

    /// What the bounds have counted since the start, by `socket` or `tcp`, and by name.
    public Map<String, Map<String, Long>> counters() {
        var counters = new TreeMap<String, Map<String, Long>>();
        counters.put("socket", gate.counters());
        remote.ifPresent(listener -> counters.put("tcp", listener.gate().counters()));
        return counters;
    }

    @Override
    public void close() {
        remote.ifPresent(RemoteListener::close);
        channel.close().syncUninterruptibly();
        Listeners.end(loop);
        try {
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            log.warn("api socket left behind path={} cause={}", socket, e.toString());
        }
    }
}
