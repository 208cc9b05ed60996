package holdfast.boot;

import holdfast.admin.AuditList;
import java.util.function.Consumer;

/// Hands each new entry of the audit to a part that starts later than the audit. Any thread.
final class AuditEar implements Consumer<AuditList.Entry> {
    private volatile Consumer<AuditList.Entry> follower = _ -> {};

    /// @param next  receives each entry from now on; returns at once
    void follow(Consumer<AuditList.Entry> next) {
        follower = next;
    }

    @Override
    public void accept(AuditList.Entry entry) {
        follower.accept(entry);
    }
}
