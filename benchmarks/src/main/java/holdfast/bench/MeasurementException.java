package holdfast.bench;

/// A sample, or its precondition, failed; the message names the program and its output.
public final class MeasurementException extends RuntimeException {
    public MeasurementException(String message) {
        super(message);
    }

    public MeasurementException(String message, Throwable cause) {
        super(message, cause);
    }
}
