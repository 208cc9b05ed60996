package holdfast.forward;

import java.util.List;

/// The interfaces that the datapath takes packets from and sends them to, by their index in the configuration.
///
/// @param ports  in the order of the configuration
public record Ports(List<Port> ports) {
    /// One interface of the datapath.
    ///
    /// @param name     the link's name
    /// @param ifindex  the kernel's number for it
    /// @param mac      its hardware address, 48 bits in the low end
    /// @param mtu      most bytes of an IP packet it sends unsegmented
    /// @param address  its own primary IPv4 address, from which ICMP errors are sent; 0 where it has none
    public record Port(String name, int ifindex, long mac, int mtu, int address) {}

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
