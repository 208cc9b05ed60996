package holdfast.forward;

/// What a worker does with packets for the owned addresses.
public enum Mode {
    /// Nothing: another director is active.
    STANDBY,
    /// Answers and forwards.
    ACTIVE,
    /// Leaves them in the receive ring, for the instant in which a handover is decided (ADR 4).
    HELD,
    /// Sends them on to the new active.
    RELAY
}
