package holdfast.conf;

/// When the director refuses a packet that no service or connection takes.
public enum Refusal {
    /// Drops the packet without an answer.
    NEVER,
    /// While another director reports that it stands by: then no third director can be serving the client.
    VOUCHED,
    /// Always, as IPVS does.
    ALWAYS;

    /// The word in the configuration.
    public String word() {
        return KebabCase.of(this);
    }
}
