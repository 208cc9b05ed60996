package holdfast.admin;

import java.util.List;
import java.util.Objects;

/// The request to list clients.
///
/// @param limit  most clients wanted, 1 to [Bounds#ENTRIES_MAX]
public record ClientsRequest(ClientList.By by, int limit) {
    private static final Parameter<ClientsRequest, ClientList.By> BY = new Parameter<>(
            "by",
            "what the clients are ordered by: `connections`, `rate` or `share`; connections where it is left out",
            Parameter.oneOf(ClientList.By.class, "they are ordered by connections, rate or share"),
            ClientsRequest::by,
            "clients are not ordered by '%s'",
            "leave it out for connections");

    private static final Parameter<ClientsRequest, Integer> LIMIT =
            Parameter.limit("clients", Bounds.CLIENTS_USUAL, ClientsRequest::limit);

    static final Query<ClientsRequest> QUERY = new Query<>(
            List.of(BY, LIMIT),
            given -> new ClientsRequest(
                    Objects.requireNonNullElse(given.of(BY), ClientList.By.CONNECTIONS),
                    Objects.requireNonNullElse(given.of(LIMIT), Bounds.CLIENTS_USUAL)));
}
