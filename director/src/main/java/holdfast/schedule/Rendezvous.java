package holdfast.schedule;

import holdfast.service.Flow;
import holdfast.service.RealServers;

/// Picks the real server that wins the client's lottery, in which each real server's chance is its weight's share. A
/// client (an address under the service's netmask) has the same server on every director, without a template to
/// replicate.
///
/// Weighted rendezvous hashing: client and real server (address and port) hash to a number u in (0, 1), and the
/// smallest -ln(u) / weight wins. These costs are exponentially distributed with the weight as their rate, so the
/// chances are exactly the weights' shares. A cost does not depend on other real servers, so a change of one server
/// moves only the clients that it wins or loses. A server that is not eligible is skipped: each of its clients gets its
/// own next best server and returns later.
///
/// Directors must agree to the bit: the hash has no secret, [StrictMath] gives the same logarithm on every platform,
/// and ties do not depend on the order of the list. A client may therefore choose its real server by choosing its
/// address; use a template if that is not acceptable.
final class Rendezvous implements Scheduler {
    @Override
    public int pick(RealServers reals, Flow flow, long now) {
        long client = Mix.of(Mix.of(flow.stickyHi() + Mix.GOLDEN) + flow.stickyLo());
        int best = NONE;
        double bestCost = 0;
        for (int i = 0; i < reals.count(); i++) {
            if (!reals.isEligible(i)) {
                continue;
            }
            double cost = cost(client ^ Mix.of(name(reals, i)), reals.weight(i));
            if (best == NONE || cost < bestCost || (cost == bestCost && name(reals, i) < name(reals, best))) {
                best = i;
                bestCost = cost;
            }
        }
        return best;
    }

    private static long name(RealServers reals, int position) {
        return (reals.address(position) & 0xffff_ffffL) << 16 | reals.port(position);
    }

    /// 52.5 bits are exact in a `double`, and never give 0 or 1.
    private static double cost(long mixed, int weight) {
        double u = ((Mix.of(mixed) >>> 12) + 0.5) * 0x1p-52;
        return -StrictMath.log(u) / weight;
    }

    @Override
    public Scheduler copy() {
        return this; // it has no state
    }
}
