package holdfast.api;

import holdfast.admin.Connections;
import holdfast.admin.FailoverRequest;
import holdfast.admin.FailoverResult;
import holdfast.admin.Services;
import holdfast.admin.Status;
import holdfast.admin.Sync;
import java.util.Optional;

/// What an operator may ask of a director; each call may take as long as a failover takes.
public interface Operations {
    Status status();

    Services services();

    /// @param kind   empty for both kinds
    /// @param limit  most entries wanted
    Connections connections(Optional<Connections.Kind> kind, int limit);

    Sync sync();

    FailoverResult failover(FailoverRequest request);
}
