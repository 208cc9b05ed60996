package holdfast.schedule;

import holdfast.service.Flow;
import holdfast.service.RealServers;
import java.util.function.IntSupplier;

/// Picks, of the real servers that the destination's address has had, the server with the least load for its weight. If
/// none of them has a weight and room, it picks as `wlc` does, and the pick joins them (`ip_vs_lblcr`, IPVS-REF 5.10).
///
/// A set that has not changed for the service's expiration loses its most loaded member, one per pick. Unlike in IPVS,
/// a set has at most [#MEMBERS_MAX] members: in a full set a new member replaces the most loaded one, and a member that
/// the configuration has dropped leaves first. [AddressTable] remembers the addresses.
final class ReplicatedLocality implements Scheduler {
    static final int MEMBERS_MAX = 16;

    private static final long SECOND = 1_000_000_000L;

    private final IntSupplier expirationS;
    private final AddressTable addresses;
    private final int[] members; // ids, MEMBERS_MAX for each slot, the latest member at the end
    private final byte[] sizes;
    private final long[] modifiedAt;
    private long displaced;

    /// @param expirationS  seconds, read at each pick
    ReplicatedLocality(IntSupplier expirationS) {
        this.expirationS = expirationS;
        addresses = new AddressTable();
        members = new int[AddressTable.MAX * MEMBERS_MAX];
        sizes = new byte[AddressTable.MAX];
        modifiedAt = new long[AddressTable.MAX];
    }

    private ReplicatedLocality(ReplicatedLocality other) {
        expirationS = other.expirationS;
        addresses = new AddressTable(other.addresses);
        members = other.members.clone();
        sizes = other.sizes.clone();
        modifiedAt = other.modifiedAt.clone();
        displaced = other.displaced;
    }

    @Override
    public int pick(RealServers reals, Flow flow, long now) {
        long expiration = expirationS.getAsInt() * SECOND;
        addresses.check(now, expiration);
        int slot = addresses.find(flow.virtualAddress());
        if (slot != AddressTable.NONE) {
            addresses.use(slot, now);
            int known = lightest(slot, reals);
            if (sizes[slot] > 1 && now - modifiedAt[slot] > expiration) {
                removeHeaviest(slot, reals, now);
            }
            if (known != NONE && !LocalityLeastConnection.hasTooMuch(reals, known)) {
                return known;
            }
        }
        int position = Overhead.leastForWeight(reals);
        if (position != NONE) {
            join(slot == AddressTable.NONE ? emptied(flow.virtualAddress(), now) : slot, position, reals, now);
        }
        return position;
    }

    /// The position of the eligible member with the least load for its weight; of equals, the latest member.
    private int lightest(int slot, RealServers reals) {
        int best = NONE;
        for (int member = sizes[slot] - 1; member >= 0; member--) {
            int position = reals.positionOf(members[slot * MEMBERS_MAX + member]);
            boolean isUsable = position >= 0 && reals.isEligible(position);
            if (isUsable && (best == NONE || Overhead.isLessForWeight(reals, position, best))) {
                best = position;
            }
        }
        return best;
    }

    /// Removes the member with the most load for its weight, of equals the latest. Quiesced members stay, as in
    /// IPVS: their load for weight 0 is undefined.
    private void removeHeaviest(int slot, RealServers reals, long now) {
        int heaviest = NONE;
        int heaviestPosition = NONE;
        for (int member = sizes[slot] - 1; member >= 0; member--) {
            int position = reals.positionOf(members[slot * MEMBERS_MAX + member]);
            if (position < 0) {
                remove(slot, member, now);
                return;
            }
            boolean hasWeight = reals.weight(position) > 0;
            if (hasWeight && (heaviest == NONE || Overhead.isLessForWeight(reals, heaviestPosition, position))) {
                heaviest = member;
                heaviestPosition = position;
            }
        }
        if (heaviest != NONE) {
            remove(slot, heaviest, now);
        }
    }

    private void remove(int slot, int member, long now) {
        int at = slot * MEMBERS_MAX + member;
        System.arraycopy(members, at + 1, members, at, sizes[slot] - member - 1);
        sizes[slot]--;
        modifiedAt[slot] = now;
    }

    private void join(int slot, int position, RealServers reals, long now) {
        int id = reals.id(position);
        for (int member = 0; member < sizes[slot]; member++) {
            if (members[slot * MEMBERS_MAX + member] == id) {
                return;
            }
        }
        if (sizes[slot] == MEMBERS_MAX) {
            makeRoom(slot, reals, now);
        }
        members[slot * MEMBERS_MAX + sizes[slot]] = id;
        sizes[slot]++;
        modifiedAt[slot] = now;
    }

    private void makeRoom(int slot, RealServers reals, long now) {
        removeHeaviest(slot, reals, now);
        if (sizes[slot] == MEMBERS_MAX) { // all are quiesced
            remove(slot, 0, now);
        }
        displaced++;
    }

    private int emptied(int address, long now) {
        int slot = addresses.add(address, now);
        sizes[slot] = 0;
        return slot;
    }

    /// Addresses and members dropped early.
    @Override
    public long evictions() {
        return addresses.evictions() + displaced;
    }

    @Override
    public Scheduler copy() {
        return new ReplicatedLocality(this);
    }
}
