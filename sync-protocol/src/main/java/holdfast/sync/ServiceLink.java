package holdfast.sync;

/// A link beside the interconnect that also carries hellos, so that a cut interconnect does not look like a dead peer.
///
/// @param name     of the interface; also the name of the path in [SyncStatus.Peer#paths]
/// @param address  our IPv4 address there, first octet highest; 0 without one
public record ServiceLink(String name, int address) {}
