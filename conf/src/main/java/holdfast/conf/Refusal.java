package holdfast.conf;

/// When a client hears of a packet that nobody takes.
public enum Refusal {
    /// Its packet is dropped, and it waits.
    NEVER,
    /// While another director says that it stands by: then no third one can be serving the client.
    VOUCHED,
    /// IPVS's way.
    ALWAYS;

    /// As it is written in a configuration file.
    public String word() {
        return KebabCase.of(this);
    }
}
