package holdfast.sync;

/// Which side of the stream a director is on.
public enum Role {
    ACTIVE,
    STANDBY
}
