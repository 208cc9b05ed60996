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
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The admin API on TCP, with TLS. A director forwards without it: an address that is not there, or a certificate that
/// cannot be used, is tried again.
final class RemoteListener implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RemoteListener.class);
    private static final int RETRY_S = 5;
    private static final int CONNECTIONS_MAX = 512;
    private static final int ANSWERS_MAX = 8;
    private static final Admission.Limits LIMITS = new Admission.Limits(64, 50, 2000, 4096);

    private final Management.Remote wanted;
    private final WatchedFile<Tls> tls;
    private final EventLoopGroup loop = Listeners.loop("api-tls");
    private final Gate gate = new Gate(CONNECTIONS_MAX, ANSWERS_MAX, Optional.of(new Admission(LIMITS)));
    private final ChannelInitializer<Channel> connections;
    private volatile @Nullable Channel channel;
    private volatile @Nullable String trouble;

    private RemoteListener(
            Management.Remote wanted, Routes routes, Supplier<UsersFile> users, Deadlines.Times times) {
        this.wanted = wanted;
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
                Listeners.speakHttp(connection, routes, gate, login, times, Clock::monotonic);
            }
        };
    }

    static RemoteListener start(
            Management.Remote wanted, Routes routes, Supplier<UsersFile> users, Deadlines.Times times) {
        var listener = new RemoteListener(wanted, routes, users, times);
        listener.bind().awaitUninterruptibly();
        return listener;
    }

    private ChannelFuture bind() {
        var address = new InetSocketAddress(
                wanted.listen().address().toString(), wanted.listen().port());
        var bound = Listeners.bootstrap(loop, NioServerSocketChannel.class, connections).bind(address);
        return bound.addListener(_ -> tried(bound));
    }

    private void bindAgain() {
        var _ = bind();
    }

    private void tried(ChannelFuture bound) {
        if (bound.isSuccess()) {
            channel = bound.channel();
            trouble = null;
            log.info("api listens address={}", wanted.listen());
            return;
        }
        var sentence = "the API is not on " + wanted.listen() + ": "
                + bound.cause().getMessage() + "; correct api.listen, or give this machine the address";
        if (!sentence.equals(trouble)) {
            log.warn("api not bound address={} cause=\"{}\"", wanted.listen(), bound.cause().getMessage());
        }
        trouble = sentence;
        var _ = loop.schedule(this::bindAgain, RETRY_S, TimeUnit.SECONDS);
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
