package holdfast.forward;

import holdfast.conn.FlowHash;
import holdfast.packet.Frame;

/// Where the later fragments of an IPv4 datagram go: after the first one, which alone has the ports (RFC 791). IPVS
/// lets the kernel gather fragments first (IPVS-REF 1.11); here nothing is gathered, so nothing is held in memory for
/// a sender who never sends the rest. A fragment that comes before the first one is dropped.
///
/// Four places for each key, of which the oldest is given up when all are taken. Worker only; allocates nothing.
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
    private final boolean[] isInbound = new boolean[SETS * WAYS];
    private final int[] rewrite = new int[SETS * WAYS];
    private final int[] destination = new int[SETS * WAYS];
    private final int[] service = new int[SETS * WAYS];
    private final int[] real = new int[SETS * WAYS];

    Fragments(FlowHash hashes) {
        this.hashes = hashes;
    }

    /// The first fragment of a datagram goes on: those that follow do the same.
    ///
    /// @param frame        as it came in, not yet rewritten
    /// @param rewrite      address that takes the place of the destination (inbound) or the source; 0 keeps it
    /// @param destination  where the next hop is looked up for
    void remember(Frame frame, boolean isInbound, int rewrite, int destination, int service, int real, long now) {
        int at = placeFor(key(frame), datagram(frame), now);
        addresses[at] = key(frame);
        datagram[at] = datagram(frame);
        endsAt[at] = now + LIFE;
        this.isInbound[at] = isInbound;
        this.rewrite[at] = rewrite;
        this.destination[at] = destination;
        this.service[at] = service;
        this.real[at] = real;
    }

    /// Where the first fragment of this one's datagram stands, or [#NONE].
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

    boolean isInbound(int at) {
        return isInbound[at];
    }

    int rewrite(int at) {
        return rewrite[at];
    }

    int destination(int at) {
        return destination[at];
    }

    int service(int at) {
        return service[at];
    }

    int real(int at) {
        return real[at];
    }

    /// The place of the same datagram, else one that is free or over, else the oldest.
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
