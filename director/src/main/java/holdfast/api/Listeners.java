package holdfast.api;

import holdfast.admin.Bounds;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// What the listeners on the socket and on TCP have in common: an event loop of their own and the handlers of HTTP.
final class Listeners {
    private Listeners() {}

    static EventLoopGroup loop(String name) {
        return new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory(name, true), NioIoHandler.newFactory());
    }

    static void end(EventLoopGroup loop) {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    static ServerBootstrap bootstrap(
            EventLoopGroup loop, Class<? extends ServerChannel> kind, ChannelInitializer<Channel> connections) {
        return new ServerBootstrap().group(loop).channel(kind).childHandler(connections);
    }

    /// Adds the handlers of HTTP to a connection.
    ///
    /// @param clock  monotonic ns
    static void speakHttp(
            Channel connection, Routes routes, Gate gate, Login login, Deadlines.Times times, LongSupplier clock) {
        var deadlines = new Deadlines(gate, times);
        var door = new Door(routes, gate, login, deadlines, clock);
        connection
                .pipeline()
                .addLast(deadlines)
                .addLast(new HttpServerCodec())
                .addLast(new HttpServerKeepAliveHandler())
                .addLast(new FlowControlHandler())
                .addLast(door)
                .addLast(new HttpObjectAggregator(Bounds.REQUEST_BYTES_MAX))
                .addLast(door.new Inside());
    }
}
