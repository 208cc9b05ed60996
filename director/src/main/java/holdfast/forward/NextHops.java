package holdfast.forward;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/// The way of a packet, by the kernel's routes and neighbours of one moment; a change makes a new object.
///
/// Immutable; workers read it without allocation. Routes are few and are searched from the longest prefix on;
/// neighbours are in an open-addressing table at most half full.
public final class NextHops {
    /// No route through a datapath link leads to the destination.
    public static final long NO_ROUTE = -1;
    /// The result of [#mac] if the next hop's MAC is unknown.
    private static final long NO_MAC = 0;

    /// A route to a prefix.
    ///
    /// @param gateway  0 if the destination is on the link itself
    /// @param link     index of the datapath interface; -1 for an interface outside the datapath, which is no way
    ///     for us but hides less specific routes
    public record Route(int destination, int prefixLength, int gateway, int link, int metric) {}

    /// A next hop with a known and valid MAC.
    public record Neighbour(int link, int address, long mac) {}

    private final int[] destinations;
    private final int[] masks;
    private final int[] gateways;
    private final int[] links;
    private final long[] neighbourKeys;
    private final long[] neighbourMacs;
    private final long[] failed; // in the form of #neighbourOf, sorted

    public NextHops(List<Route> routes, List<Neighbour> neighbours) {
        this(routes, neighbours, Set.of());
    }

    /// @param failed  next hops whose MAC was looked for in vain and is still unknown, in the form of [#key]
    public NextHops(List<Route> routes, List<Neighbour> neighbours, Set<Long> failed) {
        this.failed = failed.stream().mapToLong(Long::longValue).sorted().toArray();
        var sorted = routes.stream()
                .sorted(Comparator.comparingInt((Route r) -> -r.prefixLength()).thenComparingInt(Route::metric))
                .toList();
        masks = sorted.stream()
                .mapToInt(r -> r.prefixLength() == 0 ? 0 : -1 << (32 - r.prefixLength()))
                .toArray();
        destinations = sorted.stream().mapToInt(Route::destination).toArray();
        gateways = sorted.stream().mapToInt(Route::gateway).toArray();
        links = sorted.stream().mapToInt(Route::link).toArray();

        int slots = Math.max(8, Integer.highestOneBit(neighbours.size() + 1) * 4);
        neighbourKeys = new long[slots];
        neighbourMacs = new long[slots];
        Arrays.fill(neighbourKeys, -1);
        for (var neighbour : neighbours) {
            long key = key(neighbour.link(), neighbour.address());
            int slot = slot(key);
            while (neighbourKeys[slot] != -1 && neighbourKeys[slot] != key) {
                slot = (slot + 1) & (slots - 1);
            }
            neighbourKeys[slot] = key;
            neighbourMacs[slot] = neighbour.mac();
        }
    }

    /// An empty snapshot: a worker's initial state.
    public static NextHops none() {
        return new NextHops(List.of(), List.of());
    }

    /// The way to a destination, or [#NO_ROUTE]. Call [#isResolved] before [#mac].
    public long resolve(int destination) {
        int route = route(destination);
        if (route < 0) {
            return NO_ROUTE;
        }
        return way(links[route], gateways[route] == 0 ? destination : gateways[route]);
    }

    /// Whether the MAC of the next hop is known.
    public static boolean isResolved(long way) {
        return way != NO_ROUTE && mac(way) != NO_MAC;
    }

    public static int link(long way) {
        return (int) (way >>> 48);
    }

    /// The MAC of a resolved way, 48 bits in the low end.
    public static long mac(long way) {
        return way & 0xffff_ffff_ffffL;
    }

    /// The neighbour to resolve for a destination, as `link << 32 | address`, or [#NO_ROUTE].
    public long neighbourOf(int destination) {
        int route = route(destination);
        if (route < 0) {
            return NO_ROUTE;
        }
        return key(links[route], gateways[route] == 0 ? destination : gateways[route]);
    }

    /// The way to a neighbour on the link, in the form of [#neighbourOf].
    long way(long neighbour) {
        return way((int) (neighbour >>> 32), (int) neighbour);
    }

    /// Whether the MAC of a neighbour, in the form of [#neighbourOf], is known.
    public boolean knows(long neighbour) {
        return isResolved(way(neighbour));
    }

    /// Whether a destination cannot be reached: no route leads to it, or its next hop was looked for in vain.
    public boolean isUnreachable(int destination) {
        long neighbour = neighbourOf(destination);
        return neighbour == NO_ROUTE || (Arrays.binarySearch(failed, neighbour) >= 0 && !knows(neighbour));
    }

    /// The gateways of all routes, in the form of [#neighbourOf].
    public long[] gateways() {
        return IntStream.range(0, gateways.length)
                .filter(i -> gateways[i] != 0 && links[i] >= 0)
                .mapToLong(i -> key(links[i], gateways[i]))
                .distinct()
                .toArray();
    }

    private int route(int destination) {
        for (int i = 0; i < destinations.length; i++) {
            if ((destination & masks[i]) == destinations[i]) {
                return links[i] < 0 ? -1 : i;
            }
        }
        return -1;
    }

    private long way(int link, int address) {
        long key = key(link, address);
        int slot = slot(key);
        while (neighbourKeys[slot] != -1) {
            if (neighbourKeys[slot] == key) {
                return ((long) link << 48) | neighbourMacs[slot];
            }
            slot = (slot + 1) & (neighbourKeys.length - 1);
        }
        return ((long) link << 48) | NO_MAC;
    }

    private int slot(long key) {
        return (int) ((key * 0x9E3779B97F4A7C15L) >>> 40) & (neighbourKeys.length - 1);
    }

    public static long key(int link, int address) {
        return ((long) link << 32) | (address & 0xffff_ffffL);
    }
}
