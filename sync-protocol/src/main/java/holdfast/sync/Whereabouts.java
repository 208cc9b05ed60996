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
public record Whereabouts(
        int address, int advertIntervalMs, Map<String, Long> macs, int lifelineAddress, int lifelinePort) {
    public static final Whereabouts NONE = new Whereabouts(0, 0, Map.of());

    /// Whereabouts without a lifeline, which sync adds.
    public Whereabouts(int address, int advertIntervalMs, Map<String, Long> macs) {
        this(address, advertIntervalMs, macs, 0, 0);
    }

    public Whereabouts {
        macs = Map.copyOf(macs);
    }

    public Whereabouts withLifeline(int interconnect, int port) {
        return new Whereabouts(address, advertIntervalMs, macs, interconnect, port);
    }
}
