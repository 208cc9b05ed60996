package holdfast.api;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets a request in after its head: its caller must be known, may not ask too often, and waits until fewer requests
/// are answered. So nobody uploads a body who may not, and the bodies and answers in memory are bounded.
///
/// It stands behind a [io.netty.handler.flow.FlowControlHandler], which keeps the rest of the request back meanwhile.
final class Door extends ChannelDuplexHandler {
    private static final Logger log = LoggerFactory.getLogger(Door.class);

    private final Routes routes;
    private final Gate gate;
    private final Login login;
    private final Deadlines deadlines;
    private final LongSupplier clock;
    private @Nullable Caller caller;
    private boolean isInside;
    private boolean isRefused;

    /// @param clock  monotonic ns
    Door(Routes routes, Gate gate, Login login, Deadlines deadlines, LongSupplier clock) {
        this.routes = routes;
        this.gate = gate;
        this.login = login;
        this.deadlines = deadlines;
        this.clock = clock;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (isRefused) {
            skip(context, message);
        } else if (message instanceof HttpRequest request) {
            knock(context, request);
        } else {
            context.fireChannelRead(message);
        }
    }

    /// The rest of a refused request. To close at once instead would lose the refusal, if the client still sends: the
    /// kernel then answers it with a reset.
    private void skip(ChannelHandlerContext context, Object message) {
        if (message instanceof LastHttpContent) {
            isRefused = false;
            deadlines.answered(context);
        }
        ReferenceCountUtil.release(message);
    }

    private void knock(ChannelHandlerContext context, HttpRequest request) {
        leave(context); // of a request before it that was too large
        try {
            var known = login.of(context.channel(), request.headers());
            if (!gate.mayAsk(known, clock.getAsLong())) {
                throw new RefusedException(
                        HttpResponseStatus.TOO_MANY_REQUESTS,
                        "too many requests",
                        known.name() + " asks more often than a director answers one user",
                        "ask again in a second");
            }
            caller = known;
            context.channel().config().setAutoRead(false);
            deadlines.pause();
            gate.ask(context.channel(), () -> enter(context, request));
        } catch (RefusedException e) {
            isRefused = true;
            var refusal = context.writeAndFlush(routes.refusal(e));
            if (!e.isPatient() && !gate.mayTryAgain(context.channel(), clock.getAsLong())) {
                refusal.addListener(ChannelFutureListener.CLOSE);
            }
            if (request instanceof LastHttpContent) {
                skip(context, request);
            } else {
                ReferenceCountUtil.release(request);
            }
        }
    }

    private void enter(ChannelHandlerContext context, HttpRequest request) {
        isInside = true;
        deadlines.reading(context);
        context.fireChannelRead(request);
        context.channel().config().setAutoRead(true);
    }

    private void leave(ChannelHandlerContext context) {
        if (isInside) {
            isInside = false;
            gate.done(context.channel());
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        leave(context);
        context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        log.debug("api connection closed from={} cause={}", Gate.from(context.channel()), cause.toString());
        var _ = context.close();
    }

    /// Answers the whole requests that the door lets through, the next one only after the one before it, so that
    /// answers keep the order of requests. A virtual thread answers each.
    final class Inside extends SimpleChannelInboundHandler<FullHttpRequest> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
            context.channel().config().setAutoRead(false);
            deadlines.pause();
            var asked = Routes.Asked.of(request);
            var by = Objects.requireNonNull(caller);
            Thread.ofVirtual().name("api-request").start(() -> {
                var answer = routes.answer(asked, by);
                context.executor().execute(() -> reply(context, answer));
            });
        }

        private void reply(ChannelHandlerContext context, Object answer) {
            deadlines.answering(context);
            context.writeAndFlush(answer).addListener(_ -> {
                leave(context);
                deadlines.answered(context);
                context.channel().config().setAutoRead(true);
            });
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            Door.this.exceptionCaught(context, cause);
        }
    }
}
