package holdfast.client;

/// A client in a listing. The true numbers are at most the ones here, and less by at most the error
/// beside each, which is 0 while all clients fit into the table.
///
/// @param hi       high half of its address; 0 for IPv4
/// @param lo       low half, or the IPv4 address
/// @param service  whose connections these are; [Clients#ALL_SERVICES] for all
/// @param share    `connections` as a part of all that the service has, 0 to 1; an upper bound too
public record TopClient(
        long hi,
        long lo,
        int service,
        int connections,
        int connectionsError,
        int newPerSecond,
        int newPerSecondError,
        double share) {}
