package holdfast.conf;

/// What the hashing schedulers `sh` and `mh` may be told besides (IPVS-REF 5.8, 5.12); ipvsadm writes it after the
/// scheduler's name, as in `sh-fallback`.
public enum SchedulerFlag {
    /// Another real server where the one of the hash cannot be used.
    FALLBACK,
    /// The client's port counts too.
    PORT;

    /// As it is written in the configuration.
    public String word() {
        return KebabCase.of(this);
    }
}
