package holdfast.admin;

import holdfast.conf.Ipv4;
import holdfast.conf.ServiceKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The clients with the most of something, the highest first.
///
/// Memory for them is bounded, so a count may be too high by its error bound, and is never too low.
///
/// @param by  what they are ordered by
public record ClientList(By by, List<Client> clients) {
    public ClientList {
        clients = List.copyOf(clients);
    }

    /// A client of one service.
    ///
    /// @param connections       open now
    /// @param connectionsError  how much too high that may be
    /// @param newPerSecond      connections begun
    /// @param share             of all connections of the service, 0 to 1
    /// @param real              the one that its template names; null where it has none
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
