package holdfast.schedule;

import holdfast.service.Flow;
import holdfast.service.RealServerTable;
import holdfast.service.RealServers;
import java.util.Arrays;
import java.util.function.IntSupplier;

/// Picks the real server that the destination's address had last, while that server has a weight and room; else the
/// server with the least load for its weight, as `wlc` does, which the address has from then on. For caches
/// (`ip_vs_lblc`, IPVS-REF 5.9).
///
/// An address leaves its real server only if the weight is 0, if [#hasTooMuch], or if the server is unreachable; an
/// overload is no reason. [AddressTable] remembers the addresses.
final class LocalityLeastConnection implements Scheduler {
    private static final long SECOND = 1_000_000_000L;

    private final IntSupplier expirationS;
    private final AddressTable addresses;
    private final int[] chosen; // ids by slot, because positions shift; a dropped server that returns is found again

    /// @param expirationS  seconds, read at each pick
    LocalityLeastConnection(IntSupplier expirationS) {
        this.expirationS = expirationS;
        addresses = new AddressTable();
        chosen = new int[AddressTable.MAX];
        Arrays.fill(chosen, RealServerTable.NONE);
    }

    private LocalityLeastConnection(LocalityLeastConnection other) {
        expirationS = other.expirationS;
        addresses = new AddressTable(other.addresses);
        chosen = other.chosen.clone();
    }

    @Override
    public int pick(RealServers reals, Flow flow, long now) {
        addresses.check(now, expirationS.getAsInt() * SECOND);
        int slot = addresses.find(flow.virtualAddress());
        if (slot != AddressTable.NONE) {
            addresses.use(slot, now);
            int known = reals.positionOf(chosen[slot]);
            boolean isKept = known >= 0 && reals.weight(known) > 0 && !reals.isUnreachable(known);
            if (isKept && !hasTooMuch(reals, known)) {
                return known;
            }
        }
        int position = Overhead.leastForWeight(reals);
        if (position != NONE) {
            int remembered = slot == AddressTable.NONE ? addresses.add(flow.virtualAddress(), now) : slot;
            chosen[remembered] = reals.id(position);
        }
        return position;
    }

    /// Whether it has more active connections than its weight while another server has less than half of its own
    /// weight.
    static boolean hasTooMuch(RealServers reals, int position) {
        if (reals.active(position) <= reals.weight(position)) {
            return false;
        }
        for (int i = 0; i < reals.count(); i++) {
            if (reals.active(i) * 2L < reals.weight(i)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public long evictions() {
        return addresses.evictions();
    }

    @Override
    public Scheduler copy() {
        return new LocalityLeastConnection(this);
    }
}
