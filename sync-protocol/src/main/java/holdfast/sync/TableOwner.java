package holdfast.sync;

/// The worker that owns connection and template tables, as the sync thread sees it. Every method is called from
/// the sync thread and must not block.
///
/// What the worker keeps to:
/// - In each term its own sequence starts at 1 and grows by 1 per change; a record that finds [#out] full is lost, and
///   the missing number tells us so.
/// - The entries of a snapshot carry the versions they have, the same or older than the latest change.
/// - SNAPSHOT_BEGIN, SNAPSHOT_END and MARK carry the version of the latest change; in a term without changes yet,
/// sequence
///   0 of that term.
/// - As a standby it applies a record that is newer than its own entry, *or whose own entry is of a term before the
///   stream's* (that of the latest SNAPSHOT_BEGIN or change). A deposed active holds versions that it wrote and nobody
///   got; compared by version alone they would survive every snapshot and the digests would differ for ever.
/// - It publishes a comparison in [#equality] before it counts the MARK in [#applied].
/// - Before it is promoted it takes everything from [#in].
public interface TableOwner {
    /// Changes of our own tables, worker to sync.
    DeltaRing out();

    /// Changes that found [#out] full since the start; only grows. Known here before the hole shows in the
    /// stream, so that the readout does not promise what is already lost.
    long lost();

    /// Changes of the active's tables, sync to worker. It must hold at least [Batch#RECORDS_MAX] records.
    DeltaRing in();

    /// Called after records were put into [#in] and after [#requestSnapshot].
    void wakeUp();

    /// Asks for SNAPSHOT_BEGIN, all entries, SNAPSHOT_END in [#out], mixed with live records and paced by the free
    /// space. Asked again while one is being written, the worker writes another one after it.
    void requestSnapshot();

    /// Records taken from [#in] and applied since the start; only grows.
    long applied();

    /// The last comparison of a MARK.
    Equality equality();
}
