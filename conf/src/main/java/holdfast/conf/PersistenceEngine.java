package holdfast.conf;

/// Identifies a client by the payload of its packets (IPVS-REF 3.11).
public enum PersistenceEngine {
    /// The Call-ID of a SIP message over UDP.
    SIP;

    /// The word in the configuration and in listings.
    public String word() {
        return KebabCase.of(this);
    }
}
