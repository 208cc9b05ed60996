package holdfast.metrics.http;

import holdfast.conf.ListenAddress;
import holdfast.metrics.Pages;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Serves `GET /metrics` over plain HTTP to everybody, on a thread of its own. A director forwards without it: an
/// address that cannot be listened on is a fault of the status, and is tried again every five seconds.
public final class MetricsServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(MetricsServer.class);
    private static final long RETRY_S = 5;
    private static final int BACKLOG = 1024; // a scraper behind a crowd waits for no second SYN

    private final ListenAddress address;
    private final EventLoopGroup loop;
    private final ServerBootstrap bootstrap;
    private volatile @Nullable String fault;
    private volatile boolean isClosed;
    private volatile @Nullable Channel channel;

    private MetricsServer(ListenAddress address, Pages pages) {
        this.address = address;
        loop = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("metrics", true), NioIoHandler.newFactory());
        bootstrap = new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childHandler(new Readers(pages));
    }

    /// Begins to listen; returns at once.
    public static MetricsServer start(ListenAddress address, Pages pages) {
        var server = new MetricsServer(address, pages);
        server.bind();
        return server;
    }

    private void bind() {
        bootstrap
                .bind(new InetSocketAddress(address.address().toString(), address.port()))
                .addListener((ChannelFutureListener) this::bound);
    }

    private void bound(ChannelFuture bound) {
        if (bound.isSuccess()) {
            channel = bound.channel();
            log.info("metrics served address={} was=\"{}\"", address, fault == null ? "" : fault);
            fault = null;
        } else if (!isClosed) {
            var cause = String.valueOf(bound.cause().getMessage());
            if (fault == null) {
                log.warn("metrics not served address={} cause=\"{}\" action=try-again", address, cause);
            }
            fault = "metrics: cannot listen on %s: %s; give metrics.listen an address of this machine with a free port"
                    .formatted(address, cause);
            var _ = loop.schedule(this::bind, RETRY_S, TimeUnit.SECONDS);
        }
    }

    /// Why the metrics are not served, as a sentence; empty if they are. Any thread.
    public Optional<String> fault() {
        return Optional.ofNullable(fault);
    }

    @Override
    public void close() {
        isClosed = true;
        var open = channel;
        if (open != null) {
            open.close().syncUninterruptibly();
        }
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
