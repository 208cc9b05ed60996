package holdfast.forward;

import java.util.Arrays;
import java.util.List;

/// The addresses that the datapath owns while active: VIPs and the real servers' gateway. The kernel never has them.
///
/// A lookup is a binary search over a few numbers. Owned by one worker from its start on.
public final class OwnedAddresses {
    /// An owned address, and the datapath link (index of its interface) that answers ARP for it.
    public record Owned(int address, int link) {}

    private int[] addresses = {};
    private int[] links = {};

    public OwnedAddresses(List<Owned> owned) {
        become(owned);
    }

    /// From now on these are owned, and no others.
    public void become(List<Owned> owned) {
        var sorted = owned.stream()
                .sorted((a, b) -> Integer.compare(a.address(), b.address()))
                .toList();
        addresses = sorted.stream().mapToInt(Owned::address).toArray();
        links = sorted.stream().mapToInt(Owned::link).toArray();
    }

    boolean contains(int address) {
        return Arrays.binarySearch(addresses, address) >= 0;
    }

    /// Whether this link answers ARP for the address: a VIP that is answered on a foreign link would attract its
    /// traffic there.
    boolean isAnsweredOn(int address, int link) {
        int at = Arrays.binarySearch(addresses, address);
        return at >= 0 && links[at] == link;
    }
}
