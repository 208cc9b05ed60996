package holdfast.forward;

import java.util.List;

/// The interfaces of the datapath, by their index in the configuration, as the kernel had them at one moment.
/// Immutable; [holdfast.worker.LinkWatch] publishes a new object when an interface changes.
///
/// @param links  in the order of the configuration, always the same names
public record Links(List<Link> links) {
    /// The state of an interface.
    public enum State {
        UP,
        /// Switched on, without a link partner.
        NO_CARRIER,
        /// Switched off.
        DOWN,
        /// The machine has no interface of that name.
        MISSING
    }

    /// One interface of the datapath.
    ///
    /// @param name     the link's name; it stays when the interface is recreated
    /// @param ifindex  the kernel's number for it; 0 while it is missing
    /// @param mac      its hardware address, 48 bits in the low end; 0 while it is missing
    /// @param mtu      most bytes of an IP packet that it sends unsegmented; 0 while it is missing
    /// @param address  its own primary IPv4 address, the source of ICMP errors; 0 without one
    public record Link(String name, int ifindex, long mac, int mtu, int address, State state) {
        /// A link that is up.
        public Link(String name, int ifindex, long mac, int mtu, int address) {
            this(name, ifindex, mac, mtu, address, State.UP);
        }

        public static Link missing(String name) {
            return new Link(name, 0, 0, 0, 0, State.MISSING);
        }

        /// Whether packet sockets can exist on it: they survive the loss of the carrier.
        public boolean isEnabled() {
            return state == State.UP || state == State.NO_CARRIER;
        }
    }

    public Links {
        links = List.copyOf(links);
    }

    /// Number of ports.
    public int count() {
        return links.size();
    }

    public Link at(int index) {
        return links.get(index);
    }

    /// The link with the kernel's interface number, or -1 if the datapath does not have that interface.
    public int indexOf(int ifindex) {
        for (int i = 0; i < links.size(); i++) {
            if (links.get(i).ifindex() == ifindex) {
                return i;
            }
        }
        return -1;
    }

    /// The link with that name, or -1.
    public int indexOf(String name) {
        for (int i = 0; i < links.size(); i++) {
            if (links.get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }
}
