package holdfast.conf;

/// A scheduler that a service may name: IPVS's under their own names (IPVS-REF 5), and two of ours.
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
    /// Ours: least load for weight times what an agent on the real server says it can take.
    LEAST_LOAD,
    /// Ours: the same real server for a client on every director, without a template.
    RENDEZVOUS;

    /// As it is written in the configuration and in listings.
    public String word() {
        return KebabCase.of(this);
    }
}
