package holdfast.conf;

/// A scheduler that a service may name, under IPVS's own name.
public enum SchedulerName {
    RR,
    WRR,
    WLC;

    /// As it is written in the configuration and in listings.
    public String word() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
