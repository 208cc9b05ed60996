package holdfast.boot;

import holdfast.admin.LogRequest;
import holdfast.admin.LogState;
import holdfast.control.Journal;

/// What this process writes down about itself.
record Written(LogLevels levels) implements Journal {
    @Override
    public LogState level() {
        return levels.state();
    }

    @Override
    public LogState level(LogRequest request) {
        return levels.change(request);
    }
}
