package holdfast.api;

import holdfast.admin.Bounds;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Serves the admin API on a Unix socket.
public final class ApiServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ApiServer.class);
    private static final int IDLE_S = 60;
    private static final int FILE_TYPE = 0170000; // of the mode in inode(7)
    private static final int SOCKET = 0140000;

    private final Path socket;
    private final EventLoopGroup loop;
    private final Channel channel;

    private ApiServer(Path socket, EventLoopGroup loop, Channel channel) {
        this.socket = socket;
        this.loop = loop;
        this.channel = channel;
    }

    /// Listens on `socket`, which the owner and the group of the process may use.
    ///
    /// @param director  its name, which every answer carries
    /// @throws IllegalStateException if another process answers on it already
    public static ApiServer start(String director, Path socket, Handlers handlers) {
        var loop = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("api", true), NioIoHandler.newFactory());
        try {
            removeStale(socket);
            var channel = new ServerBootstrap()
                    .group(loop)
                    .channel(NioServerDomainSocketChannel.class)
                    .childHandler(new Requests(new Routes(director, handlers)))
                    .bind(UnixDomainSocketAddress.of(socket))
                    .syncUninterruptibly()
                    .channel();
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw----"));
            return new ApiServer(socket, loop, channel);
        } catch (IOException e) {
            end(loop);
            throw new UncheckedIOException("cannot listen on the API socket " + socket, e);
        } catch (RuntimeException e) {
            end(loop);
            throw e;
        }
    }

    private static void end(EventLoopGroup loop) {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
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

    @Override
    public void close() {
        channel.close().syncUninterruptibly();
        end(loop);
        try {
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            log.warn("api socket left behind path={} cause={}", socket, e.toString());
        }
    }

    /// The pipeline of one connection. It reads the next request only after it has answered the previous one, so
    /// that answers keep the order of requests.
    private static final class Requests extends ChannelInitializer<Channel> {
        private final Routes routes;

        Requests(Routes routes) {
            this.routes = routes;
        }

        @Override
        protected void initChannel(Channel connection) {
            connection
                    .pipeline()
                    .addLast(new ReadTimeoutHandler(IDLE_S))
                    .addLast(new HttpServerCodec())
                    .addLast(new HttpServerKeepAliveHandler())
                    .addLast(new HttpObjectAggregator(Bounds.REQUEST_BYTES_MAX))
                    .addLast(new FlowControlHandler())
                    .addLast(new SimpleChannelInboundHandler<FullHttpRequest>() {
                        @Override
                        protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
                            context.channel().config().setAutoRead(false);
                            var asked = Routes.Asked.of(request);
                            Thread.ofVirtual().name("api-request").start(() -> reply(context, asked));
                        }

                        @Override
                        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                            log.debug("api connection closed cause={}", cause.toString());
                            var _ = context.close();
                        }

                        private void reply(ChannelHandlerContext context, Routes.Asked asked) {
                            var _ = context.writeAndFlush(routes.answer(asked))
                                    .addListener(_ -> context.channel().config().setAutoRead(true));
                        }
                    });
        }
    }
}
