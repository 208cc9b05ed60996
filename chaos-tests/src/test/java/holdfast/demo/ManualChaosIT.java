package holdfast.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.Role;
import holdfast.lab.Director;
import holdfast.lab.Lab;
import holdfast.lab.Network;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The page `docs/operating/day.md`: each of its commands runs as an operator would type it, and its answer must be
/// the one that the page shows.
final class ManualChaosIT extends PairUnderTest {
    private static final Path HOME = Path.of(System.getenv("HOLDFAST_HOME"));
    private static final Path PAGE = HOME.resolve("docs/operating/day.md");
    private static final Pattern PROMPT = Pattern.compile("(d[12])# (.+)");
    private static final Pattern SYSTEMCTL = Pattern.compile("systemctl (start|stop) holdfast");
    /// What an operator may look at again until it is so.
    private static final Pattern LOOK =
            Pattern.compile("holdfast (status|list|drain list|config (show|history|compare))");
    private static final Duration SEEN_MAX = Duration.ofSeconds(60);
    private static final String ANYTHING = "…";

    private final Map<String, Runnable> events =
            Map.of("every link of d2 is cut", this::cut, "the links are mended", this::mend);
    private final List<Runnable> mends = new ArrayList<>();
    private final List<String> wrongs = new ArrayList<>();

    @TempDir
    Path tmp;

    /// A command of the page with the answer that it shows.
    private record Step(String director, String command, List<String> answer) {
        boolean fits(String said) {
            var wanted = new StringBuilder();
            for (var line : answer) {
                wanted.append(
                        line.equals(ANYTHING)
                                ? "(?:[^\n]*\n)*"
                                : Pattern.quote(line.stripTrailing()).replace(ANYTHING, "\\E[^\n]*\\Q") + "\n");
            }
            var lines = new StringBuilder();
            said.lines().forEach(line -> lines.append(line.stripTrailing()).append('\n'));
            return Pattern.matches(wanted.toString(), lines);
        }
    }

    @Test
    void aDayWithAPairGoesAsThePageSays() throws IOException {
        if (lab.d2().is(Role.ACTIVE)) {
            failover(lab.d2());
        }
        @Nullable Step step = null;
        boolean isBlock = false;
        for (var line : Files.readAllLines(PAGE)) {
            var prompt = PROMPT.matcher(line);
            if (line.startsWith("```")) {
                isBlock = line.equals("```console");
                perform(step);
                step = null;
            } else if (isBlock && prompt.matches()) {
                perform(step);
                step = new Step(prompt.group(1), prompt.group(2), new ArrayList<>());
            } else if (isBlock && step != null) {
                step.answer().add(line);
            } else if (line.startsWith("<!-- test: ")) {
                var event = line.substring("<!-- test: ".length(), line.length() - " -->".length());
                Objects.requireNonNull(events.get(event), event).run();
            }
        }
        assertThat(wrongs).as("answers that the page shows wrongly").isEmpty();
    }

    private void perform(@Nullable Step step) {
        if (step == null) {
            return;
        }
        report(step.director + "# " + step.command);
        var director = step.director.equals("d1") ? lab.d1() : lab.d2();
        var systemctl = SYSTEMCTL.matcher(step.command);
        if (systemctl.matches()) {
            if (systemctl.group(1).equals("stop")) {
                director.stop();
            } else {
                director.start();
            }
        } else if (LOOK.matcher(step.command).find()) {
            try {
                Lab.await("the page's answer", SEEN_MAX, () -> step.fits(say(director, step.command)));
            } catch (Lab.NotInTimeException _) {
                wrongs.add(wrong(step, say(director, step.command)));
            }
        } else {
            var said = say(director, step.command);
            for (int again = 0; again < 5 && said.startsWith("Refused: nothing was begun"); again++) {
                report(said);
                said = say(director, step.command);
            }
            if (!step.fits(said)) {
                wrongs.add(wrong(step, said));
            }
        }
    }

    private static String wrong(Step step, String said) {
        return "%s# %s%nanswered%n%s%nand the page shows%n%s"
                .formatted(step.director, step.command, said, String.join("\n", step.answer));
    }

    private String say(Director director, String command) {
        var here = command.replace("/tmp", tmp.toString())
                .replace("/var/lib/holdfast", director.stateDirectory().toString());
        try {
            var builder = lab.in(director.name(), "bash", "-c", here).redirectErrorStream(true);
            builder.environment().merge("PATH", HOME.resolve("bin").toString(), (path, bin) -> bin + ":" + path);
            builder.environment().put("HOLDFAST_SOCKET", "/run/holdfast/" + director.name() + ".sock");
            var process = builder.start();
            return new String(process.getInputStream().readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void cut() {
        for (var network : Network.values()) {
            var mend = lab.faults().cut(lab.d2(), network);
            mends.add(mend);
            afterwards(mend);
        }
    }

    private void mend() {
        mends.forEach(Runnable::run);
    }
}
