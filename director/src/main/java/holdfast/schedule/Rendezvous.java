package holdfast.schedule;

import holdfast.service.Flow;
import holdfast.service.RealServers;

/// Picks the real server that wins the client's lottery, in which each real server's chance is its
/// weight's share: a client (an address under the service's netmask) has the same one on every director,
/// with no template to replicate.
///
/// Weighted rendezvous hashing: client and real server (address and port) hash to a number u in (0, 1),
/// and the smallest -ln(u) / weight wins. Such costs are exponentially distributed with the weight as
/// their rate, so the chances are the weights' shares exactly; and since no cost depends on another real
/// server, a change of one moves only the clients that it wins or loses. One that cannot be picked is
/// passed over, so that its clients go each to their own next best and come back to it later.
///
/// Directors must agree to the bit: the hash has no secret, [StrictMath] gives the same logarithm on every
/// platform, and what a tie depends on is not the order of the list. A client may therefore choose its
/// real server by choosing its address; who cannot have that uses a template.
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

    /// 52 bits and a half are a `double` exactly, and never 0 or 1.
    private static double cost(long mixed, int weight) {
        double u = ((Mix.of(mixed) >>> 12) + 0.5) * 0x1p-52;
        return -StrictMath.log(u) / weight;
    }

    @Override
    public Scheduler copy() {
        return this; // it keeps nothing
    }
}
