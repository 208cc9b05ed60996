package holdfast.admin;

/// The present role of a director in its VIP group.
public enum Role {
    /// Not decided yet: the process has just come up.
    STARTING,
    /// Answers for the VIPs and forwards.
    ACTIVE,
    /// Follows the active's tables and waits.
    STANDBY,
    /// Cannot become active: an interface that it needs is down.
    FAULT,
    /// Has given up its role and is about to exit.
    STOPPING
}
