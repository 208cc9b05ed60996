package holdfast.fleet.hazelcast;

import static com.hazelcast.internal.nio.IOUtil.compactOrClear;

import com.hazelcast.internal.networking.HandlerStatus;
import com.hazelcast.internal.networking.OutboundHandler;
import holdfast.fleet.wire.LinkSeal;
import java.nio.ByteBuffer;

/// Seals what leaves on a connection, the last handler before the socket.
///
/// Between two calls a buffer of Hazelcast's outbound direction is ready to be read.
final class SealingHandler extends OutboundHandler<ByteBuffer, ByteBuffer> {
    private static final int BUFFER_BYTES = 2 * (LinkSeal.CONTENT_MAX + LinkSeal.OVERHEAD);

    private final SealedLink link;
    private boolean hasGreeted;

    SealingHandler(SealedLink link) {
        this.link = link;
    }

    @Override
    public void handlerAdded() {
        initDstBuffer(BUFFER_BYTES);
    }

    @Override
    public HandlerStatus onWrite() {
        compactOrClear(dst);
        try {
            return seal();
        } finally {
            dst.flip();
        }
    }

    private HandlerStatus seal() {
        if (!hasGreeted) {
            hasGreeted = true;
            dst.put(link.hello());
        }
        var sealer = link.sealer();
        if (sealer == null) {
            return HandlerStatus.BLOCKED; // until the other side's hello wakes this direction
        }
        while (src.hasRemaining()) {
            int length = Math.min(Math.min(src.remaining(), LinkSeal.CONTENT_MAX), dst.remaining() - LinkSeal.OVERHEAD);
            if (length <= 0) {
                return HandlerStatus.DIRTY;
            }
            sealer.seal(src.slice(src.position(), length), dst);
            src.position(src.position() + length);
        }
        return HandlerStatus.CLEAN;
    }
}
