package holdfast.sync;

/// Where a director's election stands, as it says itself in its [Word].
public enum Standing {
    /// Its election has not started.
    UNKNOWN,
    /// It cannot serve, whatever happens to the others.
    FAULT,
    STANDBY,
    ACTIVE,
    /// It gave the group away a moment ago and passes on what still arrives.
    RELAYING
}
