package holdfast.conf;

/// The options of the hashing schedulers `sh` and `mh` (IPVS-REF 5.8, 5.12); ipvsadm writes them with the scheduler's
/// name, as in `sh-fallback`.
public enum SchedulerFlag {
    /// Picks another real server if the one of the hash is not usable.
    FALLBACK,
    /// Includes the client's port in the hash.
    PORT;

    /// The word in the configuration.
    public String word() {
        return KebabCase.of(this);
    }
}
