package holdfast.cli.netty;

import static io.netty.handler.codec.http.HttpVersion.HTTP_1_1;

import holdfast.admin.Operations;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A client for one request to an HTTP server on a Unix socket; it blocks its caller and keeps no state.
public final class UnixHttpClient {
    static {
        // Netty would use logback if it is on the class path, and an unconfigured logback prints to stdout,
        // into the results. java.util.logging prints only warnings, to stderr. Without Unsafe, the JDK does not
        // print a warning of its use on the operator's screen.
        System.setProperty("io.netty.noUnsafe", "true");
        InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
    }

    private final Path socket;
    private final Duration timeout;
    private final int answerBytesMax;

    /// @param timeout         for the whole exchange
    /// @param answerBytesMax  of the answer's body
    public UnixHttpClient(Path socket, Duration timeout, int answerBytesMax) {
        this.socket = socket;
        this.timeout = timeout;
        this.answerBytesMax = answerBytesMax;
    }

    /// The answer to a GET.
    public Exchange get(String uri) {
        return exchange(new DefaultFullHttpRequest(HTTP_1_1, HttpMethod.GET, uri, Unpooled.EMPTY_BUFFER));
    }

    /// The answer to a POST of JSON.
    public Exchange post(String uri, byte[] json) {
        var request = new DefaultFullHttpRequest(HTTP_1_1, HttpMethod.POST, uri, Unpooled.wrappedBuffer(json));
        request.headers().set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON);
        return exchange(request);
    }

    private Exchange exchange(FullHttpRequest request) {
        if (Files.notExists(socket)) {
            return new Exchange.Failed(Exchange.Cause.NO_SOCKET, "no such file");
        }
        if (Files.isRegularFile(socket) || Files.isDirectory(socket, LinkOption.NOFOLLOW_LINKS)) {
            return new Exchange.Failed(Exchange.Cause.NOT_A_SOCKET, "a file or directory");
        }
        request.headers().set(HttpHeaderNames.HOST, "localhost");
        request.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        request.headers()
                .setInt(HttpHeaderNames.CONTENT_LENGTH, request.content().readableBytes());
        var loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try {
            return await(send(loop, request));
        } finally {
            var _ = loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }

    private CompletableFuture<Exchange> send(MultiThreadIoEventLoopGroup loop, FullHttpRequest request) {
        var answer = new CompletableFuture<Exchange>();
        var bootstrap = new Bootstrap()
                .group(loop)
                .channel(NioDomainSocketChannel.class)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) timeout.toMillis())
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(new HttpClientCodec())
                                .addLast(new HttpObjectAggregator(answerBytesMax))
                                .addLast(new AnswerHandler(answer));
                    }
                });
        bootstrap.connect(UnixDomainSocketAddress.of(socket)).addListener(connected -> {
            if (connected.isSuccess()) {
                var _ = ((ChannelFuture) connected).channel().writeAndFlush(request);
            } else {
                request.release();
                answer.complete(notConnected(connected.cause()));
            }
        });
        return answer;
    }

    private Exchange await(CompletableFuture<Exchange> answer) {
        try {
            return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
            return new Exchange.Failed(Exchange.Cause.TIMEOUT, "no answer within " + timeout.toSeconds() + " s");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new Exchange.Failed(Exchange.Cause.OTHER, "interrupted");
        } catch (ExecutionException e) {
            return new Exchange.Failed(Exchange.Cause.OTHER, String.valueOf(e.getCause()));
        }
    }

    /// The JDK has one exception for almost all errors of connect(), so only its text identifies the errno.
    private static Exchange notConnected(Throwable cause) {
        var text = String.valueOf(cause.getMessage());
        if (text.contains("Permission denied")) {
            return new Exchange.Failed(Exchange.Cause.DENIED, text);
        }
        return new Exchange.Failed(
                cause instanceof ConnectException ? Exchange.Cause.REFUSED : Exchange.Cause.OTHER, text);
    }

    private static final class AnswerHandler extends SimpleChannelInboundHandler<FullHttpResponse> {
        private final CompletableFuture<Exchange> answer;

        AnswerHandler(CompletableFuture<Exchange> answer) {
            this.answer = answer;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpResponse response) {
            if (response.decoderResult().isFailure()) {
                exceptionCaught(context, response.decoderResult().cause());
                return;
            }
            answer.complete(new Exchange.Reply(
                    response.status().code(),
                    ByteBufUtil.getBytes(response.content()),
                    response.headers().get(Operations.DIRECTOR_HEADER)));
            var _ = context.close();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            answer.complete(new Exchange.Failed(Exchange.Cause.CLOSED, "closed before the answer was whole"));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            var why = switch (cause) {
                case TooLongFrameException _ -> Exchange.Cause.TOO_LARGE;
                case PrematureChannelClosureException _ -> Exchange.Cause.CLOSED;
                case IOException _ -> Exchange.Cause.CLOSED;
                default -> Exchange.Cause.NOT_HTTP;
            };
            answer.complete(new Exchange.Failed(why, String.valueOf(cause.getMessage())));
            var _ = context.close();
        }
    }
}
