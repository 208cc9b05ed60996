package holdfast.api;

import java.util.function.Consumer;

/// Keeps who asked for which change.
public interface AuditTrail {
    /// Keeps nothing.
    AuditTrail NONE = (_, _, _) -> _ -> {};

    /// Writes down a request before it is obeyed. A disk that hangs delays the caller for a second at most.
    ///
    /// @param operation  such as `POST /v1/failover`
    /// @param request    the body
    /// @return takes the outcome, such as `200`
    Consumer<String> begun(Caller caller, String operation, byte[] request);
}
