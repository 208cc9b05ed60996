package holdfast.sync;

/// The state of a director's election, as its [Word] reports it.
public enum Standing {
    /// Its election has not started.
    UNKNOWN,
    /// It cannot serve, whatever happens to the others.
    FAULT,
    STANDBY,
    ACTIVE,
    /// It gave the group away a moment ago and relays late packets.
    RELAYING
}
