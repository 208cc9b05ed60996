package holdfast.control;

import holdfast.admin.AuditList;
import holdfast.admin.AuditRequest;
import holdfast.admin.EventList;
import holdfast.admin.EventsRequest;
import holdfast.admin.LogLevel;
import holdfast.admin.LogRequest;
import holdfast.admin.LogState;
import java.util.List;

/// A director that writes nothing down.
final class NoJournal implements Journal {
    @Override
    public AuditList audit(AuditRequest request) {
        return new AuditList(List.of(), 0, null);
    }

    @Override
    public EventList events(EventsRequest request) {
        return new EventList(List.of(), 0, 0);
    }

    @Override
    public LogState level() {
        return new LogState(LogLevel.INFO, LogLevel.INFO, null);
    }

    @Override
    public LogState level(LogRequest request) {
        return level();
    }
}
