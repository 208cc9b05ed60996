package holdfast.vip;

/// Where a director stands in the election of its group, as it tells its peers.
public enum Standing {
    /// Takes no part: its election has not begun, a link is down, or it is shutting down.
    FAULT,
    STANDBY,
    ACTIVE,
    /// A standby that has just given the group over and sends late packets on.
    RELAYING
}
