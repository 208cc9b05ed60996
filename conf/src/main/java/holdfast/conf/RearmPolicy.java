package holdfast.conf;

/// How a template's timer restarts while connections use the template (IPVS-REF 3.6; ADR 0008).
public enum RearmPolicy {
    /// IPVS's policy: when the time ends and connections are left, the timeout becomes 60 s and stays so.
    IPVS,
    /// When the time ends and connections are left, it begins anew; the timeout does not change.
    PERSISTENCE_TIMEOUT,
    /// The time runs from the end of the client's last connection.
    FROM_LAST_CLOSE,
    /// Every new connection restarts the full timeout. When the time ends and connections are left, the template is
    /// checked again after 60 s, or after the timeout if that is shorter; the timeout does not change.
    EACH_CONNECTION;

    /// The word in the configuration.
    public String word() {
        return KebabCase.of(this);
    }
}
