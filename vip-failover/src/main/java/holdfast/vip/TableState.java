package holdfast.vip;

/// The state of a standby's tables, from its sync side.
///
/// @param applied       version of the last change applied (term in the high 16 bits)
/// @param equalVersion  version at which a digest of the active last matched our own; 0 for never
/// @param equal         whether the last comparison matched; also false if nothing is known
public record TableState(long applied, long equalVersion, boolean equal) {
    /// Nothing is known yet, which never counts as equal.
    public static final TableState UNKNOWN = new TableState(0, 0, false);

    /// Whether every change up to `version` is applied and the tables were proved equal at that version or a later
    /// one of the same term. A higher term is the stream of another director, which proves nothing about this one's
    /// tables.
    public boolean hasProved(long version) {
        return equal && applied >= version && equalVersion >= version && term(equalVersion) == term(version);
    }

    int term() {
        return term(applied);
    }

    private static int term(long version) {
        return (int) (version >>> 48);
    }
}
