package holdfast.sync;

/// A link beside the interconnect over which Hellos travel too, so that a cut interconnect is not taken for a dead
/// peer.
///
/// @param name     of the interface; also the name of the path in [SyncStatus.Peer#paths]
/// @param address  our IPv4 address there, first octet highest; 0 while there is none
public record ServiceLink(String name, int address) {}
