package holdfast.sync.node;

import holdfast.sync.SyncState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// Chooses the changes of sync states that an operator should read. The states of a busy or a broken pair change many
/// times a second, and a log of that hides everything else. Not thread-safe; times are monotonic ns.
///
/// BEHIND is the state between a change and its acknowledgement, so only a member that stays in it is news. Of all
/// other changes, a member has [#LINES_MAX] lines in a minute. The state in which it then remains is reported at
/// the end of the minute, with the number of lines left out.
final class StateLog {
    static final int LINES_MAX = 8;
    static final long WINDOW = TimeUnit.MINUTES.toNanos(1);
    private static final Logger log = LoggerFactory.getLogger(StateLog.class);

    private final String self;
    private final Map<String, Member> members = new HashMap<>();

    /// @param self  our own name, under which the state of our own tables comes
    StateLog(String self) {
        this.self = self;
    }

    /// One line of the log.
    ///
    /// @param leftOut  changes of this member since its last line that have no line
    record Line(String member, SyncState state, int leftOut) {}

    private static final class Member {
        SyncState reported = SyncState.UNKNOWN;
        SyncState now = SyncState.UNKNOWN;
        long windowAt;
        long reportedAt;
        int lines;
        int leftOut;
    }

    /// @return the line to write now, if any
    Optional<Line> changed(String name, SyncState state, long now) {
        var member = members.computeIfAbsent(name, _ -> {
            var fresh = new Member();
            fresh.windowAt = now;
            fresh.reportedAt = now;
            return fresh;
        });
        member.now = state;
        boolean isNews = state != member.reported || member.leftOut > 0;
        if (!isNews || state == SyncState.BEHIND) {
            return Optional.empty();
        }
        if (now - member.windowAt >= WINDOW) {
            member.windowAt = now;
            member.lines = 0;
        }
        if (member.lines >= LINES_MAX) {
            member.leftOut++;
            return Optional.empty();
        }
        return Optional.of(line(name, member, now));
    }

    /// The lines that were held back and are due.
    List<Line> due(long now) {
        var lines = new ArrayList<Line>();
        members.forEach((name, member) -> {
            boolean isUnsaid = member.now != member.reported || member.leftOut > 0;
            if (isUnsaid && now - member.reportedAt >= WINDOW) {
                lines.add(line(name, member, now));
            }
        });
        return lines;
    }

    /// A member that is lost, or whose tables are not ours for a minute, is for the operator to look at.
    void write(Line line) {
        boolean isOwn = line.member().equals(self);
        var level = switch (line.state()) {
            case EQUAL, JOINING -> Level.INFO;
            case UNKNOWN -> isOwn ? Level.INFO : Level.WARN; // ours are unknown whenever we begin to follow
            case BEHIND, DIFFERENT, GONE -> Level.WARN;
        };
        log.atLevel(level)
                .log(
                        "sync state of={} state={}{}",
                        isOwn ? "our-own-tables" : line.member(),
                        line.state(),
                        line.leftOut() == 0 ? "" : " changes-left-out=" + line.leftOut());
    }

    private static Line line(String name, Member member, long now) {
        var line = new Line(name, member.now, member.leftOut);
        member.reported = member.now;
        member.reportedAt = now;
        member.leftOut = 0;
        member.lines++;
        return line;
    }
}
