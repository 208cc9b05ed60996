package holdfast.conn;

import java.util.Arrays;

/// A hierarchical timer wheel over the slots of a table: six rings of 256 buckets, the innermost of 1.05 ms each, the
/// outermost of 36 years, so 2^32 seconds lie well within.
///
/// With one-way links a slot cannot be removed before its time. To bound how long an unused slot stays, no slot is
/// armed more than 275 seconds ahead ([#latest]); longer timers are armed again every 275 seconds.
///
/// A slot is in the bucket of the time for which it was armed. At that time the wheel reads the entry's expiry; if it
/// has moved later, the slot is armed for the new expiry. So a packet only writes its connection's expiry. The
/// invariant is that no slot is armed for later than its expiry; if an expiry moves *earlier*, arm the slot again.
///
/// When the time of a bucket of an outer ring begins, its slots are spread over the inner rings. Each slot checked,
/// there or in the innermost ring, takes one of the turn's budget, and the next turn continues in the same bucket: a
/// million slots of one second delay nothing else. Nothing fires early; with a sufficient budget nothing fires later
/// than 1.05 ms plus the time between two turns.
public final class TimerWheel {
    /// The table of the slots.
    public interface Owner {
        /// When the entry in a slot expires, in ns.
        long expiresAt(int slot);

        /// The expiry has come, and the slot is no longer armed.
        ///
        /// @return whether to arm it again for its present expiry
        boolean due(int slot, long now);
    }

    static final int TICK_SHIFT = 20;
    private static final int RING_BITS = 8;
    private static final int RING = 1 << RING_BITS;
    private static final int RINGS = 6;
    private static final long AHEAD_MAX = (RING - 1L) << ((RINGS - 1) * RING_BITS);
    private static final long AHEAD_MAX_ONE_WAY = 1L << 18;
    private static final int BUCKETS = RINGS * RING;
    private static final int END = 1;

    private final Owner owner;
    private final long aheadMax; // ticks
    private final int[] heads = new int[BUCKETS]; // slot + 2, or 0 when empty

    /// Next: slot + 2, [#END], or 0 when not armed. Previous: slot + [#BUCKETS] + 1, or bucket + 1.
    private final SlotLinks links;

    private final long[] occupied = new long[RING / Long.SIZE]; // innermost buckets that may hold a slot

    private long tick; // its buckets and all later ones are still to come
    private int armed;

    /// @param links  of the table's slots, all of them 0; one-way if no slot is ever disarmed
    /// @param now    start of the wheel, in ns
    TimerWheel(Owner owner, SlotLinks links, long now) {
        this.owner = owner;
        this.links = links;
        aheadMax = links.isOneWay() ? AHEAD_MAX_ONE_WAY : AHEAD_MAX;
        tick = now >> TICK_SHIFT;
    }

    /// Whether a slot is in the wheel.
    public boolean isArmed(int slot) {
        return links.next(slot) != 0;
    }

    /// How many slots are armed.
    public int armed() {
        return armed;
    }

    /// The latest time, in ns, for which a slot can be armed.
    public long latest() {
        return (tick + aheadMax) << TICK_SHIFT;
    }

    /// Arms a slot that is not armed. A time in the past means the next turn.
    ///
    /// @param at  not later than the entry's expiry, in ns
    public void arm(int slot, long at) {
        armAtTick(slot, Math.max(at >> TICK_SHIFT, tick));
    }

    /// Removes an armed slot at once; only if the links go both ways.
    public void disarm(int slot) {
        int after = links.next(slot);
        int before = links.previous(slot);
        if (before <= BUCKETS) {
            heads[before - 1] = after == END ? 0 : after;
        } else {
            links.next(before - BUCKETS - 1, after);
        }
        if (after != END) {
            links.previous(after - 2, before);
        }
        links.next(slot, 0);
        armed--;
    }

    /// Checks the slots that are due by `now`, at most `budget` of them.
    ///
    /// @return how many were checked; equal to the budget if there may be more
    public int advance(long now, int budget) {
        long until = now >> TICK_SHIFT; // the tick of now itself is not over, so nothing in it is surely due
        int left = budget;
        while (tick < until && left > 0) {
            if (armed == 0) {
                tick = until;
                Arrays.fill(occupied, 0);
                break;
            }
            left = spreadOuterBuckets(left);
            left = left > 0 ? expire(now, left) : 0;
            if (left > 0) {
                tick = nextOccupied(until);
            }
        }
        return budget - left;
    }

    /// When a ring begins a new round, spreads the bucket of the next outer ring. If the budget ends midway, the
    /// rest stays in the buckets, and the next turn calls this for the same tick again.
    private int spreadOuterBuckets(int budget) {
        int left = budget;
        for (int ring = 1; ring < RINGS && (tick & ((1L << (ring * RING_BITS)) - 1)) == 0; ring++) {
            int bucket = bucket(ring, tick);
            while (heads[bucket] != 0 && left > 0) {
                int slot = pop(bucket);
                arm(slot, owner.expiresAt(slot));
                left--;
            }
        }
        return left;
    }

    private int expire(long now, int budget) {
        int left = budget;
        int bucket = bucket(0, tick);
        while (heads[bucket] != 0 && left > 0) {
            int slot = pop(bucket);
            if (owner.expiresAt(slot) >> TICK_SHIFT > tick) {
                arm(slot, owner.expiresAt(slot));
            } else if (owner.due(slot, now)) {
                armAtTick(slot, Math.max(owner.expiresAt(slot) >> TICK_SHIFT, tick + 1));
            }
            left--;
        }
        if (heads[bucket] == 0) {
            occupied[bucket / Long.SIZE] &= ~(1L << bucket);
        }
        return left;
    }

    /// The first tick after this one that has a slot or begins a round, but not later than `until`.
    private long nextOccupied(long until) {
        long candidate = tick + 1;
        int index = (int) candidate & (RING - 1);
        long roundBegins = candidate - index + RING;
        if (index == 0) {
            return candidate;
        }
        for (int word = index / Long.SIZE; word < occupied.length; word++) {
            int from = Math.max(0, index - word * Long.SIZE);
            long bits = occupied[word] & (-1L << from);
            if (bits != 0) {
                int found = word * Long.SIZE + Long.numberOfTrailingZeros(bits);
                return Math.min(until, candidate - index + found);
            }
        }
        return Math.min(until, roundBegins);
    }

    private void armAtTick(int slot, long at) {
        long standsAt = Math.min(at, tick + aheadMax);
        int ring = 0;
        for (long ahead = (standsAt - tick) >> RING_BITS; ahead != 0; ahead >>= RING_BITS) {
            ring++;
        }
        push(bucket(ring, standsAt), slot);
    }

    /// The bucket of a tick in a ring; buckets of all rings are numbered consecutively.
    private static int bucket(int ring, long tick) {
        return ring * RING + ((int) (tick >> (ring * RING_BITS)) & (RING - 1));
    }

    private void push(int bucket, int slot) {
        int head = heads[bucket];
        int after = head == 0 ? END : head;
        if (links.isOneWay()) {
            links.next(slot, after);
        } else {
            links.put(slot, after, bucket + 1);
            if (head != 0) {
                links.previous(head - 2, slot + BUCKETS + 1);
            }
        }
        heads[bucket] = slot + 2;
        if (bucket < RING) {
            occupied[bucket / Long.SIZE] |= 1L << bucket;
        }
        armed++;
    }

    private int pop(int bucket) {
        int slot = heads[bucket] - 2;
        int after = links.next(slot);
        heads[bucket] = after == END ? 0 : after;
        if (!links.isOneWay() && after != END) {
            links.previous(after - 2, bucket + 1);
        }
        links.next(slot, 0);
        armed--;
        return slot;
    }

    /// Reads ahead the links that disarming a slot changes, besides its own.
    void addNeighbours(ReadAhead reads, int slot) {
        int after = links.next(slot);
        if (after == 0) {
            return;
        }
        if (after != END) {
            reads.add(links.address(after - 2));
        }
        int before = links.previous(slot);
        if (before > BUCKETS) {
            reads.add(links.address(before - BUCKETS - 1));
        }
    }
}
