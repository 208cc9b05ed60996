package holdfast.conf;

/// What a quiesced real server (weight 0) still gets. IPVS has the first two, by a sysctl for the whole director
/// (IPVS-REF 1.7, 3.5).
public enum DrainMode {
    /// Connections stay, and sticky clients come back: `expire_quiescent_template` 0.
    KEEP_ALL,
    /// Connections stay, and sticky clients move at their next one: `expire_quiescent_template` 1.
    KEEP_CONNECTIONS,
    /// As KEEP_CONNECTIONS until a deadline, which ends what is left.
    UNTIL_DEADLINE,
    /// Connections and templates end at once.
    NOW;

    /// As it is written in the configuration.
    public String word() {
        return KebabCase.of(this);
    }
}
