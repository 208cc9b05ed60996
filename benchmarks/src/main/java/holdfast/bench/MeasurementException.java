package holdfast.bench;

/// A sample, or what it needs, did not come about; the message says which program said what.
public final class MeasurementException extends RuntimeException {
    public MeasurementException(String message) {
        super(message);
    }

    public MeasurementException(String message, Throwable cause) {
        super(message, cause);
    }
}
