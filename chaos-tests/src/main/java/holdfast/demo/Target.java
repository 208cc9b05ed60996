package holdfast.demo;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/// The virtual address of one forwarding method, as clients know it.
enum Target {
    NAT("192.0.2.10", 0),
    DR("192.0.2.11", 100);

    private static final int HTTP_PORT = 80;
    private static final int ECHO_PORT = 7;

    private final InetAddress address;
    private final int clientsFrom;

    Target(String address, int clientsFrom) {
        this.address = address(address);
        this.clientsFrom = clientsFrom;
    }

    InetSocketAddress http() {
        return new InetSocketAddress(address, HTTP_PORT);
    }

    InetSocketAddress echo() {
        return new InetSocketAddress(address, ECHO_PORT);
    }

    /// The address of client `n` (1 to 100) of this target.
    InetAddress client(int n) {
        return address("198.51.100." + (clientsFrom + n));
    }

    /// The seed of its download.
    long seed() {
        return clientsFrom;
    }

    private static InetAddress address(String quad) {
        try {
            return InetAddress.getByName(quad); // no look-up, since it is no name
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(quad, e);
        }
    }
}
