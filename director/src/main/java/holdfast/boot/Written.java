package holdfast.boot;

import holdfast.admin.AuditList;
import holdfast.admin.AuditRequest;
import holdfast.admin.EventList;
import holdfast.admin.EventsRequest;
import holdfast.admin.LogRequest;
import holdfast.admin.LogState;
import holdfast.audit.AuditLog;
import holdfast.control.Journal;

/// What this process writes down about itself.
///
/// @param auditEar  hears each entry of the audit
record Written(LogLevels levels, Events events, AuditLog audit, AuditEar auditEar) implements Journal {
    @Override
    public EventList events(EventsRequest request) {
        return events.list(request);
    }

    @Override
    public AuditList audit(AuditRequest request) {
        return audit.list(request);
    }

    @Override
    public LogState level() {
        return levels.state();
    }

    @Override
    public LogState level(LogRequest request) {
        return levels.change(request);
    }
}
