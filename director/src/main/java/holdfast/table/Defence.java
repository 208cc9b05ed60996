package holdfast.table;

import holdfast.conf.Ipvs;

/// The defence against overload of IPVS-REF 4.10: when it is active, which first packets it drops, and which entries.
///
/// IPVS checks free memory. Holdfast allocates its memory at the start, so it checks free connection slots. Each of the
/// three strategies is off (0), automatic and idle (1) or active (2), or always active (3).
///
/// Pure except for its counters; the worker passes it the number of free slots once a second.
public final class Defence {
    private static final int LOTTERY_PACKETS_MAX = 8;

    /// IPVS's formula drops every packet once no memory is left. A full table makes room anyway, so half of the
    /// newcomers get in.
    private static final int DROP_RATE_MIN = 2;

    private final int[] tickets = new int[LOTTERY_PACKETS_MAX + 1];

    private Ipvs ipvs = Ipvs.DEFAULT;
    private int dropEntry;
    private int dropPacket;
    private int secureTcp;
    private int dropRate;
    private int dropCounter;

    public Defence() {
        configure(Ipvs.DEFAULT);
    }

    /// Adopts new settings.
    public void configure(Ipvs next) {
        ipvs = next;
        dropEntry = next.dropEntry();
        dropPacket = next.dropPacket();
        secureTcp = next.secureTcp();
        dropRate = dropPacket == 3 ? next.amDroprate() : 0;
        dropCounter = dropRate;
    }

    /// Call it once a second.
    ///
    /// @param free  connection slots
    public void step(int free) {
        boolean isShort = free < ipvs.amemthresh();
        dropEntry = automatic(dropEntry, isShort);
        dropPacket = automatic(dropPacket, isShort);
        secureTcp = automatic(secureTcp, isShort);
        dropRate = switch (dropPacket) {
            case 2 -> Math.max(DROP_RATE_MIN, ipvs.amemthresh() / (ipvs.amemthresh() - free));
            case 3 -> ipvs.amDroprate();
            default -> 0;
        };
    }

    private static int automatic(int level, boolean isShort) {
        if (level == 1 && isShort) {
            return 2;
        }
        return level == 2 && !isShort ? 1 : level;
    }

    /// Whether to drop this packet, which would begin a connection: one of several.
    public boolean dropsPacket() {
        if (dropRate == 0 || --dropCounter > 0) {
            return false;
        }
        dropCounter = dropRate;
        return true;
    }

    /// Whether to search for removable entries this second.
    boolean dropsEntries() {
        return dropEntry >= 2;
    }

    /// Whether TCP uses the table of `secure_tcp` (IPVS-REF 4.5).
    public boolean isSecure() {
        return secureTcp >= 2;
    }

    /// Whether an idle connection with that many inbound packets is removed: one in eight with eight packets, every
    /// one with one.
    boolean loses(int inPackets) {
        if (inPackets < 1 || inPackets > LOTTERY_PACKETS_MAX || --tickets[inPackets] > 0) {
            return false;
        }
        tickets[inPackets] = inPackets;
        return true;
    }
}
