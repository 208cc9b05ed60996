package holdfast.conn;

/// Decides what happens to an entry whose time has ended; implemented by the table's owner.
@FunctionalInterface
public interface Expired {
    /// Called for an entry that is still in its table. The callee removes it, or sets a later expiry, for which it
    /// is armed again. An entry that is left unchanged is reported again within about a millisecond. Other entries
    /// may change meanwhile.
    ///
    /// @param slot  of the entry
    /// @param now   as given to `advance`
    void expired(int slot, long now);
}
