package holdfast.client;

/// A client in a listing. The true numbers are at most the given ones, and less by at most the error beside each, which
/// is 0 while all clients fit into the table.
///
/// @param hi       high half of its address; 0 for IPv4
/// @param lo       low half, or the IPv4 address
/// @param service  of these connections; [Clients#ALL_SERVICES] for all
/// @param share    `connections` as a part of all connections of the service, 0 to 1; also an upper bound
public record TopClient(
        long hi,
        long lo,
        int service,
        int connections,
        int connectionsError,
        int newPerSecond,
        int newPerSecondError,
        double share) {}
