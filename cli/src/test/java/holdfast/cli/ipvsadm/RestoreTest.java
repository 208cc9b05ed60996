package holdfast.cli.ipvsadm;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.cli.Transcript.Ended;
import holdfast.conf.Configuration;
import holdfast.conf.Shared;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Restores as revisions of the director, and the way there and back.
class RestoreTest {
    private final FakeDirector director = new FakeDirector();

    @Test
    void changesThatFollowEachOtherAreOneRevision() {
        var ended = run("-A -t 192.0.2.1:80\n-a -t 192.0.2.1:80 -r 10.0.0.1\n-L -n\n--set 5 5 5\n", "-R");

        assertThat(ended.out()).contains("  -> 10.0.0.1:80 ");
        assertThat(director.reasons).containsExactly("ipvsadm -R, 2 lines", "ipvsadm -R, 1 lines");
    }

    @Test
    void aSingleChangeIsNamedInTheHistory() {
        run("", "-A", "-t", "192.0.2.1:80", "-s", "rr");
        assertThat(director.reasons).containsExactly("ipvsadm -A -t 192.0.2.1:80 -s rr");
    }

    @Test
    void whatTheDirectorSaysIsShown() {
        director.lacking = List.of("d2");
        assertThat(run("-A -t 192.0.2.1:80\n-A -t 192.0.2.1:80\n-C\n-A -t 192.0.2.1:81\n", "-R"))
                .isEqualTo(new Ended(
                        0,
                        "",
                        "Note: d2 does not have the change yet; see 'holdfast status'\nService already exists\n"));
    }

    @Test
    void whatChangesNothingMakesNoRevision() {
        run("-C\n--set 0 0 0\n-D -t 192.0.2.1:80\n", "-R");
        assertThat(director.revision).isZero();
    }

    @Test
    void aChangeThatIsOutrunBeginsAgain() {
        director.othersFirst = 49;
        assertThat(run("", "-A", "-t", "192.0.2.1:80")).isEqualTo(new Ended(0, "", ""));
        assertThat(director.shared.services()).hasSize(1);
    }

    @Test
    void aChangeThatIsAlwaysOutrunIsGivenUp() {
        director.othersFirst = 50;
        assertThat(run("-A -t 192.0.2.1:80\n-A -t 192.0.2.1:81\n", "-R"))
                .isEqualTo(new Ended(
                        255, "", "Others changed the rules 50 times meanwhile, so this was not done; try again\n"));
        assertThat(director.shared.services()).isEmpty();
    }

    @Test
    void aDirectorThatMakesNoChangeIsAskedAndReportedOnce() {
        director.trouble = "the disk is full; free some space";
        var lines = "-A -t 192.0.2.1:80\n-A -t 192.0.2.1:80\n".repeat(500);
        assertThat(run(lines, "-R")).isEqualTo(new Ended(255, "", "the disk is full; free some space\n"));
        assertThat(director.reads).isEqualTo(1);
    }

    @Test
    void aLineThatTheDirectorRefusesDoesNotTakeTheOthersWithIt() {
        director.objection = next ->
                next.services().stream().anyMatch(service -> service.key().port() == 7)
                        ? Optional.of("7 is an unlucky port; choose another one")
                        : Optional.empty();
        var lines = IntStream.rangeClosed(1, 20)
                .mapToObj(port -> "-A -t 192.0.2.1:" + port + "\n")
                .collect(joining());

        assertThat(run(lines, "-R")).isEqualTo(new Ended(0, "", "7 is an unlucky port; choose another one\n"));
        assertThat(director.shared.services())
                .extracting(service -> service.key().port())
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 20)
                        .filter(port -> port != 7)
                        .boxed()
                        .toList());
    }

    @Test
    void manyRulesAreOneRevision() {
        var lines = new StringBuilder();
        for (int i = 0; i < 2000; i++) {
            var service = "192.0.2." + (1 + i % 20) + ":" + (1 + i);
            lines.append("-A -t ").append(service).append(" -s rr\n");
            for (int real = 1; real <= 5; real++) {
                lines.append("-a -t ")
                        .append(service)
                        .append(" -r 10.0.0.")
                        .append(real)
                        .append(" -m\n");
            }
        }
        assertThat(run(lines.toString(), "-R")).isEqualTo(new Ended(0, "", ""));
        assertThat(director.shared.services())
                .hasSize(2000)
                .allMatch(service -> service.realServers().size() == 5);
        assertThat(director.reasons).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whatIsSavedIsRestored(long seed) {
        run(rules(new Random(seed)), "-R");
        var saved = run("", "-S", "-n");
        var before = director.shared;

        assertThat(run("-C\n" + saved.out(), "-R")).isEqualTo(new Ended(0, "", ""));
        assertThat(sorted(director.shared)).isEqualTo(sorted(before));
        assertThat(run("", "-S", "-n")).isEqualTo(saved);
    }

    @Test
    void whatCannotBeRestoredIsNamed() {
        run("-A -t 192.0.2.1:80 -p 60\n", "-R");
        var service = director.shared.services().getFirst();
        director.shared = new Shared(
                director.shared.vips(),
                director.shared.ipvs(),
                List.of(),
                List.of(new Configuration.Service(
                        service.key(),
                        service.scheduler(),
                        Optional.of(new Configuration.Persistence(2_678_401, -1)),
                        List.of())));
        assertThat(run("", "-S"))
                .isEqualTo(new Ended(
                        0,
                        "-A -t 192.0.2.1:http -s wlc -p 2678401\n",
                        "Note: tcp/192.0.2.1:80 keeps its clients for more than the 2678400 seconds that -p takes,"
                                + " so -R will end at its line\n"));
    }

    /// Rules with every option that `-S` prints; some of them are refused.
    private static String rules(Random random) {
        var schedulers = List.of("rr", "wrr", "wlc", "lc", "sed", "nq", "dh", "twos", "least-load");
        var lines = new ArrayList<String>();
        for (int i = 0; i < 40; i++) {
            int vip = 1 + random.nextInt(20);
            int port = random.nextInt(4);
            var service = switch (random.nextInt(4)) {
                case 0 -> "-t 192.0.2." + vip + ":" + port;
                case 1 -> "-u 192.0.2." + vip + ":" + port;
                case 2 -> "--sctp-service 192.0.2." + vip + ":" + port;
                default -> "-f " + (7 + random.nextInt(2));
            };
            boolean isPersistent = port == 0 || random.nextBoolean();
            lines.add("-A " + service
                    + (random.nextInt(3) == 0
                            ? List.of(" -s sh -b sh-port", " -s mh -b mh-fallback,mh-port", " -s sh")
                                    .get(random.nextInt(3))
                            : " -s " + schedulers.get(random.nextInt(schedulers.size())))
                    + (isPersistent ? " -p " + (1 + random.nextInt(2_678_400)) : "")
                    + (isPersistent && random.nextBoolean() ? " -M 255.255." + random.nextInt(256) + ".0" : "")
                    + (isPersistent && service.startsWith("-u") && random.nextBoolean() ? " --pe sip" : "")
                    + (service.matches("-[uf].*") && random.nextBoolean() ? " -o" : ""));
            for (int real = random.nextInt(5); real > 0; real--) {
                lines.add("-a " + service + " -r 10.0.0." + real + (random.nextBoolean() ? ":8080" : "")
                        + (random.nextBoolean() ? " -m" : " -g") + " -w " + random.nextInt(100));
            }
        }
        return String.join("\n", lines);
    }

    private static List<?> sorted(Shared shared) {
        return new SavedRules(EndpointText.NUMERIC).of(shared.services());
    }

    private Ended run(String in, String... args) {
        return TranscriptTest.run(director, in, List.of(args));
    }
}
