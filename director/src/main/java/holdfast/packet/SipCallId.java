package holdfast.packet;

import holdfast.conn.FlowHash;
import holdfast.linux.Memory;

/// Finds the Call-ID of a SIP message in a datagram (RFC 3261 §20.8, IPVS-REF 3.11), so that a call stays with one real
/// server whatever ports its messages use.
///
/// Reads each byte of the datagram at most twice and allocates nothing.
public final class SipCallId {
    /// The result of [#hash] without a Call-ID.
    public static final long NONE = 0;

    private static final int VALUE_MAX = 255;
    private static final byte[] LONG_NAME = {'c', 'a', 'l', 'l', '-', 'i', 'd'};
    private static final byte[] SHORT_NAME = {'i'};

    private final FlowHash hashes;

    public SipCallId(FlowHash hashes) {
        this.hashes = hashes;
    }

    /// The hash of the message's Call-ID, never 0. [#NONE] if there is none, if it is empty or longer than 255
    /// bytes, or if no line end follows it.
    ///
    /// @param address  of the datagram's payload
    /// @param length   of the payload, in bytes
    public long hash(long address, int length) {
        long end = address + length;
        for (long line = address; line < end; line = nextLine(line, end)) {
            long value = valueOf(line, end);
            if (value != 0) {
                return hashValue(value, end);
            }
        }
        return NONE;
    }

    private static long nextLine(long line, long end) {
        long at = line;
        while (at < end && Memory.getByte(at) != '\n') {
            at++;
        }
        return at + 1;
    }

    /// Address of the value if the line is a Call-ID header, else 0.
    private static long valueOf(long line, long end) {
        long after = afterName(line, end, LONG_NAME);
        if (after == 0) {
            after = afterName(line, end, SHORT_NAME);
        }
        long colon = after == 0 ? 0 : skipBlanks(after, end);
        if (colon == 0 || colon >= end || Memory.getByte(colon) != ':') {
            return 0;
        }
        return skipBlanks(colon + 1, end);
    }

    private static long afterName(long line, long end, byte[] name) {
        if (line + name.length > end) {
            return 0;
        }
        for (int i = 0; i < name.length; i++) {
            if (lower(Memory.getByte(line + i)) != name[i]) {
                return 0;
            }
        }
        return line + name.length;
    }

    private static long skipBlanks(long from, long end) {
        long at = from;
        while (at < end && (Memory.getByte(at) == ' ' || Memory.getByte(at) == '\t')) {
            at++;
        }
        return at;
    }

    private static int lower(byte letter) {
        return letter >= 'A' && letter <= 'Z' ? letter + ('a' - 'A') : letter;
    }

    private long hashValue(long value, long end) {
        long hash = 0;
        long word = 0;
        int length = 0;
        for (long at = value; at < end; at++, length++) {
            byte letter = Memory.getByte(at);
            if (letter == '\r' || letter == '\n') {
                long whole = hashes.of(hash, word | (long) length << 56);
                return length == 0 || length > VALUE_MAX ? NONE : Math.max(1, whole & Long.MAX_VALUE);
            }
            word = word << 8 | (letter & 0xff);
            if (length % 7 == 6) { // seven at a time leave the highest byte for the length
                hash = hashes.of(hash, word);
                word = 0;
            }
        }
        return NONE;
    }
}
