package holdfast.revision.node;

import holdfast.conf.AgentReport;
import holdfast.conf.RevisionId;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// Where revisions, and beside them the reports of agents, are kept.
public interface RevisionDisk {
    /// Keeps a text; it is there for good when this returns, and before that the earlier texts are.
    void write(RevisionId id, byte[] text) throws IOException;

    /// Every kept revision, the newest first.
    List<RevisionId> list() throws IOException;

    Optional<byte[]> read(RevisionId id) throws IOException;

    /// Keeps these reports instead of the earlier ones. They outlive the process; a power failure may cost the latest.
    void write(List<AgentReport> reports) throws IOException;

    /// The kept reports.
    List<AgentReport> reports() throws IOException;
}
