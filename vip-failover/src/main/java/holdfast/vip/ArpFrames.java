package holdfast.vip;

import java.nio.ByteBuffer;

/// ARP frames for virtual addresses (RFC 826, VRRP-REF 3.1): 42 bytes each; the link adds the padding.
public final class ArpFrames {
    private static final long BROADCAST = 0xffff_ffff_ffffL;
    private static final int REQUEST = 1;
    private static final int REPLY = 2;

    private ArpFrames() {}

    /// The gratuitous request as keepalived sends it: most receivers obey this form.
    public static byte[] gratuitousRequest(long mac, int address) {
        return frame(BROADCAST, mac, REQUEST, address, BROADCAST, address);
    }

    /// The gratuitous reply, for receivers that obey only replies. Linux accepts it as gratuitous only if the
    /// target MAC equals the sender's.
    public static byte[] gratuitousReply(long mac, int address) {
        return frame(BROADCAST, mac, REPLY, address, mac, address);
    }

    /// The reply to a request for `address`.
    public static byte[] answer(long mac, int address, long askerMac, int askerAddress) {
        return frame(askerMac, mac, REPLY, address, askerMac, askerAddress);
    }

    private static byte[] frame(
            long destination, long mac, int operation, int sender, long targetMac, int targetAddress) {
        var frame = ByteBuffer.allocate(42);
        putMac(frame, destination);
        putMac(frame, mac);
        frame.putShort((short) 0x0806);
        frame.putShort((short) 1).putShort((short) 0x0800).put((byte) 6).put((byte) 4);
        frame.putShort((short) operation);
        putMac(frame, mac);
        frame.putInt(sender);
        putMac(frame, targetMac);
        frame.putInt(targetAddress);
        return frame.array();
    }

    private static void putMac(ByteBuffer frame, long mac) {
        frame.putShort((short) (mac >>> 32)).putInt((int) mac);
    }
}
