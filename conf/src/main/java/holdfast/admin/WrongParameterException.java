package holdfast.admin;

/// A parameter of a [Query] has an invalid value.
public final class WrongParameterException extends RuntimeException {
    private final transient ApiError error;

    WrongParameterException(ApiError error, Throwable cause) {
        super(error.error(), cause);
        this.error = error;
    }

    public ApiError error() {
        return error;
    }
}
