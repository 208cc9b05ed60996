package holdfast.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// One message of a netlink datagram (`netlink(7)`): its header, and its body as bytes. Parsing is a function of the
/// bytes alone, and refuses a message that claims to be longer than it is.
///
///     0        4      6       8          12    16
///     | length | type | flags | sequence | pid | body, padded to 4
///
/// @param body  from the end of the header to the end of the message; read it with [#fixed] and [#attributes]
record NetlinkMessage(int type, int flags, int sequence, ByteBuffer body) {
    static final int NLMSG_ERROR = 2;
    static final int NLMSG_DONE = 3;
    static final int NLM_F_DUMP_INTR = 0x10;

    private static final int HEADER_BYTES = 16;
    private static final int ATTRIBUTE_HEADER_BYTES = 4;
    private static final int ATTRIBUTE_TYPE_MASK = 0x3fff; // the two high bits say "nested" and "network order"

    /// The messages of one datagram, in order.
    ///
    /// @throws MalformedNetlinkException if a message ends before its stated length
    static List<NetlinkMessage> parse(byte[] datagram) {
        var bytes = ByteBuffer.wrap(datagram).order(ByteOrder.nativeOrder());
        var messages = new ArrayList<NetlinkMessage>();
        int at = 0;
        while (at < datagram.length) {
            int length = messageLength(bytes, at);
            var body = bytes.slice(at + HEADER_BYTES, length - HEADER_BYTES).order(ByteOrder.nativeOrder());
            int type = Short.toUnsignedInt(bytes.getShort(at + 4));
            int flags = Short.toUnsignedInt(bytes.getShort(at + 6));
            messages.add(new NetlinkMessage(type, flags, bytes.getInt(at + 8), body));
            at += aligned(length);
        }
        return messages;
    }

    private static int messageLength(ByteBuffer bytes, int at) {
        int left = bytes.limit() - at;
        if (left < HEADER_BYTES) {
            throw new MalformedNetlinkException(
                    "a netlink header at byte " + at + " has " + left + " of " + HEADER_BYTES + " bytes");
        }
        int length = bytes.getInt(at);
        if (length < HEADER_BYTES || length > left) {
            throw new MalformedNetlinkException(
                    "a netlink message at byte " + at + " says " + length + " bytes, of which " + left + " are there");
        }
        return length;
    }

    static int aligned(int length) {
        return length + 3 & ~3;
    }

    /// The error number of an NLMSG_ERROR, positive; 0 is an acknowledgement.
    int error() {
        return -fixed(4).getInt(0);
    }

    /// The fixed part before the attributes.
    ///
    /// @throws MalformedNetlinkException if the body is shorter
    ByteBuffer fixed(int bytes) {
        if (body.limit() < bytes) {
            throw new MalformedNetlinkException("netlink message type " + type + " has a body of " + body.limit()
                    + " bytes, where its fixed part takes " + bytes);
        }
        return body.slice(0, bytes).order(ByteOrder.nativeOrder());
    }

    /// The attributes after a fixed part of that many bytes, by type. If a type occurs twice, the last one counts.
    ///
    /// @throws MalformedNetlinkException if an attribute ends before its stated length
    Map<Integer, ByteBuffer> attributes(int fixedBytes) {
        return attributes(body, aligned(fixedBytes), body.limit());
    }

    /// The attributes that fill a range of bytes.
    ///
    ///     0        2      4
    ///     | length | type | value, padded to 4
    static Map<Integer, ByteBuffer> attributes(ByteBuffer bytes, int from, int to) {
        var attributes = new HashMap<Integer, ByteBuffer>();
        int at = from;
        while (at < to) {
            int left = to - at;
            int length = left < ATTRIBUTE_HEADER_BYTES ? 0 : Short.toUnsignedInt(bytes.getShort(at));
            if (length < ATTRIBUTE_HEADER_BYTES || length > left) {
                throw new MalformedNetlinkException("a netlink attribute at byte " + at + " says " + length
                        + " bytes, of which " + left + " are there");
            }
            int type = bytes.getShort(at + 2) & ATTRIBUTE_TYPE_MASK;
            var value = bytes.slice(at + ATTRIBUTE_HEADER_BYTES, length - ATTRIBUTE_HEADER_BYTES);
            attributes.put(type, value.order(ByteOrder.nativeOrder()));
            at += aligned(length);
        }
        return attributes;
    }
}
