package holdfast.sync;

import java.util.Map;

/// Where a director is found on the links that it shares with its peers. Sync carries it and asks nothing; the election
/// knows its peers by address, a handover relays to their MACs.
///
/// @param address  primary IPv4 address, from which its adverts come; 0 for none
/// @param advertIntervalMs  between its adverts
/// @param macs     of the interface on which it answers for each virtual address, by that address as text, 48 bits in
///     the low end; by address, because two machines need not call their interfaces alike
/// @param lifelineAddress  IPv4 address on the interconnect where its [Lifeline] listens; sync sets it itself
/// @param lifelinePort     of that; 0 for none
public record Links(int address, int advertIntervalMs, Map<String, Long> macs, int lifelineAddress, int lifelinePort) {
    public static final Links NONE = new Links(0, 0, Map.of());

    /// What a director knows of itself; where its lifeline is, sync adds.
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
