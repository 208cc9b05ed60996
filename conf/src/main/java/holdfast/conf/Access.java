package holdfast.conf;

/// What a caller of the admin API may do. Each role includes those before it.
public enum Access {
    /// Reads everything that a director shows; changes nothing.
    VIEWER,
    /// Also does the daily work: failover, drain, templates, limits of clients, maintenance.
    OPERATOR,
    /// Also changes the configuration and the keys.
    ADMIN;

    /// Whether this role includes another one.
    public boolean includes(Access other) {
        return compareTo(other) >= 0;
    }

    /// As it is written, such as `viewer`.
    public String word() {
        return KebabCase.of(this);
    }
}
