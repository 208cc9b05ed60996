package holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.FailoverReadiness;
import holdfast.lab.Director;
import holdfast.lab.Lab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every command of the operator's pages and of the README runs on a real pair, in the page's order, and ends as it
/// should. [ManualChaosIT] and [PackageIT] also compare the answers of pages that tell a story.
final class PagesChaosIT extends PairUnderTest {
    private static final Path HOME = Path.of(System.getenv("HOLDFAST_HOME"));
    private static final Pattern COMMAND =
            Pattern.compile("\\s*(?:\\$ )?(?:bin/lab exec d1 )?((?:holdfast|ipvsadm(?:-save)?) [^#]+)(?:#.*)?");
    /// What a reader does not see: how the commands of the next block end, or what the operator does before.
    private static final Pattern NOTE = Pattern.compile("<!-- test: (.+) -->");
    private static final Set<String> STORIES = Set.of("day.md", "packages.md");
    /// The pair of these tests joins none.
    private static final String NO_FLEET = "no fleet here";
    private static final int REFUSALS_MAX = 5;
    private static final int STOPPED_BY_TIMEOUT = 124;

    private final List<String> wrongs = new ArrayList<>();

    @TempDir
    Path folder;

    @Override
    int advertIntervalMs() {
        return SLOW_ADVERTS_MS;
    }

    @Test
    void everyCommandOfThePagesEndsAsItShould() throws IOException {
        for (var page : pages()) {
            lab.awaitEqualPair();
            play(page);
        }
        assertThat(wrongs).as("commands that end in another way").isEmpty();
    }

    private static List<Path> pages() throws IOException {
        try (var all = Files.list(HOME.resolve("docs/operating"))) {
            return Stream.concat(
                            all.filter(page ->
                                            !STORIES.contains(page.getFileName().toString()))
                                    .sorted(),
                            Stream.of(HOME.resolve("README.md")))
                    .toList();
        }
    }

    private void play(Path page) throws IOException {
        boolean isBlock = false;
        var note = "";
        for (var line : Files.readAllLines(page)) {
            var noted = NOTE.matcher(line);
            var command = COMMAND.matcher(line);
            if (line.strip().startsWith("```")) {
                note = isBlock ? "" : note;
                isBlock = !isBlock;
            } else if (isBlock && command.matches()) {
                run(page, command.group(1).strip(), note);
            } else if (noted.matches()) {
                note = noted.group(1);
                prepare(note);
            }
        }
    }

    private void prepare(String note) throws IOException {
        switch (note) {
            case "new.yaml is wrong" ->
                Files.writeString(
                        folder.resolve("new.yaml"),
                        Files.readString(HOME.resolve("conf/examples/d1.yaml")).replace("vrid: 51", "vrid: 300"));
            case "two files of other programs" -> {
                Files.writeString(folder.resolve("keepalived.conf"), """
                        vrrp_instance shop {
                            interface front
                            virtual_router_id 51
                            virtual_ipaddress {
                                192.0.2.10
                            }
                        }
                        """);
                Files.writeString(folder.resolve("ldirectord.cf"), """
                        virtual=192.0.2.10:80
                            real=10.0.0.11:80 masq
                            protocol=tcp
                        """);
            }
            case "there are no services" ->
                assertThat(type(active(), "holdfast ipvsadm -C").exit()).isZero();
            default -> {}
        }
    }

    private void run(Path page, String shown, String note) {
        var command = shown.replaceFirst(" \\| jq .*", "");
        boolean isWatch = command.contains(" --watch");
        if (isWatch) {
            command = "timeout 4 " + command;
        }
        if (note.equals("the operator agrees")) {
            command += " --yes";
        }
        var said = type(active(), command);
        for (int i = 0; i < REFUSALS_MAX && said.text().startsWith("Refused: nothing was begun"); i++) {
            report(said.text());
            said = type(active(), command);
        }
        if (note.equals("the operator agrees")) {
            Lab.await(
                    "the next failover is safe",
                    REJOIN_MAX,
                    () -> active().status().failover().safe() == FailoverReadiness.Safe.YES);
        }
        var right = isWatch && !note.equals(NO_FLEET) ? List.of(STOPPED_BY_TIMEOUT) : exits(note);
        if (!right.contains(said.exit())) {
            wrongs.add("%s: %s%nends with %d instead of %s:%n%s"
                    .formatted(page.getFileName(), command, said.exit(), right, said.text()));
        }
    }

    private static List<Integer> exits(String note) {
        return switch (note) {
            case "new.yaml is wrong" -> List.of(2);
            case "clients may be left" -> List.of(0, 3);
            case NO_FLEET -> List.of(3);
            default -> List.of(0);
        };
    }

    private Lab.Said type(Director director, String command) {
        return OperatorShells.run(lab, HOME, director, folder, here(director, command));
    }

    /// The configuration of a director is elsewhere in the lab, and other files of a machine are in a folder.
    private String here(Director director, String command) {
        return command.replace(
                        "/etc/holdfast/director.yaml", director.configuration().toString())
                .replaceAll("/etc/(holdfast|keepalived|ha\\.d)", Matcher.quoteReplacement(folder.toString()));
    }
}
