package holdfast.api;

import holdfast.admin.ApiError;
import holdfast.admin.Operation;
import io.netty.handler.codec.http.HttpResponseStatus;

/// Ends a request that cannot be met, with the caller's way out.
public final class RefusedException extends RuntimeException {
    private final transient HttpResponseStatus status;
    private final transient ApiError error;

    RefusedException(HttpResponseStatus status, String error, String why, String remedy) {
        super(error, null, false, false);
        this.status = status;
        this.error = new ApiError(error, why, remedy);
    }

    /// For a request that names something unknown, or values that do not fit together.
    ///
    /// @param error   what did not work
    /// @param why     the rule or the fact behind it
    /// @param remedy  what the caller can do
    public static RefusedException wrongInput(String error, String why, String remedy) {
        return new RefusedException(HttpResponseStatus.BAD_REQUEST, error, why, remedy);
    }

    /// For a correct request at a time, or to a director, that does not allow it.
    public static RefusedException notNow(String error, String why, String remedy) {
        return new RefusedException(HttpResponseStatus.CONFLICT, error, why, remedy);
    }

    /// For a caller whose role does not reach.
    static RefusedException notAllowed(Caller caller, Operation<?, ?> operation) {
        return new RefusedException(
                HttpResponseStatus.FORBIDDEN,
                operation + " is not for you",
                "%s is %s, and it takes %s"
                        .formatted(
                                caller.name(),
                                caller.access().word(),
                                operation.access().word()),
                "ask an " + operation.access().word() + ", or have your line in the file of users changed");
    }

    /// Whether the same request is welcome later.
    boolean isPatient() {
        return status.equals(HttpResponseStatus.TOO_MANY_REQUESTS);
    }

    HttpResponseStatus status() {
        return status;
    }

    /// Whether the request itself is wrong, at any time and on any director.
    public boolean isWrongInput() {
        return status.equals(HttpResponseStatus.BAD_REQUEST);
    }

    public ApiError error() {
        return error;
    }
}
