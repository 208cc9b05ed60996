package holdfast.model;

import holdfast.conf.Ipvs;

/// The `drop_packet` strategy at level 3: drops one in a number of first packets (IPVS-REF 4.10). The automatic levels
/// depend on free memory and have tests of their own.
final class PacketDefence {
    private int rate;
    private int seen;

    void configure(Ipvs ipvs) {
        rate = ipvs.dropPacket() == 3 ? ipvs.amDroprate() : 0;
        seen = 0;
    }

    boolean drops() {
        if (rate == 0) {
            return false;
        }
        seen++;
        return seen % rate == 0;
    }
}
