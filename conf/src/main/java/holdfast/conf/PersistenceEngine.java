package holdfast.conf;

/// Finds what a client is recognised by inside its packets (IPVS-REF 3.11).
public enum PersistenceEngine {
    /// The Call-ID of a SIP message over UDP.
    SIP;

    /// As it is written in the configuration and in listings.
    public String word() {
        return KebabCase.of(this);
    }
}
