package holdfast.revision;

import holdfast.conf.Revision;
import holdfast.conf.RevisionId;
import holdfast.sync.ConfigMessage;
import java.util.Optional;

/// What [Revisions] wants done, in order.
public sealed interface Effect {
    /// Keep it on disk for good, then call [Revisions#stored] or [Revisions#notStored].
    record Store(Revision revision) implements Effect {}

    /// Put it in force, then call [Revisions#used] or [Revisions#notUsed].
    record Use(Revision revision) implements Effect {}

    record Send(String to, ConfigMessage message) implements Effect {}

    /// Tell the others that we have this revision.
    ///
    /// @param digest  of its text
    record Tell(RevisionId id, String digest) implements Effect {}

    /// A proposal of this director has its answer.
    record Done(long ticket, Outcome outcome) implements Effect {}

    /// The whole configuration of another director, as text to compare.
    ///
    /// @param text  empty if it did not answer
    record Seen(long ticket, Optional<String> text) implements Effect {}

    /// A line for the log.
    record Warn(String text) implements Effect {}
}
