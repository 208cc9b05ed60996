package holdfast.sync;

/// Bounds of a batch.
final class Batch {
    static final int RECORDS_MAX = 200;

    private Batch() {}
}
