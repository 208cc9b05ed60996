package holdfast.admin;

/// How much a director logs: all lines of its level and of the levels before it.
public enum LogLevel {
    ERROR,
    WARN,
    /// The usual level.
    INFO,
    DEBUG
}
