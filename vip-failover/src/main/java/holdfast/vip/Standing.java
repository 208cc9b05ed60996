package holdfast.vip;

/// The state of a director in the election of its group, as it reports it to its peers.
public enum Standing {
    /// Takes no part: its election has not begun, a link is down, or it is shutting down.
    FAULT,
    STANDBY,
    ACTIVE,
    /// A standby that has just given the group over and relays late packets.
    RELAYING
}
