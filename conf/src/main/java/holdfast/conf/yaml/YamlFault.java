package holdfast.conf.yaml;

/// A text that is no YAML, or YAML that a configuration does not need; the parse ends at the first fault.
public final class YamlFault extends RuntimeException {
    private final transient Node.Mark at;
    private final String remedy;

    YamlFault(Node.Mark at, String rule, String remedy) {
        super(rule);
        this.at = at;
        this.remedy = remedy;
    }

    /// Where the parser stopped.
    public Node.Mark at() {
        return at;
    }

    /// What is wrong there.
    public String rule() {
        return String.valueOf(getMessage());
    }

    /// The way out.
    public String remedy() {
        return remedy;
    }
}
