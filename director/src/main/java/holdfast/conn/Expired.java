package holdfast.conn;

/// What becomes of an entry whose time is up; the table's owner decides.
@FunctionalInterface
public interface Expired {
    /// Called for an entry that is still in its table. Remove it, or give it a later expiry, and it is armed again;
    /// one that is left as it is comes back within about a millisecond. Other entries may come and go meanwhile.
    ///
    /// @param slot  of the entry
    /// @param now   as given to `advance`
    void expired(int slot, long now);
}
