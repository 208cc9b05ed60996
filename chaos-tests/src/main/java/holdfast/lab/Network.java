package holdfast.lab;

import holdfast.conf.Ipv4;
import java.util.Locale;

/// The three networks of the lab. Every host names its interface after the network, and its port at the switch after
/// itself and the network.
public enum Network {
    FRONT(1, "192.0.2.", 0),
    BACK(2, "10.0.0.", 1),
    SYNC(3, "10.255.0.", 0);

    private static final long MAC = 0x0200_0000_0000L;

    private final int number;
    private final String prefix;
    private final int addressesFrom;

    Network(int number, String prefix, int addressesFrom) {
        this.number = number;
        this.prefix = prefix;
        this.addressesFrom = addressesFrom;
    }

    /// Of the interface in each host.
    public String interfaceName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Of a host's port at the switch.
    public String port(String host) {
        return host + "-" + interfaceName();
    }

    String bridge() {
        return "br-" + interfaceName();
    }

    /// The address of a director, from the topology.
    public Ipv4 address(Director director) {
        return Ipv4.of(prefix + (director.number() + addressesFrom));
    }

    /// The MAC address of a director, from the topology.
    public long mac(Director director) {
        return mac(director.number());
    }

    /// An address that only the stranger has.
    public Ipv4 strangersAddress() {
        return Ipv4.of(prefix + Stranger.HOST);
    }

    /// The stranger's own MAC address.
    public long strangersMac() {
        return mac(0x66);
    }

    private long mac(int host) {
        return MAC | (long) number << 8 | host;
    }
}
