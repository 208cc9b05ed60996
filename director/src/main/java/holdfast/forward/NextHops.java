package holdfast.forward;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// Where a packet goes next, as the kernel's routes and neighbours had it at one moment; rebuilt and replaced when
/// they change.
///
/// Immutable, read by workers without allocation. Routes are few and are searched from the longest prefix on;
/// neighbours are in an open-addressing table at most half full.
public final class NextHops {
    /// No route leads there through a datapath port.
    static final long NO_ROUTE = -1;
    /// The route is known, the next hop's MAC is not.
    static final long UNRESOLVED = -2;

    /// A way to a prefix.
    ///
    /// @param gateway  0 where the destination itself is on the link
    /// @param port     index of the datapath interface; -1 for one that is not the datapath's, which is no way for
    ///     us and hides the less specific ones
    public record Route(int destination, int prefixLength, int gateway, int port, int metric) {}

    /// A next hop whose MAC is known and believed.
    public record Neighbour(int port, int address, long mac) {}

    private final int[] destinations;
    private final int[] masks;
    private final int[] gateways;
    private final int[] ports;
    private final long[] neighbourKeys;
    private final long[] neighbourMacs;

    public NextHops(List<Route> routes, List<Neighbour> neighbours) {
        var sorted = routes.stream()
                .sorted(Comparator.comparingInt((Route r) -> -r.prefixLength()).thenComparingInt(Route::metric))
                .toList();
        masks = sorted.stream()
                .mapToInt(r -> r.prefixLength() == 0 ? 0 : -1 << (32 - r.prefixLength()))
                .toArray();
        destinations = sorted.stream().mapToInt(Route::destination).toArray();
        gateways = sorted.stream().mapToInt(Route::gateway).toArray();
        ports = sorted.stream().mapToInt(Route::port).toArray();

        int slots = Math.max(8, Integer.highestOneBit(neighbours.size() + 1) * 4);
        neighbourKeys = new long[slots];
        neighbourMacs = new long[slots];
        Arrays.fill(neighbourKeys, -1);
        for (var neighbour : neighbours) {
            long key = key(neighbour.port(), neighbour.address());
            int slot = slot(key);
            while (neighbourKeys[slot] != -1 && neighbourKeys[slot] != key) {
                slot = (slot + 1) & (slots - 1);
            }
            neighbourKeys[slot] = key;
            neighbourMacs[slot] = neighbour.mac();
        }
    }

    /// A snapshot that knows nothing: what a worker starts with.
    public static NextHops none() {
        return new NextHops(List.of(), List.of());
    }

    /// The port and MAC for a destination packed as `port << 48 | mac`, or [#NO_ROUTE] or [#UNRESOLVED].
    long resolve(int destination) {
        int route = route(destination);
        if (route < 0) {
            return NO_ROUTE;
        }
        return mac(ports[route], gateways[route] == 0 ? destination : gateways[route]);
    }

    static int port(long resolved) {
        return (int) (resolved >>> 48);
    }

    static long mac(long resolved) {
        return resolved & 0xffff_ffff_ffffL;
    }

    /// The neighbour that has to be resolved for a destination, as `port << 32 | address`, or [#NO_ROUTE].
    public long neighbourOf(int destination) {
        int route = route(destination);
        if (route < 0) {
            return NO_ROUTE;
        }
        return key(ports[route], gateways[route] == 0 ? destination : gateways[route]);
    }

    /// Whether the MAC of a neighbour is known, which is given as [#neighbourOf] gives one.
    boolean knows(long neighbour) {
        return mac((int) (neighbour >>> 32), (int) neighbour) != UNRESOLVED;
    }

    /// The gateways of all routes, each as [#neighbourOf] gives a neighbour.
    long[] gateways() {
        return java.util.stream.IntStream.range(0, gateways.length)
                .filter(i -> gateways[i] != 0 && ports[i] >= 0)
                .mapToLong(i -> key(ports[i], gateways[i]))
                .distinct()
                .toArray();
    }

    private int route(int destination) {
        for (int i = 0; i < destinations.length; i++) {
            if ((destination & masks[i]) == destinations[i]) {
                return ports[i] < 0 ? -1 : i;
            }
        }
        return -1;
    }

    private long mac(int port, int address) {
        long key = key(port, address);
        int slot = slot(key);
        while (neighbourKeys[slot] != -1) {
            if (neighbourKeys[slot] == key) {
                return ((long) port << 48) | neighbourMacs[slot];
            }
            slot = (slot + 1) & (neighbourKeys.length - 1);
        }
        return UNRESOLVED;
    }

    private int slot(long key) {
        return (int) ((key * 0x9E3779B97F4A7C15L) >>> 40) & (neighbourKeys.length - 1);
    }

    static long key(int port, int address) {
        return ((long) port << 32) | (address & 0xffff_ffffL);
    }
}
