package holdfast.admin;

import holdfast.conf.Ipv4;
import holdfast.conf.ServiceKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The clients with the most connections, the highest rate or the largest share, highest first.
///
/// Memory for them is bounded: a count may be too high by its error bound, and is never too low.
///
/// @param by  the order of the list
public record ClientList(By by, List<Client> clients) {
    public ClientList {
        clients = List.copyOf(clients);
    }

    /// A client of one service.
    ///
    /// @param connections       open now
    /// @param connectionsError  how much too high `connections` may be
    /// @param newPerSecond      connections begun
    /// @param share             of all connections of the service, 0 to 1
    /// @param real              the real server that its template names; null without a template
    public record Client(
            Ipv4 client,
            ServiceKey service,
            long connections,
            long connectionsError,
            long newPerSecond,
            double share,
            @Nullable Endpoint real) {}

    /// What clients can be ordered by.
    public enum By {
        CONNECTIONS,
        RATE,
        SHARE
    }
}
