package holdfast.forward;

/// The [Ports] in a flat form for each packet; replaced only between two batches. Not thread-safe.
final class LinkView {
    private final long[] macs;
    private final int[] mtus;
    private Links links;

    LinkView(Links links) {
        this.links = links;
        macs = new long[links.count()];
        mtus = new int[links.count()];
        follow(links);
    }

    void follow(Links now) {
        links = now;
        for (int link = 0; link < macs.length; link++) {
            macs[link] = now.at(link).mac();
            mtus[link] = now.at(link).mtu();
        }
    }

    long mac(int link) {
        return macs[link];
    }

    int mtu(int link) {
        return mtus[link];
    }

    int address(int link) {
        return links.at(link).address();
    }

    String name(int link) {
        return links.at(link).name();
    }

    /// Whether one of our links has this MAC.
    boolean hasMac(long mac) {
        for (long ours : macs) {
            if (ours == mac) {
                return true;
            }
        }
        return false;
    }
}
