package holdfast.vip;

/// Whose adverts an election believes.
public enum Trust {
    /// Those of directors that vouch for themselves on the sealed channel.
    SEALED,
    /// Everybody's, as plain VRRP does: for a peer that is no Holdfast.
    ANY
}
