package holdfast.demo;

import holdfast.lab.Lab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/// Plays a page of the operator's manual: types each command, runs each event, and compares the answers.
final class PageRun {
    /// What an operator may look at again until it is so.
    private static final Pattern LOOK = Pattern.compile(
            "holdfast (status|list|whereis|events|key list|drain list|failover (last|history)|config (show|history|compare))");
    private static final Duration SEEN_MAX = Duration.ofSeconds(30);
    private static final int REFUSALS_MAX = 5;

    private final Shell shell;
    private final Map<String, Runnable> events;
    private final Consumer<String> report;
    private final List<String> wrongs = new ArrayList<>();

    /// Types a command on a director, and returns what it prints.
    interface Shell {
        String type(String director, String command);
    }

    PageRun(Shell shell, Map<String, Runnable> events, Consumer<String> report) {
        this.shell = shell;
        this.events = Map.copyOf(events);
        this.report = report;
    }

    /// @return the answers that the page shows wrongly
    List<String> play(Path page) throws IOException {
        for (var entry : ManualPage.of(Files.readAllLines(page)).entries()) {
            switch (entry) {
                case ManualPage.Event(var what) ->
                    Objects.requireNonNull(events.get(what), what).run();
                case ManualPage.Command command -> perform(command);
            }
        }
        return List.copyOf(wrongs);
    }

    private void perform(ManualPage.Command command) {
        long from = System.nanoTime();
        if (LOOK.matcher(command.text()).find()) {
            look(command);
        } else {
            judge(command, typePatiently(command));
        }
        report.accept("%d ms: %s".formatted(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - from), command));
    }

    private void look(ManualPage.Command command) {
        try {
            Lab.await("the page's answer", SEEN_MAX, () -> command.isAnsweredBy(type(command)));
        } catch (Lab.NotInTimeException _) {
            judge(command, type(command));
        }
    }

    private void judge(ManualPage.Command command, String said) {
        if (!command.isAnsweredBy(said)) {
            wrongs.add("%s%nanswered%n%s%nand the page shows%n%s"
                    .formatted(command, said, String.join("\n", command.answer())));
        }
    }

    /// A failover may be refused where a busy machine makes the standby late; it may then be asked for again.
    private String typePatiently(ManualPage.Command command) {
        var said = type(command);
        for (int again = 0; again < REFUSALS_MAX && said.startsWith("Refused: nothing was begun"); again++) {
            report.accept(said);
            said = type(command);
        }
        return said;
    }

    private String type(ManualPage.Command command) {
        return shell.type(command.director(), command.text());
    }
}
