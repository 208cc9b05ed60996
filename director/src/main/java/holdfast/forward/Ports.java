package holdfast.forward;

import java.util.List;

/// The interfaces that the datapath takes packets from and sends them to, by their index in the configuration, as the
/// kernel had them at one moment. Immutable; [LinkWatch] publishes another one when an interface changes.
///
/// @param ports  in the order of the configuration, always the same names
public record Ports(List<Port> ports) {
    /// What an interface is good for.
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
    /// @param name     the link's name; it stays when the interface is made anew
    /// @param ifindex  the kernel's number for it; 0 while it is missing
    /// @param mac      its hardware address, 48 bits in the low end; 0 while it is missing
    /// @param mtu      most bytes of an IP packet it sends unsegmented; 0 while it is missing
    /// @param address  its own primary IPv4 address, from which ICMP errors are sent; 0 where it has none
    public record Port(String name, int ifindex, long mac, int mtu, int address, State state) {
        /// A port that is up.
        public Port(String name, int ifindex, long mac, int mtu, int address) {
            this(name, ifindex, mac, mtu, address, State.UP);
        }

        public static Port missing(String name) {
            return new Port(name, 0, 0, 0, 0, State.MISSING);
        }

        /// Whether packet sockets can live on it: they survive the loss of the carrier.
        public boolean isEnabled() {
            return state == State.UP || state == State.NO_CARRIER;
        }
    }

    public Ports {
        ports = List.copyOf(ports);
    }

    public int count() {
        return ports.size();
    }

    public Port at(int index) {
        return ports.get(index);
    }

    /// The port with the kernel's interface number, or -1 where the datapath does not have that interface.
    public int indexOf(int ifindex) {
        for (int i = 0; i < ports.size(); i++) {
            if (ports.get(i).ifindex() == ifindex) {
                return i;
            }
        }
        return -1;
    }

    /// The port with that name, or -1.
    public int indexOf(String name) {
        for (int i = 0; i < ports.size(); i++) {
            if (ports.get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }
}
