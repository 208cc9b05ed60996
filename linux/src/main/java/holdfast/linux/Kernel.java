package holdfast.linux;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// A director's interface to the kernel's network state: [Netlink], or a test double. One thread owns it.
///
/// Every method but [#fd] and [#close] throws a [SyscallException] if the socket itself fails; the owner then closes it
/// and opens another.
public interface Kernel extends AutoCloseable {
    /// For [Poller]; readable when a notification waits.
    int fd();

    /// @throws InterruptedDumpException as of [#routes]
    List<Link> links();

    /// @throws InterruptedDumpException as of [#routes]
    List<Address> addresses();

    /// Unicast routes of all tables, without routes to the host itself and routes that only refuse.
    ///
    /// @throws InterruptedDumpException if changes interrupted each attempt to read them whole; ask again soon
    List<Route> routes();

    /// All neighbours, usable or not.
    ///
    /// @throws InterruptedDumpException as of [#routes]
    List<Neighbour> neighbours();

    /// The waiting notifications, oldest first; does not wait itself. A [Change.Overrun] among them means
    /// that the kernel dropped some: the owner must dump everything again.
    List<Change> receive();

    /// Makes the kernel probe this neighbour: it sends ARP for an unknown or failed entry and verifies a stale one.
    /// The result arrives as [Change.NeighbourChanged]. A probe turns a permanent entry into an ordinary
    /// one, so never probe a fixed neighbour.
    ///
    /// @return the kernel's error, empty if it obeyed: ENOBUFS if its neighbour table is full, ENODEV without such
    ///     an interface, EPERM without CAP_NET_ADMIN
    Optional<Integer> probe(int ifindex, int address);

    /// Makes the kernel verify neighbours that it considers reachable, at their present MAC address; otherwise it
    /// trusts them for up to 45 s. It continues to use an entry meanwhile. Without an answer in some three seconds
    /// the entry becomes unusable, and a [#probe] looks for the neighbour's new address. Permanent entries are left
    /// alone.
    ///
    /// @return the kernel's errors, as of [#probe]; none for an entry that has disappeared meanwhile
    /// @throws InterruptedDumpException as of [#routes]
    List<Integer> verify(Predicate<Neighbour> whom);

    @Override
    void close();

    /// @param mac      0 where the link has no Ethernet address
    /// @param enabled  whether it is switched on (`ip link set up`)
    /// @param up       whether it is switched on and has a carrier
    record Link(int index, String name, long mac, int mtu, boolean enabled, boolean up) {}

    record Address(int ifindex, int address, int prefixLength) {}

    /// @param gateway       0 means that the destination itself is on the link
    /// @param ofAnAddress  whether the kernel made it for an address of the interface, and nobody set it
    record Route(
            int destination, int prefixLength, int gateway, int ifindex, int metric, int table, boolean ofAnAddress) {
        /// One that somebody has set.
        public Route(int destination, int prefixLength, int gateway, int ifindex, int metric, int table) {
            this(destination, prefixLength, gateway, ifindex, metric, table, false);
        }
    }

    /// @param mac  0 while it is not known
    record Neighbour(int ifindex, int address, long mac, State state) {
        /// What the kernel does with a packet to it.
        public enum State {
            /// Lets it wait while it asks for the MAC (INCOMPLETE), or would begin to ask (NONE).
            SOUGHT,
            /// Sends it to the MAC (REACHABLE, STALE, DELAY, PROBE).
            USABLE,
            /// Sends it to the MAC, which somebody set by hand, so that the kernel asks nobody (PERMANENT, NOARP).
            FIXED,
            /// Has asked in vain, and would begin anew (FAILED).
            FAILED
        }

        /// Whether the kernel would send to the MAC now.
        public boolean usable() {
            return state == State.USABLE || state == State.FIXED;
        }
    }

    /// What became different; `removed` says that the thing is gone, otherwise it is new or has these
    /// properties now.
    sealed interface Change {
        record LinkChanged(Link link, boolean removed) implements Change {}

        record AddressChanged(Address address, boolean removed) implements Change {}

        record RouteChanged(Route route, boolean removed) implements Change {}

        record NeighbourChanged(Neighbour neighbour, boolean removed) implements Change {}

        /// Notifications were lost, because nobody read them in time.
        record Overrun() implements Change {}
    }
}
