package holdfast.revision.node;

import holdfast.conf.RevisionId;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// Where revisions are kept.
public interface RevisionDisk {
    /// Keeps a text; it is there for good when this returns, and before that the earlier texts are.
    void write(RevisionId id, byte[] text) throws IOException;

    /// Every kept revision, the newest first.
    List<RevisionId> list() throws IOException;

    Optional<byte[]> read(RevisionId id) throws IOException;
}
