package holdfast.schedule;

import java.util.Arrays;

/// Destination addresses that `lblc` and `lblcr` remember, each in a slot with the time of its last use; the scheduler
/// keeps the slot's real servers in columns of its own. Allocates about half a megabyte when it is made, and nothing
/// later.
///
/// IPVS forgets in two ways (IPVS-REF 5.9). Every half hour it drops addresses that were unused for the service's
/// expiration. This table does the same, counting half hours from its first use, but without a timer: a slot is stale
/// from the half hour on that would have dropped it. Beyond 16 * 1024 entries IPVS also drops, once a minute, some
/// entries unused for six minutes, and grows meanwhile. This table does not grow: a new address at once takes the slot
/// that was unused for longest.
final class AddressTable {
    static final int MAX = 16 * 1024;
    static final int NONE = -1;

    private static final int BUCKET_BITS = 10;
    private static final long CHECK_INTERVAL = 1_800_000_000_000L;

    private final int[] heads;
    private final int[] next;
    private final int[] addresses;
    private final long[] usedAt;
    private final int[] older;
    private final int[] newer;
    private int oldest = NONE;
    private int newest = NONE;
    private int size;
    private boolean isStarted;
    private long nextCheckAt;
    private long staleUntil; // a slot last used then or earlier is stale
    private long evictions;

    AddressTable() {
        heads = new int[1 << BUCKET_BITS];
        next = new int[MAX];
        addresses = new int[MAX];
        usedAt = new long[MAX];
        older = new int[MAX];
        newer = new int[MAX];
        Arrays.fill(heads, NONE);
    }

    AddressTable(AddressTable other) {
        heads = other.heads.clone();
        next = other.next.clone();
        addresses = other.addresses.clone();
        usedAt = other.usedAt.clone();
        older = other.older.clone();
        newer = other.newer.clone();
        oldest = other.oldest;
        newest = other.newest;
        size = other.size;
        isStarted = other.isStarted;
        nextCheckAt = other.nextCheckAt;
        staleUntil = other.staleUntil;
        evictions = other.evictions;
    }

    /// Catches up on the half-hourly checks that are due; call it before each [#find].
    ///
    /// @param expiration  ns without use after which a check drops an address
    void check(long now, long expiration) {
        if (!isStarted) {
            isStarted = true;
            staleUntil = now - 1;
            nextCheckAt = now + CHECK_INTERVAL;
        }
        if (now - nextCheckAt >= 0) {
            long checkedAt = now - (now - nextCheckAt) % CHECK_INTERVAL;
            if (checkedAt - expiration - staleUntil > 0) {
                staleUntil = checkedAt - expiration;
            }
            nextCheckAt = checkedAt + CHECK_INTERVAL;
        }
    }

    /// The slot of a remembered address, or [#NONE].
    int find(int address) {
        int slot = lookUp(address);
        return slot == NONE || isStale(slot) ? NONE : slot;
    }

    /// Records a use of the address.
    void use(int slot, long now) {
        unlink(slot);
        linkNewest(slot);
        usedAt[slot] = now;
    }

    /// A slot for an address that [#find] does not find. It may have been another address's; the caller sets its
    /// columns.
    int add(int address, long now) {
        int slot = lookUp(address);
        if (slot == NONE) {
            slot = size < MAX ? fresh() : evicted();
            addresses[slot] = address;
            int bucket = GoldenHash.of(address, BUCKET_BITS);
            next[slot] = heads[bucket];
            heads[bucket] = slot;
        }
        use(slot, now);
        return slot;
    }

    /// Addresses that were dropped early for lack of room.
    long evictions() {
        return evictions;
    }

    private int fresh() {
        linkNewest(size);
        return size++;
    }

    private int evicted() {
        int slot = oldest;
        if (!isStale(slot)) {
            evictions++;
        }
        int bucket = GoldenHash.of(addresses[slot], BUCKET_BITS);
        if (heads[bucket] == slot) {
            heads[bucket] = next[slot];
            return slot;
        }
        int before = heads[bucket];
        while (next[before] != slot) {
            before = next[before];
        }
        next[before] = next[slot];
        return slot;
    }

    private int lookUp(int address) {
        int slot = heads[GoldenHash.of(address, BUCKET_BITS)];
        while (slot != NONE && addresses[slot] != address) {
            slot = next[slot];
        }
        return slot;
    }

    private boolean isStale(int slot) {
        return usedAt[slot] - staleUntil <= 0;
    }

    private void linkNewest(int slot) {
        older[slot] = newest;
        newer[slot] = NONE;
        if (newest == NONE) {
            oldest = slot;
        } else {
            newer[newest] = slot;
        }
        newest = slot;
    }

    private void unlink(int slot) {
        int before = older[slot];
        int after = newer[slot];
        if (before == NONE) {
            oldest = after;
        } else {
            newer[before] = after;
        }
        if (after == NONE) {
            newest = before;
        } else {
            older[after] = before;
        }
    }
}
