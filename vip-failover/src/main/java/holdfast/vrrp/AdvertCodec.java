package holdfast.vrrp;

import holdfast.conf.Configuration.AdvertChecksum;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// The adverts of one virtual router as bytes: VRRPv3 for IPv4 by multicast (RFC 9568 §5, VRRP-REF 1.2 and 1.6).
///
/// It accepts both checksum forms and sends the configured one: RFC 9568 omits the pseudo-header, keepalived 2.2.7
/// includes it and refuses the other form (VRRP-REF 1.4).
///
/// @param vrid       1 to 255
/// @param interval   ns, a multiple of 10 ms from 10 ms to 40.95 s
/// @param source     our primary address on the link, which the pseudo-header covers
/// @param addresses  the virtual addresses, 1 to 255
/// @param form       the checksum of our adverts
public record AdvertCodec(int vrid, long interval, int source, List<Integer> addresses, AdvertChecksum form) {
    /// The IP protocol number of VRRP.
    public static final int PROTOCOL = 112;

    /// 224.0.0.18, the destination of adverts.
    public static final int GROUP = 0xe0000012;

    private static final int VERSION_3_ADVERT = 0x31;
    private static final int HEADER_BYTES = 8;
    private static final int CHECKSUM_OFFSET = 6;
    private static final long CENTISECOND = 10_000_000;
    private static final int INTERVAL_CENTISECONDS_MAX = 4095;

    public AdvertCodec {
        addresses = List.copyOf(addresses);
        if (vrid < 1 || vrid > 255) {
            throw new IllegalArgumentException("vrid " + vrid + " must be 1 to 255");
        }
        if (interval % CENTISECOND != 0 || interval <= 0 || interval / CENTISECOND > INTERVAL_CENTISECONDS_MAX) {
            throw new IllegalArgumentException(
                    "interval " + interval + " ns must be a multiple of 10 ms, from 10 ms to 40.95 s");
        }
        if (addresses.isEmpty() || addresses.size() > 255) {
            throw new IllegalArgumentException(addresses.size() + " addresses do not fit an advert: 1 to 255 do");
        }
    }

    /// The result of decoding a received packet.
    public sealed interface Received {}

    /// A valid advert of our virtual router.
    ///
    /// @param addresses  the virtual addresses in the advert
    /// @param form       the checksum form of the sender
    public record Accepted(Vrrp.Advert advert, List<Integer> addresses, AdvertChecksum form) implements Received {}

    /// A packet to be dropped and counted.
    public record Refused(Refusal reason) implements Received {}

    /// Why a packet was refused, in the order of the checks.
    public enum Refusal {
        NOT_IPV4,
        PROTOCOL,
        FRAGMENT,
        TTL,
        DESTINATION,
        CARP,
        SHORT,
        VERSION,
        TYPE,
        COUNT,
        LENGTH,
        CHECKSUM,
        OTHER_VRID,
        INTERVAL,
        OWN_ADDRESS
    }

    /// The VRRP message, without an IP header.
    ///
    /// @param priority  0 resigns
    public byte[] encode(int priority) {
        var message = ByteBuffer.allocate(HEADER_BYTES + 4 * addresses.size());
        message.put((byte) VERSION_3_ADVERT).put((byte) vrid).put((byte) priority);
        message.put((byte) addresses.size()).putShort((short) (interval / CENTISECOND));
        message.putShort((short) 0);
        addresses.forEach(message::putInt);
        long sum = sum(message, 0, message.capacity());
        if (form == AdvertChecksum.PSEUDO_HEADER) {
            sum += pseudoHeaderSum(source, GROUP, message.capacity());
        }
        return message.putShort(CHECKSUM_OFFSET, (short) ~fold(sum)).array();
    }

    /// Checks a whole IP packet as a raw socket delivers it. Ignores bytes beyond the IP total length, which are
    /// Ethernet padding.
    public Received decode(byte[] packet) {
        var ip = ByteBuffer.wrap(packet);
        if (packet.length < 20 || (packet[0] & 0xf0) != 0x40) {
            return new Refused(Refusal.NOT_IPV4);
        }
        int start = (packet[0] & 0x0f) * 4;
        int end = ip.getShort(2) & 0xffff;
        if (start < 20 || end < start || end > packet.length) {
            return new Refused(Refusal.NOT_IPV4);
        }
        if (packet[9] != PROTOCOL) {
            return new Refused(Refusal.PROTOCOL);
        }
        if ((ip.getShort(6) & 0x3fff) != 0) {
            return new Refused(Refusal.FRAGMENT);
        }
        if ((packet[8] & 0xff) != 255) {
            return new Refused(Refusal.TTL);
        }
        if (ip.getInt(16) != GROUP) {
            return new Refused(Refusal.DESTINATION);
        }
        return decodeMessage(ip, start, end - start);
    }

    private Received decodeMessage(ByteBuffer ip, int start, int length) {
        if (length < HEADER_BYTES) {
            return new Refused(Refusal.SHORT);
        }
        int first = ip.get(start) & 0xff;
        int count = ip.get(start + 3) & 0xff;
        int centiseconds = ip.getShort(start + 4) & INTERVAL_CENTISECONDS_MAX; // the reserved bits are ignored
        int sender = ip.getInt(12);
        if (first == 0x21 && length == 36 && count == 7) {
            return new Refused(Refusal.CARP);
        }
        if (first >> 4 != 3) {
            return new Refused(Refusal.VERSION);
        }
        if ((first & 0xf) != 1) {
            return new Refused(Refusal.TYPE);
        }
        if (count == 0) {
            return new Refused(Refusal.COUNT);
        }
        if (length != HEADER_BYTES + 4 * count) {
            return new Refused(Refusal.LENGTH);
        }
        long sum = sum(ip, start, length);
        boolean isBare = fold(sum) == 0xffff;
        if (!isBare && fold(sum + pseudoHeaderSum(sender, GROUP, length)) != 0xffff) {
            return new Refused(Refusal.CHECKSUM);
        }
        if ((ip.get(start + 1) & 0xff) != vrid) {
            return new Refused(Refusal.OTHER_VRID);
        }
        if (centiseconds == 0) {
            return new Refused(Refusal.INTERVAL);
        }
        if (sender == source) {
            return new Refused(Refusal.OWN_ADDRESS);
        }
        var advert = new Vrrp.Advert(ip.get(start + 2) & 0xff, centiseconds * CENTISECOND, sender);
        return new Accepted(
                advert,
                addresses(ip, start + HEADER_BYTES, count),
                isBare ? AdvertChecksum.RFC9568 : AdvertChecksum.PSEUDO_HEADER);
    }

    private static List<Integer> addresses(ByteBuffer ip, int at, int count) {
        var addresses = new ArrayList<Integer>(count);
        for (int i = 0; i < count; i++) {
            addresses.add(ip.getInt(at + 4 * i));
        }
        return List.copyOf(addresses);
    }

    private static long pseudoHeaderSum(int source, int destination, int length) {
        return (source >>> 16)
                + (source & 0xffff)
                + (destination >>> 16)
                + (destination & 0xffff)
                + PROTOCOL
                + (long) length;
    }

    /// Adverts have an even length: 8 bytes and 4 for each address.
    private static long sum(ByteBuffer bytes, int start, int length) {
        long sum = 0;
        for (int i = start; i < start + length; i += 2) {
            sum += bytes.getShort(i) & 0xffff;
        }
        return sum;
    }

    private static int fold(long sum) {
        long folded = sum;
        while (folded >>> 16 != 0) {
            folded = (folded & 0xffff) + (folded >>> 16);
        }
        return (int) folded;
    }
}
