package holdfast.control;

import holdfast.admin.LogLevel;
import holdfast.admin.LogRequest;
import holdfast.admin.LogState;

/// A director that writes nothing down.
final class NoJournal implements Journal {
    @Override
    public LogState level() {
        return new LogState(LogLevel.INFO, LogLevel.INFO, null);
    }

    @Override
    public LogState level(LogRequest request) {
        return level();
    }
}
