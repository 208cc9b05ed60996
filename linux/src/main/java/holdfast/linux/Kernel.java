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
    List<Netlink.Link> links();

    /// @throws InterruptedDumpException as of [#routes]
    List<Netlink.Address> addresses();

    /// Unicast routes of all tables, without routes to the host itself and routes that only refuse.
    ///
    /// @throws InterruptedDumpException if changes interrupted each attempt to read them whole; ask again soon
    List<Netlink.Route> routes();

    /// All neighbours, usable or not.
    ///
    /// @throws InterruptedDumpException as of [#routes]
    List<Netlink.Neighbour> neighbours();

    /// The waiting notifications, oldest first; does not wait itself. A [Netlink.Change.Overrun] among them means
    /// that the kernel dropped some: the owner must dump everything again.
    List<Netlink.Change> receive();

    /// Makes the kernel probe this neighbour: it sends ARP for an unknown or failed entry and verifies a stale one.
    /// The result arrives as [Netlink.Change.NeighbourChanged]. A probe turns a permanent entry into an ordinary
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
    List<Integer> verify(Predicate<Netlink.Neighbour> whom);

    @Override
    void close();
}
