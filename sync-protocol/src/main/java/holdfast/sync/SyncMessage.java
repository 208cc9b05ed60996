package holdfast.sync;

/// What travels between two sync cores once it is opened.
sealed interface SyncMessage permits HandoverMessage {}
