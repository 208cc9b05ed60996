package holdfast.cli;

import holdfast.admin.Event;
import holdfast.admin.EventList;
import holdfast.admin.EventsRequest;
import holdfast.admin.Operations;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "events",
        description = {
            "List what happened on a director, the newest last: changes of role, failovers, faults, alarms, revisions.",
            "It keeps the last 1000 events, over a restart too."
        })
final class EventsCommand implements Callable<Integer> {
    private static final Duration LOOK = Duration.ofMillis(500);

    @Option(names = "--since", paramLabel = "DURATION", description = "only those of the last 30m, 2h, 1d, ...")
    private @Nullable Duration since;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "100",
            description = "most events to list (default: ${DEFAULT-VALUE}, at most " + EventsRequest.KEPT_MAX + ")")
    private int limit;

    @Option(names = "--follow", description = "go on with each event that comes, until Ctrl-C")
    private boolean isFollowed;

    private boolean isSilent;

    @Mixin
    private final AdminClient admin = new AdminClient();

    @Mixin
    private final Console console = new Console();

    @Override
    public Integer call() {
        if (limit < 1 || limit > EventsRequest.KEPT_MAX) {
            throw new Failure(ExitCode.WRONG_INPUT, "--limit " + limit + " must be 1 to " + EventsRequest.KEPT_MAX);
        }
        var environment = console.environment();
        var from = since == null ? null : environment.clock().instant().minus(since);
        var list = admin.call(Operations.EVENTS, new EventsRequest(null, from, limit));
        if (isFollowed) {
            follow(list);
        } else {
            console.result(list, text(list.events()));
            noteIfCut(list);
        }
        return ExitCode.DONE;
    }

    private void noteIfCut(EventList list) {
        if (list.events().size() == limit && list.kept() > limit) {
            console.note("Listed are the newest " + limit + (since == null ? " of " + list.kept() + " events" : "")
                    + "; the bound is --limit, at most " + EventsRequest.KEPT_MAX);
        }
    }

    private void follow(EventList first) {
        print(first);
        long seen = first.newest();
        while (console.isRead() && console.environment().pause().test(LOOK)) {
            var news = later(seen);
            if (news.isPresent()) {
                print(news.get());
                seen = news.get().newest();
            }
        }
    }

    /// Empty while no director answers, as during a restart, after which the numbers go on.
    private Optional<EventList> later(long seen) {
        try {
            var news = admin.call(Operations.EVENTS, new EventsRequest(seen, null, EventsRequest.KEPT_MAX));
            isSilent = false;
            return Optional.of(news);
        } catch (Failure e) {
            if (!e.isSilence()) {
                throw e;
            }
            if (!isSilent) {
                console.note(e.getMessage() + "; waiting for it");
            }
            isSilent = true;
            return Optional.empty();
        }
    }

    private void print(EventList list) {
        if (!list.events().isEmpty()) {
            console.next(list, text(list.events()));
        }
    }

    static String text(List<Event> events) {
        return events.isEmpty()
                ? "Nothing happened"
                : events.stream()
                        .map(event -> "%s %-5s %s".formatted(event.at(), event.level(), event.text()))
                        .collect(Collectors.joining(System.lineSeparator()));
    }
}
