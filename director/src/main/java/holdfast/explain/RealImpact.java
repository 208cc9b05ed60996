package holdfast.explain;

/// What a change does to the clients and connections of one real server. Templates count clients
/// (networks), and those that wait unfindable for their end are among them, so the numbers of templates
/// and clients are upper bounds.
///
/// @param real                   address and port
/// @param templatesOrphaned      templates that no packet finds any more, or that lead to a removed real
///     server
/// @param clientsRehomed         clients that get another real server with their next connection
/// @param templatesRevived       templates that are found again
/// @param connectionsEnded       connections that are ended
/// @param connectionsBlackHoled  connections whose packets are dropped from now on
/// @param connectionsRevived     connections that go on again
/// @param sentence               all of it in words
public record RealImpact(
        String real,
        long templatesOrphaned,
        long clientsRehomed,
        long templatesRevived,
        long connectionsEnded,
        long connectionsBlackHoled,
        long connectionsRevived,
        String sentence) {}
