package holdfast.explain;

/// The effect of a change on the clients and connections of one real server. Templates count clients (networks),
/// including templates that no client finds any more, so the numbers of templates and clients are upper bounds.
///
/// @param real                   address and port
/// @param templatesOrphaned      templates that no packet will find any more, or that name a removed real server
/// @param clientsRehomed         clients that get another real server at their next connection
/// @param templatesRevived       templates that packets find again
/// @param connectionsEnded       connections that end
/// @param connectionsBlackHoled  connections whose packets are dropped from then on
/// @param connectionsRevived     connections that continue again
/// @param sentence               all of it as a sentence
public record RealImpact(
        String real,
        long templatesOrphaned,
        long clientsRehomed,
        long templatesRevived,
        long connectionsEnded,
        long connectionsBlackHoled,
        long connectionsRevived,
        String sentence) {}
