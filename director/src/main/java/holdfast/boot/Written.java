package holdfast.boot;

import holdfast.admin.EventList;
import holdfast.admin.EventsRequest;
import holdfast.admin.LogRequest;
import holdfast.admin.LogState;
import holdfast.control.Journal;

/// What this process writes down about itself.
record Written(LogLevels levels, Events events) implements Journal {
    @Override
    public EventList events(EventsRequest request) {
        return events.list(request);
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
