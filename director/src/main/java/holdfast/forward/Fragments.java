package holdfast.forward;

import holdfast.conf.ForwardingMethod;
import holdfast.conn.FlowHash;
import holdfast.packet.Frame;

/// Forwards the later fragments of an IPv4 datagram like the first one, which alone has the ports (RFC 791). IPVS lets
/// the kernel reassemble fragments first (IPVS-REF 1.11). This class reassembles nothing, so it holds no memory for a
/// sender that never sends the rest. A fragment that arrives before the first one is dropped.
///
/// Four places for each key; when all are taken, the oldest is replaced. Worker only; allocates nothing.
final class Fragments {
    static final int NONE = -1;

    /// RFC 791 §3.2 lets a receiver wait 15 s for the rest.
    private static final long LIFE = 15_000_000_000L;

    private static final int SETS = 1024;
    private static final int WAYS = 4;

    private final FlowHash hashes;
    private final long[] addresses = new long[SETS * WAYS];
    private final int[] datagram =
            new int[SETS * WAYS]; // identification and protocol; 0 is empty, since no protocol is 0
    private final long[] endsAt = new long[SETS * WAYS];
    private final Leg[] leg = new Leg[SETS * WAYS];
    private final ForwardingMethod[] method = new ForwardingMethod[SETS * WAYS];
    private final int[] address = new int[SETS * WAYS];
    private final int[] hop = new int[SETS * WAYS];
    private final int[] service = new int[SETS * WAYS];
    private final int[] real = new int[SETS * WAYS];

    Fragments(FlowHash hashes) {
        this.hashes = hashes;
    }

    /// Remembers how the first fragment of a datagram is forwarded, so that the later ones follow it. Ignores any
    /// other packet.
    ///
    /// @param frame    as it arrived, not yet rewritten
    /// @param address  as for [Transmit#go]
    /// @param hop      address for the next-hop lookup
    void remember(
            Frame frame, Leg leg, ForwardingMethod method, int address, int hop, int service, int real, long now) {
        if (!frame.isFirstFragment()) {
            return;
        }
        int at = placeFor(key(frame), datagram(frame), now);
        addresses[at] = key(frame);
        datagram[at] = datagram(frame);
        endsAt[at] = now + LIFE;
        this.leg[at] = leg;
        this.method[at] = method;
        this.address[at] = address;
        this.hop[at] = hop;
        this.service[at] = service;
        this.real[at] = real;
    }

    /// The place of the first fragment of this one's datagram, or [#NONE].
    int find(Frame frame, long now) {
        long key = key(frame);
        int id = datagram(frame);
        int set = set(key, id);
        for (int at = set; at < set + WAYS; at++) {
            if (datagram[at] == id && addresses[at] == key && now - endsAt[at] < 0) {
                return at;
            }
        }
        return NONE;
    }

    Leg leg(int at) {
        return leg[at];
    }

    ForwardingMethod method(int at) {
        return method[at];
    }

    int address(int at) {
        return address[at];
    }

    int hop(int at) {
        return hop[at];
    }

    int service(int at) {
        return service[at];
    }

    int real(int at) {
        return real[at];
    }

    /// The place of the same datagram, else a free or expired one, else the oldest.
    private int placeFor(long key, int id, long now) {
        int set = set(key, id);
        int oldest = set;
        for (int at = set; at < set + WAYS; at++) {
            if (datagram[at] == 0 || now - endsAt[at] >= 0 || (datagram[at] == id && addresses[at] == key)) {
                return at;
            }
            if (endsAt[at] - endsAt[oldest] < 0) {
                oldest = at;
            }
        }
        return oldest;
    }

    private int set(long key, int id) {
        return (int) (hashes.of(key, id) & (SETS - 1)) * WAYS;
    }

    private static long key(Frame frame) {
        return (long) frame.source() << 32 | (frame.destination() & 0xffff_ffffL);
    }

    private static int datagram(Frame frame) {
        return frame.identification() << 8 | frame.protocol();
    }
}
