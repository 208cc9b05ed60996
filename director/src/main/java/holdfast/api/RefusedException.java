package holdfast.api;

import holdfast.admin.ApiError;
import io.netty.handler.codec.http.HttpResponseStatus;

/// The end of a request that cannot be met, with what the caller can do instead.
public final class RefusedException extends RuntimeException {
    private final transient HttpResponseStatus status;
    private final transient ApiError error;

    RefusedException(HttpResponseStatus status, String error, String why, String remedy) {
        super(error, null, false, false);
        this.status = status;
        this.error = new ApiError(error, why, remedy);
    }

    /// For a caller who named what there is not, or gave what does not fit together.
    ///
    /// @param error   what did not work
    /// @param why     the rule or the fact behind it
    /// @param remedy  what the caller can do
    public static RefusedException wrongInput(String error, String why, String remedy) {
        return new RefusedException(HttpResponseStatus.BAD_REQUEST, error, why, remedy);
    }

    /// For a caller who asked rightly, but at a time or of a director that does not allow it.
    public static RefusedException notNow(String error, String why, String remedy) {
        return new RefusedException(HttpResponseStatus.CONFLICT, error, why, remedy);
    }

    HttpResponseStatus status() {
        return status;
    }

    public ApiError error() {
        return error;
    }
}
