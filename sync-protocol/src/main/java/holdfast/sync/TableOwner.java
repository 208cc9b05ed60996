package holdfast.sync;

/// The worker that owns connection and template tables, as the sync thread sees it. The sync thread calls every
/// method, and no method may block.
///
/// The worker guarantees:
/// - In each term its own sequence starts at 1 and grows by 1 per change. A record that finds [#out] full is lost,
///   and the missing number shows the loss.
/// - The entries of a copy carry their own versions, not newer than the latest change; so do ends.
/// - COPY_BEGIN, COPY_END, BUCKET and CHECKPOINT carry the version of the latest change; in a term without changes
///   yet, sequence 0 of that term.
/// - As a standby it applies a record that is newer than its own entry, *or whose own entry is of a term before the
///   stream's* (the term of the latest record). A deposed active holds versions that no director
///   received. Compared by version alone these would survive every copy, and the digests would differ for ever.
/// - It publishes a comparison in [#equality] before it counts the checkpoint in [#applied], and [#lacking] before
///   it counts the COPY_END.
/// - Before its promotion it applies everything in [#in].
public interface TableOwner {
    /// Changes of our own tables, from worker to sync.
    DeltaRing out();

    /// Changes that found [#out] full since the start; only grows. It shows a loss before the gap appears in the
    /// stream, so that the readout does not promise lost changes.
    long lost();

    /// Changes of the active's tables, from sync to worker. It must hold at least [Batch#RECORDS_MAX] records.
    DeltaRing in();

    /// Called after records were put into [#in] and after [#copy].
    void wakeUp();

    /// Orders a copy into [#out], mixed with live records and paced by the free space: COPY_BEGIN, what was
    /// ordered, COPY_END, and the same for each further part. A copy of changes becomes one of digests if the
    /// worker no longer knows all ends since then. An order replaces a copy that is being written, unless it is the
    /// same.
    void copy(CopyOrder order);

    /// Allows more of a copy. As often as standbys acknowledge.
    void credit(CopyCredit credit);

    /// The buckets that copies have shown to be needed and that have not been copied since: those that differed in
    /// the last copy of digests, and those with connections that may be of a template which came after them.
    Buckets lacking();

    /// Records of [#in] applied since the start; only grows.
    long applied();

    /// The last comparison of a CHECKPOINT.
    Equality equality();
}
