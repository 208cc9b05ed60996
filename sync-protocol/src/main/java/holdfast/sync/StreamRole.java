package holdfast.sync;

/// The side of the stream on which a director is.
public enum StreamRole {
    ACTIVE,
    STANDBY
}
