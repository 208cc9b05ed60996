package holdfast.vip;

/// The taker of a planned failover; the caller has checked the objections before.
///
/// @param peer         name of the member that is to take over
/// @param peerAddress  its VRRP address, which identifies its adverts
/// @param term         our own
public record Preflight(String peer, int peerAddress, int term) {}
