package holdfast.sync;

import java.util.Map;

/// Where a director is reachable on the links that it shares with its peers. Sync carries it and does not interpret it.
/// The election knows its peers by address, and a handover relays to their MACs.
///
/// @param address  primary IPv4 address, the source of its adverts; 0 for none
/// @param advertIntervalMs  between its adverts
/// @param macs     MAC of the interface that answers for each virtual address, 48 bits in the low end. The key is the
///     virtual address as text, because two machines may name their interfaces differently
/// @param lifelineAddress  IPv4 address of its [Lifeline] on the interconnect; sync sets it
/// @param lifelinePort     port of its lifeline; 0 for none
public record Links(int address, int advertIntervalMs, Map<String, Long> macs, int lifelineAddress, int lifelinePort) {
    public static final Links NONE = new Links(0, 0, Map.of());

    /// Links without a lifeline, which sync adds.
    public Links(int address, int advertIntervalMs, Map<String, Long> macs) {
        this(address, advertIntervalMs, macs, 0, 0);
    }

    public Links {
        macs = Map.copyOf(macs);
    }

    public Links withLifeline(int interconnect, int port) {
        return new Links(address, advertIntervalMs, macs, interconnect, port);
    }
}
