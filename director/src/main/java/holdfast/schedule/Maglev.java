package holdfast.schedule;

import holdfast.conf.SchedulerFlag;
import holdfast.service.RealServers;
import java.util.Arrays;
import java.util.Set;

/// Picks by the client's address: the real server of its slot in Google's Maglev table. Each server has its weight's
/// share of the slots, and few slots change when a server is added or dropped (`ip_vs_mh`, IPVS-REF 5.12).
///
/// Each real server prefers the slots in an order of its own, and the servers take turns at their next free slot. The
/// last weight that was not 0 counts: a quiesced server keeps its slots, so that its clients get none or the fallback,
/// and other clients keep their server. IPVS refuses more real servers than there are slots; here the oldest of so many
/// servers get none.
final class Maglev extends SlotScheduler {
    static final int SLOTS = 4093;

    private static final int TABLE_INDEX = 12; // of the kernel's default size
    private static final int TURN_BITS = TABLE_INDEX / 2;
    private static final int START_KEY = (int) 2654435761L;
    private static final int SKIP_KEY = (int) 2654446892L;

    private final Set<SchedulerFlag> flags;
    private int[] slots = {};

    Maglev(Set<SchedulerFlag> flags) {
        super(flags);
        this.flags = flags;
    }

    @Override
    public void changed(RealServers before, RealServers after) {
        var filled = new int[SLOTS];
        Arrays.fill(filled, NONE);
        var turns = turns(after);
        if (Arrays.stream(turns).anyMatch(turn -> turn > 0)) {
            fill(filled, after, turns);
        }
        slots = filled;
    }

    private void fill(int[] filled, RealServers reals, int[] turns) {
        var next = new int[turns.length];
        var skip = new int[turns.length];
        for (int i = 0; i < turns.length; i++) {
            next[i] = start(reals, i);
            skip[i] = skip(reals, i);
        }
        int free = SLOTS;
        for (int i = 0; free > 0; i = (i + 1) % turns.length) {
            for (int turn = 0; turn < turns[i] && free > 0; turn++) {
                while (filled[next[i]] != NONE) {
                    next[i] = (next[i] + skip[i]) % SLOTS;
                }
                filled[next[i]] = i;
                free--;
            }
        }
    }

    static int start(RealServers reals, int position) {
        return Integer.remainderUnsigned(SipHash.of(START_KEY, reals.address(position) + reals.port(position)), SLOTS);
    }

    static int skip(RealServers reals, int position) {
        int hashed = SipHash.of(SKIP_KEY, reals.address(position) + reals.port(position));
        return Integer.remainderUnsigned(hashed, SLOTS - 1) + 1;
    }

    /// The number of slots that each server takes in its turn: its weight in lowest terms, with the largest weight
    /// cut to six bits.
    private static int[] turns(RealServers reals) {
        int largest = 0;
        int common = 0;
        for (int i = 0; i < reals.count(); i++) {
            largest = Math.max(largest, reals.lastWeight(i));
            common = Weights.greatestCommonDivisor(common, reals.lastWeight(i));
        }
        int divisor = Math.max(1, common);
        int shift = Math.max(0, Integer.SIZE - Integer.numberOfLeadingZeros(largest / divisor) - TURN_BITS);
        var turns = new int[reals.count()];
        for (int i = 0; i < turns.length; i++) {
            turns[i] = Math.max(Integer.signum(reals.lastWeight(i)), (reals.lastWeight(i) / divisor) >> shift);
        }
        return turns;
    }

    @Override
    int[] slots() {
        return slots;
    }

    @Override
    int slotOf(int client, int offset) {
        return Integer.remainderUnsigned(SipHash.of(START_KEY, client + offset), SLOTS);
    }

    @Override
    public Scheduler copy() {
        var copy = new Maglev(flags);
        copy.slots = slots; // a change fills a new array
        return copy;
    }
}
