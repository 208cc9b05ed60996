package holdfast.conf;

/// What clients keep of a quiesced real server (weight 0). IPVS has the first two modes, by a sysctl for the whole
/// director (IPVS-REF 1.7, 3.5).
public enum DrainMode {
    /// Connections stay, and sticky clients return: `expire_quiescent_template` 0.
    KEEP_ALL,
    /// Connections stay, and sticky clients move at their next connection: `expire_quiescent_template` 1.
    KEEP_CONNECTIONS,
    /// As KEEP_CONNECTIONS until a deadline, which ends the remaining connections.
    UNTIL_DEADLINE,
    /// Connections and templates end at once.
    NOW;

    /// The word in the configuration.
    public String word() {
        return KebabCase.of(this);
    }
}
