package holdfast.schedule;

import holdfast.conf.SchedulerFlag;
import holdfast.service.Flow;
import holdfast.service.RealServers;
import java.util.Set;

/// The common part of `sh` and `mh`: the client hashes to a slot of a table, which gives the real server. If that
/// server is not eligible, the pick is none; with `fallback` the hash walks on through the table (IPVS-REF 5.8, 5.12).
/// It also walks on if that server is unreachable.
abstract class SlotScheduler implements Scheduler {
    private final boolean hasFallback;
    private final boolean countsPort;

    SlotScheduler(Set<SchedulerFlag> flags) {
        hasFallback = flags.contains(SchedulerFlag.FALLBACK);
        countsPort = flags.contains(SchedulerFlag.PORT);
    }

    /// Positions in the list of real servers, or [#NONE] for an empty slot.
    abstract int[] slots();

    /// The slot of a client at a step of the walk.
    ///
    /// @param client  address and, if it counts, port
    abstract int slotOf(int client, int offset);

    @Override
    public int pick(RealServers reals, Flow flow, long now) {
        var slots = slots();
        if (slots.length == 0) {
            return NONE; // no configuration has filled it
        }
        int client = flow.clientFold() + (countsPort ? flow.clientPort() : 0);
        int first = slotOf(client, 0);
        int position = slots[first];
        if (position == NONE || reals.isEligible(position)) {
            return position;
        }
        return hasFallback || reals.isUnreachable(position) ? walk(reals, slots, client, first) : NONE;
    }

    /// Offsets begin at the first slot's number, so that clients of one unusable slot do not all get the same next
    /// server.
    private int walk(RealServers reals, int[] slots, int client, int first) {
        for (int step = 0; step < slots.length; step++) {
            int position = slots[slotOf(client, (step + first) % slots.length)];
            if (position == NONE || reals.isEligible(position)) {
                return position;
            }
        }
        return NONE;
    }
}
