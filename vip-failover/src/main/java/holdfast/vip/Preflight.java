package holdfast.vip;

/// To whom a group is to be handed over; what stands against it has been looked at before.
///
/// @param peer         name of the member that is to take over
/// @param peerAddress  its VRRP address, so that its adverts can be told from others
/// @param term         our own
public record Preflight(String peer, int peerAddress, int term) {}
