package holdfast.api;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Closes a connection whose client is too slow: with the next request, within a request, or in reading the answer.
/// How long the director takes for an answer is the operation's own business. Each bound is far beyond what a slow
/// line needs.
final class Deadlines extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(Deadlines.class);

    private final Gate gate;
    private final Times times;
    private @Nullable ScheduledFuture<?> deadline;
    private boolean isIdle = true;

    /// @param idle     until the first byte of the next request
    /// @param request  from its first byte to its last
    /// @param answer   until the client has taken the whole answer
    record Times(Duration idle, Duration request, Duration answer) {
        static final Times USUAL = new Times(Duration.ofSeconds(60), Duration.ofSeconds(30), Duration.ofSeconds(120));
    }

    Deadlines(Gate gate, Times times) {
        this.gate = gate;
        this.times = times;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        within(context, times.idle(), "idle");
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (isIdle) {
            isIdle = false;
            reading(context);
        }
        context.fireChannelRead(message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        cancel();
        context.fireChannelInactive();
    }

    /// The client has done its part: its request is whole, or waits for those before it.
    void pause() {
        cancel();
    }

    /// The rest of the request is awaited again.
    void reading(ChannelHandlerContext context) {
        within(context, times.request(), "request");
    }

    void answering(ChannelHandlerContext context) {
        within(context, times.answer(), "answer");
    }

    void answered(ChannelHandlerContext context) {
        isIdle = true;
        within(context, times.idle(), "idle");
    }

    private void within(ChannelHandlerContext context, Duration bound, String what) {
        cancel();
        if (context.channel().isActive()) { // a client that has gone is not late
            deadline =
                    context.executor().schedule(() -> tooLate(context, what), bound.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void tooLate(ChannelHandlerContext context, String what) {
        gate.late.incrementAndGet();
        log.debug("api connection closed from={} cause=slow-{}", Gate.from(context.channel()), what);
        var _ = context.close();
    }

    private void cancel() {
        if (deadline != null) {
            deadline.cancel(false);
        }
    }
}
