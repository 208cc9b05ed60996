package holdfast.cli;

import holdfast.admin.Event;
import holdfast.admin.EventList;
import holdfast.admin.EventsRequest;
import holdfast.admin.Operations;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
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
    private static final long LOOK_MS = 500;

    @Option(names = "--since", paramLabel = "DURATION", description = "only those of the last 30m, 2h, 1d, ...")
    private @Nullable Duration since;

    @Option(
            names = "--limit",
            paramLabel = "NUMBER",
            defaultValue = "100",
            description = "most events to list (default: ${DEFAULT-VALUE})")
    private int limit;

    @Option(names = "--follow", description = "go on with each event that comes, until Ctrl-C")
    private boolean isFollowed;

    private boolean isSilent;

    @Mixin
    private final AdminClient admin = new AdminClient();

    @Mixin
    private final Console console = new Console();

    @Override
    public Integer call() throws InterruptedException {
        var from = since == null ? null : Instant.now().minus(since);
        var list = admin.call(Operations.EVENTS, new EventsRequest(null, from, limit));
        if (!isFollowed) {
            console.result(list, text(list.events()));
            return ExitCode.DONE;
        }
        print(list);
        for (long seen = list.newest(); !console.environment().out().checkError(); ) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MS);
            var news = later(seen);
            if (news.isPresent()) {
                print(news.get());
                seen = news.get().newest();
            }
        }
        return ExitCode.DONE;
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

    /// In JSON a list by itself each time, so that a reader need not wait for the end.
    private void print(EventList list) {
        if (!list.events().isEmpty()) {
            console.result(list, text(list.events()));
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
