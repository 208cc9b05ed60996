package holdfast.schedule;

import holdfast.conf.SchedulerFlag;
import holdfast.service.RealServers;
import java.util.Set;

/// Picks by the client's address: the real server of its bucket out of 256. Each server has as many buckets in a row as
/// its weight, repeatedly. A server of weight 0 still has one each time, whose clients get none or the fallback
/// (`ip_vs_sh`, IPVS-REF 5.8).
final class SourceHash extends SlotScheduler {
    private static final int BUCKET_BITS = 8;
    private static final int BUCKETS = 1 << BUCKET_BITS;

    private final Set<SchedulerFlag> flags;
    private int[] buckets = {};

    SourceHash(Set<SchedulerFlag> flags) {
        super(flags);
        this.flags = flags;
    }

    @Override
    public void changed(RealServers before, RealServers after) {
        var filled = new int[BUCKETS];
        int position = after.count() == 0 ? NONE : 0;
        int taken = 0;
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            filled[bucket] = position;
            taken++;
            if (position != NONE && taken >= after.weight(position)) {
                position = (position + 1) % after.count();
                taken = 0;
            }
        }
        buckets = filled;
    }

    @Override
    int[] slots() {
        return buckets;
    }

    @Override
    int slotOf(int client, int offset) {
        return offset + GoldenHash.of(client, BUCKET_BITS) & BUCKETS - 1;
    }

    @Override
    public Scheduler copy() {
        var copy = new SourceHash(flags);
        copy.buckets = buckets; // a change fills a new array
        return copy;
    }
}
