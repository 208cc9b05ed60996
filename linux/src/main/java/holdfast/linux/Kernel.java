package holdfast.linux;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// What a director asks the kernel of its network: [Netlink], or a double of it in a test. One thread owns it.
///
/// Every method but [#fd] and [#close] throws a [SyscallException] where the socket itself fails; the owner then
/// closes it and opens another.
public interface Kernel extends AutoCloseable {
    /// For [Poller]; readable when a notification waits.
    int fd();

    /// @throws InterruptedDumpException as of [#routes]
    List<Netlink.Link> links();

    /// @throws InterruptedDumpException as of [#routes]
    List<Netlink.Address> addresses();

    /// Unicast routes of all tables; not those to the host itself, nor the ones that only refuse.
    ///
    /// @throws InterruptedDumpException where changes interrupted each attempt to read them whole; ask again soon
    List<Netlink.Route> routes();

    /// All neighbours, usable or not.
    ///
    /// @throws InterruptedDumpException as of [#routes]
    List<Netlink.Neighbour> neighbours();

    /// The notifications that wait now, oldest first; does not wait itself. With [Netlink.Change.Overrun] among them
    /// some were lost, and everything must be dumped again.
    List<Netlink.Change> receive();

    /// Asks the kernel to use this neighbour: it sends ARP for an unknown or failed one and verifies a stale one.
    /// What comes of it arrives as [Netlink.Change.NeighbourChanged]. A permanent entry becomes an ordinary one
    /// by this, so never ask for a fixed neighbour.
    ///
    /// @return the error that the kernel answered with, empty where it obeyed: ENOBUFS where its neighbour table is
    ///     full, ENODEV where there is no such interface, EPERM without CAP_NET_ADMIN
    Optional<Integer> probe(int ifindex, int address);

    /// Makes the kernel ask neighbours that it takes for reachable whether they still are, at that MAC address; without
    /// this it trusts them for up to 45 s. It goes on using an entry meanwhile. Where no answer comes in some three
    /// seconds the entry is not usable any more, and a [#probe] looks for the neighbour's new address. Entries that
    /// somebody made permanent are left alone.
    ///
    /// @return the errors that the kernel answered with, as of [#probe]; none for an entry that has gone meanwhile
    /// @throws InterruptedDumpException as of [#routes]
    List<Integer> verify(Predicate<Netlink.Neighbour> whom);

    @Override
    void close();
}
