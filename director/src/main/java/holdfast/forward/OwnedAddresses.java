package holdfast.forward;

import java.util.Arrays;
import java.util.List;

/// The addresses that the datapath owns while active: VIPs and the real servers' gateway. The kernel never has them.
///
/// Immutable; a lookup is a binary search over a few numbers.
public final class OwnedAddresses {
    /// An owned address, and the datapath port (index of its interface) that answers ARP for it.
    public record Owned(int address, int port) {}

    private final int[] addresses;
    private final int[] ports;

    public OwnedAddresses(List<Owned> owned) {
        var sorted = owned.stream()
                .sorted((a, b) -> Integer.compare(a.address(), b.address()))
                .toList();
        addresses = sorted.stream().mapToInt(Owned::address).toArray();
        ports = sorted.stream().mapToInt(Owned::port).toArray();
    }

    boolean contains(int address) {
        return Arrays.binarySearch(addresses, address) >= 0;
    }

    /// Whether this port answers ARP for the address: a VIP that is answered on a foreign link would attract its
    /// traffic there.
    boolean isAnsweredOn(int address, int port) {
        int at = Arrays.binarySearch(addresses, address);
        return at >= 0 && ports[at] == port;
    }
}
