package holdfast.vip;

import holdfast.vip.HandoverMessage.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// Encodes a [HandoverMessage] as the bytes that sync carries unread, and decodes them. Numbers are big-endian.
///
///     0      1    9      11        19      27
///     | kind | id | term | version | stamp | reason in UTF-8 |
public final class HandoverCodec {
    private static final int REASON = 27;

    /// A kind's code is its index here.
    private static final List<Kind> KINDS = List.of(
            Kind.PREPARE,
            Kind.ARMED,
            Kind.REFUSED,
            Kind.TRANSFER,
            Kind.TAKEN,
            Kind.ABORT,
            Kind.ALIVE,
            Kind.HOLDING,
            Kind.GIVEN,
            Kind.RESUMED);

    private HandoverCodec() {}

    public static ByteBuffer encode(HandoverMessage message) {
        byte[] reason = message.reason().getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(REASON + reason.length)
                .put((byte) KINDS.indexOf(message.kind()))
                .putLong(message.id())
                .putShort((short) message.term())
                .putLong(message.version())
                .putLong(message.stamp())
                .put(reason)
                .flip();
    }

    /// @return empty if the bytes are not a step that this director knows
    public static Optional<HandoverMessage> decode(ByteBuffer bytes) {
        if (bytes.remaining() < REASON) {
            return Optional.empty();
        }
        var in = bytes.duplicate();
        int kind = in.get();
        long id = in.getLong();
        int term = in.getShort();
        long version = in.getLong();
        long stamp = in.getLong();
        if (kind < 0 || kind >= KINDS.size() || term < 0) {
            return Optional.empty();
        }
        return reason(in).map(reason -> new HandoverMessage(KINDS.get(kind), id, term, version, stamp, reason));
    }

    private static Optional<String> reason(ByteBuffer rest) {
        try {
            var reason = StandardCharsets.UTF_8.newDecoder().decode(rest).toString();
            return reason.length() <= HandoverMessage.REASON_CHARS_MAX ? Optional.of(reason) : Optional.empty();
        } catch (CharacterCodingException _) {
            return Optional.empty();
        }
    }
}
