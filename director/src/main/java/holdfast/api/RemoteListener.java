package holdfast.api;

import holdfast.conf.Management;
import holdfast.conf.UsersFile;
import holdfast.linux.Clock;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The admin API on TCP, with TLS. A director forwards without it: an address that is not there, or a certificate
/// that cannot be used, is tried again.
final class RemoteListener implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RemoteListener.class);
    private static final int RETRY_S = 5;
    private static final int CONNECTIONS_MAX = 512;
    private static final int ANSWERS_MAX = 8;

    private final Management.Remote wanted;
    private final WatchedFile<Tls> tls;
    private final EventLoopGroup loop = Listeners.loop("api-tls");
    private final Gate gate;
    private final ChannelInitializer<Channel> connections;
    private final CompletableFuture<@Nullable Void> firstTry = new CompletableFuture<>();
    private volatile @Nullable Channel channel;
    private volatile @Nullable String trouble;

    private RemoteListener(Management.Remote wanted, Routes routes, Supplier<UsersFile> users, Patience patience) {
        this.wanted = wanted;
        gate = new Gate(CONNECTIONS_MAX, ANSWERS_MAX, Optional.of(new Admission(patience.limits())));
        tls = Tls.watch(wanted, Clock::monotonic);
        var login = new Login.OverTls(users);
        connections = new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel connection) {
                var now = tls.content();
                if (now == null || !gate.opened(connection, Clock.monotonic())) {
                    var _ = connection.close();
                    return;
                }
                connection.pipeline().addLast(now.context().newHandler(connection.alloc()));
                Listeners.speakHttp(connection, routes, gate, login, patience.times(), Clock::monotonic);
            }
        };
    }

    static RemoteListener start(Management.Remote wanted, Routes routes, Supplier<UsersFile> users, Patience patience) {
        var listener = new RemoteListener(wanted, routes, users, patience);
        listener.bind();
        listener.firstTry.join();
        return listener;
    }

    private void bind() {
        var address = new InetSocketAddress(
                wanted.listen().address().toString(), wanted.listen().port());
        var bound = Listeners.bootstrap(loop, NioServerSocketChannel.class, connections)
                .bind(address);
        bound.addListener(_ -> tried(bound));
    }

    private void tried(ChannelFuture bound) {
        if (bound.isSuccess()) {
            channel = bound.channel();
            trouble = null;
            firstTry.complete(null);
            log.info("api listens address={}", wanted.listen());
            return;
        }
        var sentence = "the API is not on " + wanted.listen() + ": "
                + bound.cause().getMessage() + "; correct api.listen, or give this machine the address";
        if (!sentence.equals(trouble)) {
            log.warn(
                    "api not bound address={} cause=\"{}\"",
                    wanted.listen(),
                    bound.cause().getMessage());
        }
        trouble = sentence;
        firstTry.complete(null);
        var _ = loop.schedule(this::bind, RETRY_S, TimeUnit.SECONDS);
    }

    Gate gate() {
        return gate;
    }

    Optional<InetSocketAddress> address() {
        return Optional.ofNullable(channel).map(bound -> (InetSocketAddress) bound.localAddress());
    }

    List<String> troubles() {
        var troubles = new ArrayList<String>();
        Optional.ofNullable(trouble).ifPresent(troubles::add);
        var now = tls.content();
        Optional.ofNullable(tls.trouble()).ifPresent(why -> troubles.add("the API on TCP: " + why));
        if (now != null) {
            now.notice(Instant.now()).ifPresent(troubles::add);
        }
        return troubles;
    }

    @Override
    public void close() {
        Listeners.end(loop);
    }
}
