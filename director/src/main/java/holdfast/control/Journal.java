package holdfast.control;

import holdfast.admin.AuditList;
import holdfast.admin.AuditRequest;
import holdfast.admin.EventList;
import holdfast.admin.EventsRequest;
import holdfast.admin.LogRequest;
import holdfast.admin.LogState;

/// What a director writes down about itself.
public interface Journal {
    /// What happened.
    EventList events(EventsRequest request);

    /// Who changed what.
    AuditList audit(AuditRequest request);

    /// The level of the log.
    LogState level();

    /// Logs at another level for a while.
    LogState level(LogRequest request);
}
