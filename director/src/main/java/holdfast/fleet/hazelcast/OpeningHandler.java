package holdfast.fleet.hazelcast;

import static com.hazelcast.internal.nio.IOUtil.compactOrClear;

import com.hazelcast.internal.networking.HandlerStatus;
import com.hazelcast.internal.networking.InboundHandler;
import holdfast.fleet.wire.LinkSeal;
import holdfast.fleet.wire.Refused;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Opens what arrives on a connection; Hazelcast sees no byte that did not open.
///
/// Between two calls a buffer of Hazelcast's inbound direction is ready to be written into.
final class OpeningHandler extends InboundHandler<ByteBuffer, ByteBuffer> {
    private static final int BUFFER_BYTES = 2 * (LinkSeal.CONTENT_MAX + LinkSeal.OVERHEAD);

    private final SealedLink link;
    private final ByteBuffer content = ByteBuffer.allocate(LinkSeal.CONTENT_MAX).limit(0);
    private LinkSeal.@Nullable Opener opener;

    OpeningHandler(SealedLink link) {
        this.link = link;
    }

    @Override
    public void handlerAdded() {
        initSrcBuffer(BUFFER_BYTES);
    }

    /// @throws Refused if a byte is not of a fleet director with our key; Hazelcast then closes the connection
    @Override
    public HandlerStatus onRead() throws Refused {
        src.flip();
        try {
            return open();
        } catch (Refused why) {
            link.refused(String.valueOf(why.getMessage()));
            throw why;
        } finally {
            compactOrClear(src);
        }
    }

    private HandlerStatus open() throws Refused {
        do {
            handOn();
            if (content.hasRemaining()) {
                return HandlerStatus.DIRTY; // the next handler must make room first
            }
        } while (openNext());
        return HandlerStatus.CLEAN;
    }

    private void handOn() {
        int length = Math.min(content.remaining(), dst.remaining());
        dst.put(content.slice(content.position(), length));
        content.position(content.position() + length);
    }

    /// @return whether there was a whole record, or the hello
    private boolean openNext() throws Refused {
        if (opener == null) {
            if (src.remaining() < LinkSeal.HELLO_BYTES) {
                return false;
            }
            var hello = new byte[LinkSeal.HELLO_BYTES];
            src.get(hello);
            opener = link.join(hello);
            return true;
        }
        if (src.remaining() < LinkSeal.LENGTH_BYTES) {
            return false;
        }
        int length = LinkSeal.Opener.length(src.getInt(src.position()));
        if (src.remaining() < LinkSeal.LENGTH_BYTES + length) {
            return false;
        }
        var record = src.slice(src.position() + LinkSeal.LENGTH_BYTES, length);
        src.position(src.position() + LinkSeal.LENGTH_BYTES + length);
        content.clear();
        opener.open(record, content);
        content.flip();
        link.proved();
        return true;
    }
}
