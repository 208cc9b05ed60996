package holdfast.forward;

/// The [Ports] in a flat form for each packet; replaced only between two batches. Not thread-safe.
final class LinkView {
    private final long[] macs;
    private final int[] mtus;
    private Ports ports;

    LinkView(Ports ports) {
        this.ports = ports;
        macs = new long[ports.count()];
        mtus = new int[ports.count()];
        follow(ports);
    }

    void follow(Ports now) {
        ports = now;
        for (int port = 0; port < macs.length; port++) {
            macs[port] = now.at(port).mac();
            mtus[port] = now.at(port).mtu();
        }
    }

    long mac(int port) {
        return macs[port];
    }

    int mtu(int port) {
        return mtus[port];
    }

    int address(int port) {
        return ports.at(port).address();
    }

    String name(int port) {
        return ports.at(port).name();
    }

    /// Whether one of our ports has this MAC.
    boolean hasMac(long mac) {
        for (long ours : macs) {
            if (ours == mac) {
                return true;
            }
        }
        return false;
    }
}
