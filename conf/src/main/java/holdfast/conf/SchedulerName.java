package holdfast.conf;

/// The schedulers that a service can name: IPVS's under their own names (IPVS-REF 5), and two of ours.
public enum SchedulerName {
    RR,
    WRR,
    LC,
    WLC,
    LBLC,
    LBLCR,
    DH,
    SH,
    SED,
    NQ,
    FO,
    OVF,
    MH,
    TWOS,
    /// Ours: the least load for weight times the part that an agent on the real server reports it can take.
    LEAST_LOAD,
    /// Ours: the same real server for a client on every director, without a template.
    RENDEZVOUS;

    /// The word in the configuration and in listings.
    public String word() {
        return KebabCase.of(this);
    }
}
