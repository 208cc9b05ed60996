package holdfast.metrics.http;

import holdfast.metrics.Page;
import holdfast.metrics.Pages;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpChunkedInput;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.stream.ChunkedStream;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection of a reader: a single request and its answer, then it is closed. A virtual thread waits for the
/// page; the event loop waits for nothing.
final class Scrape extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger log = LoggerFactory.getLogger(Scrape.class);
    private static final String PATH = "/metrics";
    private static final int CHUNK_BYTES = 32 * 1024;

    private final Pages pages;
    private final Crowd crowd;

    Scrape(Pages pages, Crowd crowd) {
        this.pages = pages;
        this.crowd = crowd;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        context.channel().config().setAutoRead(false);
        var method = request.method();
        if (!request.decoderResult().isSuccess()) {
            refuse(context, HttpResponseStatus.BAD_REQUEST, "not an HTTP request");
        } else if (!path(request.uri()).equals(PATH)) {
            refuse(context, HttpResponseStatus.NOT_FOUND, "there is only " + PATH);
        } else if (!method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD)) {
            refuse(context, HttpResponseStatus.METHOD_NOT_ALLOWED, PATH + " takes GET");
        } else {
            var accept = request.headers().get(HttpHeaderNames.ACCEPT);
            boolean hasBody = method.equals(HttpMethod.GET);
            Thread.ofVirtual().name("metrics-page").start(() -> answer(context, accept, hasBody));
        }
    }

    private static String path(String uri) {
        int query = uri.indexOf('?');
        return query < 0 ? uri : uri.substring(0, query);
    }

    private void answer(ChannelHandlerContext context, @Nullable String accept, boolean hasBody) {
        try {
            var page = pages.page(accept);
            context.executor().execute(() -> send(context, page, hasBody));
        } catch (RuntimeException | Error e) { // also a failed check: the reader must not wait in vain
            log.debug("metrics refused cause=\"{}\"", e.toString());
            context.executor()
                    .execute(() -> refuse(
                            context,
                            HttpResponseStatus.INTERNAL_SERVER_ERROR,
                            "the director could not make the page; its log has the cause"));
        }
    }

    private void send(ChannelHandlerContext context, Page page, boolean hasBody) {
        if (!crowd.admit(context.channel(), page)) {
            return;
        }
        var head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        describe(head, page.contentType(), page.bytes().length);
        var _ = context.write(head);
        var body = new ByteArrayInputStream(page.bytes(), 0, hasBody ? page.bytes().length : 0);
        context.writeAndFlush(new HttpChunkedInput(new ChunkedStream(body, CHUNK_BYTES)))
                .addListener(ChannelFutureListener.CLOSE);
    }

    private static void refuse(ChannelHandlerContext context, HttpResponseStatus status, String why) {
        var text = Unpooled.copiedBuffer(why + "\n", StandardCharsets.UTF_8);
        var answer = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, text);
        describe(answer, "text/plain; charset=utf-8", text.readableBytes());
        if (status.equals(HttpResponseStatus.METHOD_NOT_ALLOWED)) {
            answer.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD");
        }
        context.writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE);
    }

    private static void describe(HttpResponse answer, String contentType, int length) {
        answer.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, contentType)
                .setInt(HttpHeaderNames.CONTENT_LENGTH, length)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        log.debug("metrics connection closed cause={}", cause.toString());
        var _ = context.close();
    }
}
