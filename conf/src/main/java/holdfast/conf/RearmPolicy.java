package holdfast.conf;

/// What becomes of a template's timer where connections still go through it (IPVS-REF 3.6; ADR 0008).
public enum RearmPolicy {
    /// IPVS's way: when the time is up and connections are left, the timeout becomes 60 s and stays so.
    IPVS,
    /// When the time is up and connections are left, it begins anew; the timeout stays what it is.
    PERSISTENCE_TIMEOUT,
    /// The time runs from the end of the client's last connection.
    FROM_LAST_CLOSE,
    /// Every new connection restarts the full timeout; when the time is up and connections are left, the template is
    /// looked at again every 60 s, or after the timeout where that is shorter, and the timeout stays what it is.
    EACH_CONNECTION;

    /// As it is written in the configuration.
    public String word() {
        return KebabCase.of(this);
    }
}
